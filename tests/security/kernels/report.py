"""Writes the table of security.md from the suite's last run: ``python -m tests.security.kernels.report``."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "tests" / "output" / "security.json"
PAGE = ROOT / "docs" / "explanation" / "security.md"
ADDRESS = re.compile(r"https?://\S+")
BEGIN, END = "<!-- attacks -->\n", "<!-- end of attacks -->\n"


def table(rows: list[dict[str, object]]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        f"{len(rows)} attacks in the last run.\n",
        "| Attack | Expected | What came of it | Neighbour's cell, before → during (ms) |",
        "|---|---|---|---|",
    ]
    for row in rows:
        # An address says where a machine is set up to look, not what came of the attack.
        outcome = ADDRESS.sub("an address", str(row["outcome"]).replace("|", "/"))
        times = f"{row['neighbour_ms_before']} → {row['neighbour_ms_during']}"
        lines.append(f"| {row['group']}: {row['name']} | {row['expected']} | {outcome} | {times} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Replace what stands between the marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))
    PAGE.write_text(before + BEGIN + table(rows) + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
