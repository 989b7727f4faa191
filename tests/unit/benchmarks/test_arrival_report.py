"""What the arrival benchmark makes of two servers' figures."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import arrival


def side(first_s: float, grade_s: float | None = None, failures: tuple[str, ...] = ()) -> dict[str, Any]:
    names = ("first_p50_s", "containers_at_begin", "grade_p50_s", "server_cpu_s", "clients_cpu_s", "machine_cpu_s")
    return {**dict.fromkeys(names, 1), "first_p95_s": first_s, "grade_p95_s": grade_s, "failures": list(failures)}


def test_ratios_are_of_this_build_to_the_earlier_one() -> None:
    now = {"arrival": side(2.0, 30.0), "lesson": side(0.5, failures=("late",))}
    before = {"arrival": side(16.0, 120.0), "lesson": side(10.0)}
    assert arrival.ratios(now, before) == {
        "p95_ratio": 0.125,
        "grade_p95_ratio": 0.25,
        "lesson_p95_ratio": 0.05,
        "failures": 1,
    }
    assert arrival.ratios(now, {})["p95_ratio"] is None, "nothing to compare with"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections that measure nothing."""

    def run(_tree: Path, options: Namespace, found: dict[str, Any]) -> None:
        found |= {section: side(1.0, 1.0) for section in options.only or arrival.SECTIONS}

    monkeypatch.setattr(arrival, "run", run)
    monkeypatch.setattr(arrival, "machine", lambda: {"cores": 2})


@pytest.mark.usefixtures("measured")
def test_a_section_alone_keeps_the_other_and_a_figure_without_a_baseline_is_missed(tmp_path: Path) -> None:
    output = tmp_path / "arrival.json"
    assert arrival.main(["--here", "--output", str(output)]) == 1
    assert arrival.main(["--here", "--only", "lesson", "--output", str(output)]) == 1
    result = json.loads(output.read_text())
    assert set(result["now_raw"]) == {"arrival", "lesson"}
    assert result["missed"] == ["p95_ratio", "grade_p95_ratio", "lesson_p95_ratio"]
    assert result["failures"] == 0
