"""The figures of classes that are compared."""

import csv
from uuid import uuid4

import pytest

from nexus_server.standing.classes import NextOrder
from nexus_server.teaching.order_file import COLUMNS, orders_as_csv
from nexus_server.teaching.order_report import ClassOrder, OrderReport, StudentOutcome, difference_of, figures_of

#: rates of 10, 20 and 30
THREE = [StudentOutcome(10, 1), StudentOutcome(20, 4), StudentOutcome(10, 3)]


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
    figures = figures_of(THREE)
    assert figures.mastered_per_100_answers == 20
    assert figures.interval == pytest.approx((20 - 11.32, 20 + 11.32), abs=0.01)


def test_the_difference_has_an_interval_of_its_own() -> None:
    # rates of 5 and 15: the variances of the means are 100 / 3 and 50 / 2
    found = difference_of(THREE, [StudentOutcome(20, 1), StudentOutcome(20, 3), StudentOutcome(0, 0)])
    assert found is not None
    assert found.mastered_per_100_answers == 10
    assert found.interval == pytest.approx((10 - 14.97, 10 + 14.97), abs=0.01)
    assert difference_of(THREE, THREE[:1]) is None, "one student has no spread"


def test_the_file_says_what_is_known_and_no_spreadsheet_runs_it() -> None:
    classes = [("=1+1", NextOrder.CHOSEN, THREE), ("B", NextOrder.FIXED, [])]
    report = OrderReport(
        roadmap="tiny",
        items=[
            ClassOrder(cohort_id=uuid4(), name=name, next_order=order, **figures_of(found).model_dump())
            for name, order, found in classes
        ],
        by_order={order: figures_of(found) for _, order, found in classes},
        difference=None,
    )
    header, *rows = csv.reader(orders_as_csv(report).splitlines())
    assert header == list(COLUMNS)
    assert rows[0] == ["'=1+1", "chosen", "3", "13.33", "2.67", "20.0", "8.68", "31.32"]
    assert rows[1] == ["B", "fixed", "0", "0.0", "0.0", "", "", ""]
    assert [row[:3] for row in rows[2:]] == [["", "chosen", "3"], ["", "fixed", "0"]]
