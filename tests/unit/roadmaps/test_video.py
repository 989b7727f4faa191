from nexus_server.roadmaps.video import merge, played_between, watched_share


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
