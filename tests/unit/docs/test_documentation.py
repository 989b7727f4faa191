"""The documentation is an artefact like any other: complete, current, with links that lead somewhere."""

import importlib
import pkgutil
import re
import runpy
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

import nexus_server
from nexus_server.composition import SETTINGS
from nexus_server.observability import loop_lag, metrics
from nexus_server.settings import FrozenConfigurable

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
SITE = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *SITE]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
CONTENTS = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: characters of a line that somebody reads
MAX_LINE_CHARS = 200
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_every_setting_route_and_command_is_documented() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "reference.py"))
    assert list(script["stale"]()) == [], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    local = [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_of_prose_is_too_long_to_be_read(page: Path) -> None:
    """A table's row is one line, however long; so is an address."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8")).splitlines()
    long = [line for line in prose if len(line) > MAX_LINE_CHARS and not line.lstrip().startswith(("|", "http", "!["))]
    assert long == []


def test_every_page_is_in_the_sites_contents() -> None:
    listed = {DOCS / "index.md"}
    for page in SITE:
        entries = "\n".join(CONTENTS.findall(page.read_text(encoding="utf-8")))
        listed |= {page.parent / f"{line}.md" for line in entries.splitlines() if line and line[0] != ":"}
    assert set(SITE) - listed == set()
    assert listed - set(SITE) == set()


def test_every_metric_is_in_the_operators_page() -> None:
    assert loop_lag
    assert metrics
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("nexus_")}
    assert len(ours) >= 9
    page = (ROOT / "docs" / "operator" / "monitoring.md").read_text(encoding="utf-8")
    assert [name for name in sorted(ours) if f"`{name}" not in page] == []


def test_every_group_of_settings_of_the_code_is_one_that_the_configuration_knows() -> None:
    for module in pkgutil.walk_packages(nexus_server.__path__, "nexus_server."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    groups = set[type]()
    waiting: list[type] = [FrozenConfigurable]
    while waiting:
        found: list[type] = waiting.pop().__subclasses__()
        groups.update(found)
        waiting.extend(found)
    assert {group for group in groups if group.__module__.startswith("nexus_server.")} == set(SETTINGS)


def test_the_glossary_has_at_most_forty_words_and_each_once() -> None:
    rows = [
        line
        for line in (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8").splitlines()
        if line[:2] == "| "
    ]
    words = [row.split("|")[1].strip() for row in rows[1:]]
    assert 20 < len(words) <= 40
    assert len(words) == len(set(words))


def test_the_rules_for_prometheus_ask_for_metrics_that_exist_and_are_explained() -> None:
    text = (ROOT / "deploy" / "monitoring" / "nexus.rules.yml").read_text(encoding="utf-8")
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    families = list(REGISTRY.collect())
    known = {family.name for family in families} | {sample.name for family in families for sample in family.samples}
    known |= {f"{family.name}_total" for family in families if family.type == "counter"}
    asked = {name for rule in rules for name in re.findall(r"\bnexus_\w+", rule["expr"])}
    assert len(asked) >= 5
    assert asked - known == set()
    page = (DOCS / "operator" / "monitoring.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in page] == []


def test_every_variable_of_the_environment_that_the_guides_name_is_one_that_the_code_reads() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "nexus_server").rglob("*.py"))
    code += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").glob("*.py"))
    for page in (DOCS / "operator").glob("*.md"):
        named = set(re.findall(r"\bNEXUS_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
        named = {name.removesuffix("_FILE") for name in named if not name.startswith("NEXUS_OIDC_")} - {"NEXUS_URL"}
        assert [name for name in sorted(named) if name not in code] == [], page.name


def test_every_setting_that_a_page_names_exists() -> None:
    names = {f"c.{group.__name__}.{name}" for group in SETTINGS for name in group.class_traits(config=True)}
    theirs = ("c.ServerApp.", "c.MappingKernelManager.", "c.LabApp.", "c.MultiKernelManager.", "c.Application.")
    for page in SITE:
        named = set(re.findall(r"\bc\.[A-Z]\w+\.[a-z]\w*", page.read_text(encoding="utf-8")))
        assert [name for name in sorted(named - names) if not name.startswith(theirs)] == [], page.name


def test_every_file_that_the_contributors_guide_names_is_there() -> None:
    for page in (DOCS / "contributor").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        paths = re.findall(r"`((?:nexus_server|tests|scripts|labextension|kernel_images|migrations)/[\w./-]+)`", text)
        # what the recipe makes, and what a build makes
        made = ("kernel_images/text", "nexus_server/labextension", "nexus_server/static", "tests/output")
        named = [path for path in paths if not path.startswith(made)]
        assert [path for path in named if not (ROOT / path).exists()] == [], page.name


def test_pictures_are_small_and_each_is_shown() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = sorted((DOCS / "images").iterdir())
    assert len(pictures) > 10
    assert [picture.name for picture in pictures if picture.name not in shown] == []
    sizes = {picture.name: picture.stat().st_size for picture in pictures}
    moving = sizes.pop("lab.gif")
    assert moving <= 1_500_000
    assert [name for name, size in sizes.items() if size > 80_000] == []
