"""What the documentation says of the differences from Jupyter Server is what the tests leave out."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def test_every_reason_for_a_difference_is_told() -> None:
    differences = yaml.safe_load((ROOT / "tests/long/jupyter_suite/left_out.yaml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/explanation/tenancy.md").read_text(encoding="utf-8")
    section = page.partition("## What differs from Jupyter Server")[2].partition("\n## ")[0]
    told = [line.removeprefix("- ") for line in section.splitlines() if line.startswith("- ")]
    assert told == [difference["why"] for difference in differences]
    assert all(difference["tests"] for difference in differences)
