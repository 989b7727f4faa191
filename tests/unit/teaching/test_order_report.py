"""The figures of classes that are compared."""

import pytest

from nexus_server.teaching.order_report import StudentOutcome, figures_of


def test_nobody_has_no_rate() -> None:
    for outcomes in ([], [StudentOutcome(0, 0)]):
        figures = figures_of(outcomes)
        assert (figures.students, figures.mastered_per_100_answers, figures.interval) == (0, None, None)


def test_one_student_has_a_rate_without_an_interval() -> None:
    figures = figures_of([StudentOutcome(20, 3), StudentOutcome(0, 0)])
    assert (figures.students, figures.answers, figures.mastered) == (1, 20, 3)
    assert (figures.mastered_per_100_answers, figures.interval) == (15, None)


def test_the_interval_is_that_of_the_mean() -> None:
    # rates of 10, 20 and 30: a standard deviation of 10 over the root of 3
    figures = figures_of([StudentOutcome(10, 1), StudentOutcome(20, 4), StudentOutcome(10, 3)])
    assert figures.mastered_per_100_answers == 20
    assert figures.interval == pytest.approx((20 - 11.32, 20 + 11.32), abs=0.01)
