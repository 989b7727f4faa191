"""The styles use the measures of the design, and the design says what each is for."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "labextension" / "style").glob("*.css"))
TOKENS = ROOT / "labextension" / "style" / "tokens.css"
DESIGN = ROOT / "docs" / "contributor" / "design.md"
#: corners that are no measure: a circle, none, and the upper two of a bar
_FREE = re.compile(r"50%|0|[\d.]+px [\d.]+px 0 0")


def test_round_corners_are_measures_of_the_design() -> None:
    own = {
        f"{style.name}: {value}"
        for style in STYLES
        for value in re.findall(r"border-radius: ([^;]+);", style.read_text(encoding="utf-8"))
        if not value.startswith("var(--nx-radius-") and not _FREE.fullmatch(value)
    }
    assert own == set()


def test_every_measure_that_is_used_is_there() -> None:
    defined = set(re.findall(r"(--nx-[\w-]+):", "".join(style.read_text(encoding="utf-8") for style in STYLES)))
    sources = (ROOT / "labextension" / "src").rglob("*.tsx")
    defined |= {
        name for file in sources for name in re.findall(r"['\"](--nx-[\w-]+)", file.read_text(encoding="utf-8"))
    }
    used = {name for style in STYLES for name in re.findall(r"var\((--nx-[\w-]+)\)", style.read_text(encoding="utf-8"))}
    assert used - defined == set()


def test_the_design_says_what_each_measure_is_for() -> None:
    tokens = set(re.findall(r"(--nx-[\w-]+):", TOKENS.read_text(encoding="utf-8")))
    assert tokens == set(re.findall(r"^\| `(--nx-[\w-]+)`", DESIGN.read_text(encoding="utf-8"), re.MULTILINE))
