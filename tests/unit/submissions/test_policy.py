import pytest

from nexus_server.submissions.policy import decisive_share, share_of


def test_which_attempt_counts() -> None:
    shares = [0.5, 0.9, 0.7]
    assert [decisive_share(shares, policy) for policy in ("best", "last", "first")] == [0.9, 0.7, 0.5]


def test_a_share_is_points_after_lateness() -> None:
    assert share_of(3, 4) == 0.75
    assert share_of(3, 4, 0.2) == pytest.approx(0.6)
    assert share_of(0, 0) == 1.0
