"""Writes what the attacks of this run did to `tests/output/hostile.json`; `scripts/security_table.py` reads it."""

import json
from pathlib import Path

import pytest

from tests.security.hostile.arena import Bout
from tests.security.hostile.attack import Attack

OUTPUT = Path(__file__).parents[2] / "output" / "hostile.json"
_rows: list[dict[str, object]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the result of each attack."""
    found = dict(report.user_properties)
    attack, bout = found.get("attack"), found.get("bout")
    if report.when != "call" or not isinstance(attack, Attack):
        return
    _rows.append(
        {
            "name": attack.name,
            "category": str(attack.category),
            "expected": attack.expected,
            "ending": str(attack.ending),
            "held": report.passed,
            "result": (bout.result or "")[:200] if isinstance(bout, Bout) else "",
            "neighbour_ratio": bout.neighbour_ratio if isinstance(bout, Bout) else None,
            "neighbour_answers": bout.neighbour_answers if isinstance(bout, Bout) else 0,
        }
    )


def pytest_sessionfinish() -> None:
    """Write the file, unless no attack ran."""
    if _rows:
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        OUTPUT.write_text(json.dumps(_rows, indent=1) + "\n", encoding="utf-8")
