"""Asks axe-core what of a page cannot be used by everybody."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = Path(__file__).resolve().parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"

_RUN = """async ([context, themes, rules, only]) => {
  const root = document.documentElement;
  const before = root.dataset.nxTheme;
  const found = [];
  for (const theme of themes) {
    if (theme !== null) {
      root.dataset.nxTheme = theme;
    }
    // colours that change slowly are looked at when they have arrived
    for (const motion of document.getAnimations()) {
      if (motion.effect.getComputedTiming().endTime !== Infinity) {
        motion.finish();
      }
    }
    const { violations } = await axe.run(context, { resultTypes: ['violations'], rules, ...only });
    for (const { id, nodes } of violations) {
      const text = ({ html, failureSummary }) => `${theme}: ${id}: ${html.slice(0, 200)}: ${failureSummary}`;
      found.push(...nodes.map(text));
    }
  }
  if (before !== undefined) {
    root.dataset.nxTheme = before;
  }
  return found;
}"""


@dataclass
class Audit:
    """What axe-core says of a page's states; every rule counts, but those that are named with a reason."""

    page: Page
    #: rule -> why it is not asked for
    without: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def look_at_contrast(self, state: str, *, themes: tuple[str, ...] = ("light", "dark")) -> None:
        """Note the texts that stand out less than 7:1, which is asked of high contrast only."""
        self.page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
        only = {"runOnly": ["color-contrast-enhanced"]}
        for each in self.page.evaluate(_RUN, [{"exclude": []}, list(themes), {}, only]):
            self.found.append(f"{state}: {each}")

    def look(
        self, state: str, *, at: list[str] | None = None, themes: tuple[str | None, ...] = ("light", "dark")
    ) -> None:
        """Note what is wrong with what the page shows now, or with the parts `at`, in each theme."""
        self.page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
        context = {"include": [[part] for part in at]} if at else {"exclude": []}
        rules = {rule: {"enabled": False} for rule in self.without}
        for each in self.page.evaluate(_RUN, [context, list(themes), rules, {}]):
            self.found.append(f"{state}: {each}")
