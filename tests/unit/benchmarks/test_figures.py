"""The table of figures says what was taken in, and takes in what was measured."""

import json
from pathlib import Path

import pytest

from benchmarks._figures import FIGURES, PAGE, Figure, Measured, page, read_store, take_in

HOSTILE = "hostile.worst_cell_ratio"


def test_the_page_says_what_was_taken_in() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_store()), "write it by: python -m benchmarks._figures"


def test_each_figure_stands_there_once_and_no_other_was_taken_in() -> None:
    names = [figure.name for figure in FIGURES]
    assert len(set(names)) == len(names)
    assert set(read_store()) <= set(names)


def test_a_figure_is_taken_in_with_its_commit_where_it_changed(tmp_path: Path) -> None:
    before = {
        HOSTILE: Measured(2.7, "aaaaaaa", "2026-01-01"),
        "face.home_ratio": Measured(0.2, "aaaaaaa", "2026-01-01"),
    }
    hostile = {"worst_cell_ratio": 1.91234, "memory_growth_mb": None}
    (tmp_path / "hostile.json").write_text(json.dumps(hostile))
    (tmp_path / "face.json").write_text(json.dumps({"home_ratio": 0.2}))
    (tmp_path / "kernels.json").write_text(json.dumps({"storm": {"completion_ratio": 2.5}, "kernel_mb": None}))
    after = take_in(before, tmp_path, "bbbbbbb", "2026-02-02")
    assert after[HOSTILE] == Measured(1.9123, "bbbbbbb", "2026-02-02")
    assert after["face.home_ratio"] == before["face.home_ratio"]
    assert after["kernels.storm.completion_ratio"].value == 2.5
    assert set(after) == {HOSTILE, "face.home_ratio", "kernels.storm.completion_ratio"}


@pytest.mark.parametrize(
    ("value", "is_least", "met"), [(2.0, False, True), (2.1, False, False), (2.0, True, True), (1.9, True, False)]
)
def test_a_target_is_the_most_or_the_least(value: float, is_least: bool, met: bool) -> None:  # noqa: FBT001  a case's
    assert Figure("hostile", "x", "", "", 2, is_least=is_least).holds(value) is met


def test_what_misses_its_target_is_marked() -> None:
    lines = page({HOSTILE: Measured(2.7, "aaaaaaa", "2026-01-01")}).splitlines()
    assert [line for line in lines if "**no**" in line] == [line for line in lines if HOSTILE in line]
    assert sum("not measured" in line for line in lines) == len(FIGURES) - 1
