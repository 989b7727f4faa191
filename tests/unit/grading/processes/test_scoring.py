"""Points from outcomes, beside nbgrader's own function."""

import pytest
from nbformat.v4 import new_output
from nbgrader.utils import determine_grade

from nexus_server.grading.processes.scoring import Ending, TestRun, score_manual, score_tests
from nexus_server.notebook_format.metadata import cell_meta
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus, Trust
from tests.plugins import lab_notebooks as lab


@pytest.mark.parametrize("text", ["3", "1.5", "0", "0.0", "'1.5'", "True", "None", "[1, 2]", "np.float64(0.5)", "2e0"])
def test_last_value_scores_as_nbgrader_does(text: str) -> None:
    cell = lab.checks("a", "x", points=3)
    cell.outputs = [new_output("execute_result", {"text/plain": text})]
    run = TestRun(Ending.COMPLETED, Trust.SEALED, last_value=text)
    assert score_tests(cell_meta(cell), run).points == determine_grade(cell)[0]


@pytest.mark.parametrize(("text", "points"), [("5", 3), ("-1", 0), ("nan", 0), ("inf", 3), ("-inf", 0)])
def test_numbers_out_of_range_are_bounded(text: str, points: float) -> None:
    run = TestRun(Ending.COMPLETED, Trust.SEALED, last_value=text)
    assert score_tests(cell_meta(lab.checks("a", "x", points=3)), run).points == points


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.COMPLETED])
def test_only_a_completed_run_earns(ending: Ending) -> None:
    result = score_tests(cell_meta(lab.checks("a", "x")), TestRun(ending, Trust.SEALED, last_value="1"))
    assert result.points == 0
    assert result.status is not CellStatus.PASSED


@pytest.mark.parametrize(
    ("text", "status"), [("1", CellStatus.PARTIAL), ("0", CellStatus.FAILED), (None, CellStatus.PASSED)]
)
def test_status_follows_the_points(text: str | None, status: CellStatus) -> None:
    run = TestRun(Ending.COMPLETED, Trust.SEALED, last_value=text)
    assert score_tests(cell_meta(lab.checks("a", "x", points=3)), run).status is status


@pytest.mark.parametrize(
    ("text", "status"),
    [("YOUR ANSWER HERE", CellStatus.FAILED), ("", CellStatus.FAILED), ("Because it is.", CellStatus.MANUAL)],
)
def test_unanswered_manual_cells_score_zero_for_good(text: str, status: CellStatus) -> None:
    released = release(lab.notebook(lab.manual("why", "Secret.")))
    cell = lab.manual("why", text)
    assert score_manual(cell_meta(cell), cell, released.cells[0]).status is status
