from datetime import UTC, datetime, timedelta

import pytest

from nexus_server.submissions.policy import LatePenalty, decisive_share, late_penalty, share_of

DEADLINE = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late_by", "rule", "penalty"),
    [
        (timedelta(0), "zero", 0.0),
        (timedelta(seconds=1), "none", 0.0),
        (timedelta(seconds=1), "zero", 1.0),
        (timedelta(seconds=1), 0.1, 0.1),
        (timedelta(days=1), 0.1, 0.1),
        (timedelta(days=1, seconds=1), 0.1, 0.2),
        (timedelta(days=30), 0.1, 1.0),
        (timedelta(days=-3), 0.5, 0.0),
    ],
)
def test_lateness_takes_off_what_the_lab_says(late_by: timedelta, rule: LatePenalty, penalty: float) -> None:
    assert late_penalty(DEADLINE + late_by, DEADLINE, rule) == pytest.approx(penalty)


def test_without_a_deadline_nobody_is_late() -> None:
    assert late_penalty(DEADLINE, None, "zero") == 0.0


def test_which_attempt_counts() -> None:
    shares = [0.5, 0.9, 0.7]
    assert [decisive_share(shares, policy) for policy in ("best", "last", "first")] == [0.9, 0.7, 0.5]


def test_a_share_is_points_after_lateness() -> None:
    assert share_of(3, 4) == 0.75
    assert share_of(3, 4, 0.2) == pytest.approx(0.6)
    assert share_of(0, 0) == 1.0
