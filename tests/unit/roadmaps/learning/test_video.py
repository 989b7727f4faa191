import pytest

from nexus_server.roadmaps.learning.video import Interval, believe, merge, played_between, watched_share


def test_intervals_are_joined_and_clipped() -> None:
    assert merge([(5, 10), (0, 4.8), (9, 20), (30, 20), (90, 200)], 100) == [(0, 20), (90, 100)]


def test_a_share_needs_a_duration() -> None:
    assert watched_share([(0, 20), (90, 100)], 100) == 0.3
    assert watched_share([(0, 20)], None) is None


def test_a_jump_is_not_watching() -> None:
    assert played_between(10, 20, 10) == (10, 20)
    assert played_between(10, 30, 10) == (10, 30)
    assert played_between(10, 90, 10) is None
    assert played_between(10, 5, 10) is None


@pytest.mark.parametrize(
    ("known", "reported", "elapsed_s", "believed"),
    [
        ([], [(0, 10)], 10, [(0, 10)]),
        ([], [(0, 25)], 10, [(0, 25)]),  # played at 2.5 times the speed
        ([], [(0, 100)], 0, [(0, 2)]),  # one made-up report
        ([(0, 50)], [(0, 50), (60, 100)], 8, [(0, 50), (60, 82)]),
        ([(0, 10), (20, 30)], [(0, 40)], 100, [(0, 40)]),
        ([(0, 10), (20, 30)], [(5, 40)], 4, [(0, 22 - 2 + 10), (30, 32)]),
        ([(0, 50)], [], 100, [(0, 50)]),
        ([(0, 50)], [(60, 70)], -100, [(0, 50), (60, 62)]),  # a clock that was set back
        ([], [(n / 2, n / 2 + 0.01) for n in range(200)], 0, [(0, 2)]),  # crumbs do not become a cake
    ],
)
def test_nobody_watches_faster_than_time_goes(
    known: list[Interval], reported: list[Interval], elapsed_s: float, believed: list[Interval]
) -> None:
    assert believe(known, reported, elapsed_s) == merge(believed, None)
