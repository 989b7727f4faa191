"""What counts as worse, and what is stored."""

import json
from pathlib import Path

import pytest

from benchmarks import quick


@pytest.mark.parametrize(
    ("found", "stored", "is_worse"), [(0.20, 0.20, False), (0.18, 0.20, False), (0.16, 0.20, True), (0.01, None, False)]
)
def test_a_figure_may_be_a_little_worse(found: float, stored: float | None, *, is_worse: bool) -> None:
    assert quick.is_worse(found, stored) is is_worse


def test_a_figure_that_seems_worse_is_measured_once_more() -> None:
    turns = iter([0.1, 0.2, 0.3])
    assert quick.better(lambda: next(turns), 0.2) == 0.2
    assert quick.better(lambda: next(turns), 0.2) == 0.3, "measured once"


def test_what_is_stored_is_compared_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = tmp_path / "quick.json"
    monkeypatch.setattr(quick, "measure", lambda _stored: {"me": 0.3, "ready": 0.2})
    assert quick.main(["--stored", str(stored)]) == 0, "nothing to compare with"
    assert quick.main(["--store", "--stored", str(stored)]) == 0
    assert json.loads(stored.read_text()) == {"me": 0.3, "ready": 0.2}
    monkeypatch.setattr(quick, "measure", lambda _stored: {"me": 0.2, "ready": 0.2})
    assert quick.main(["--stored", str(stored)]) == 1


def test_every_figure_is_stored() -> None:
    assert json.loads(quick.STORED.read_text()).keys() == {*quick.READS, "ready"}
