"""The processor time that a host took."""

from pathlib import Path

import pytest

from benchmarks._stolen import StolenTime


def test_the_share_is_of_all_processor_time_since_the_start(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
    stolen = StolenTime(stat)
    assert stolen.share() == 0
    # 60 ticks more: 20 of user, 10 of idle, 30 stolen; guest time (the ninth value) is part of user's
    stat.write_text("cpu  120 0 50 810 10 0 5 65 99 0\n")
    assert stolen.share() == pytest.approx(0.5)


def test_this_machine_can_be_asked() -> None:
    assert 0 <= StolenTime().share() <= 1
