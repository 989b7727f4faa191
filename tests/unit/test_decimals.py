"""Points add up as people write them."""

from nexus_server.decimals import decimal_share, decimal_sum
from nexus_server.grading.processes.scoring import partial_points
from nexus_server.notebook_format.metadata import max_score
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult, Trust
from nexus_server.submissions.policy import share_of
from tests.plugins import lab_notebooks as lab


def test_tenths_add_up() -> None:
    assert decimal_sum([0.1, 0.2]) == 0.3
    assert decimal_sum([]) == 0.0
    assert decimal_sum([0.1] * 10) == 1.0


def test_a_perfect_lab_has_all_of_its_points() -> None:
    points = [0.1, 0.2, 0.3]
    cells = tuple(CellResult(f"c{p}", p, p, CellStatus.PASSED, Trust.SEALED) for p in points)
    most = max_score(lab.notebook(*(lab.checks(f"c{p}", "1", p) for p in points)))
    assert GradeResult(cells, most).score == most == 0.6
    assert share_of(GradeResult(cells, most).score, most) == 1.0


def test_a_share_reaches_the_share_that_is_asked_for() -> None:
    for tenth in range(1, 100):
        assert decimal_share(decimal_sum([0.1] * tenth), decimal_sum([0.1] * 100)) == tenth / 100


def test_lateness_is_taken_off_decimally() -> None:
    assert share_of(1, 1, 0.1) == 0.9
    assert share_of(0.3, 0.6, 0.0) == 0.5


def test_shares_that_a_test_adds_up_are_worth_what_they_should() -> None:
    assert partial_points(repr(0.7 + 0.1 + 0.1), 0.9) == 0.9
    assert partial_points(repr(0.1 + 0.2), 0.3) == 0.3
    assert partial_points("0.89", 0.9) == 0.89
