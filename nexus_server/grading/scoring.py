"""Points from outcomes, by nbgrader's rules (`nbgrader.utils.determine_grade`), pure.

Tests that end with an error earn nothing; tests whose last expression shows as a number earn that number; other tests
earn their points in full. Three deliberate differences: noise on stderr costs nothing; a number above the maximum earns
the maximum, where nbgrader gives up on the submission; a negative number or NaN earns nothing, where nbgrader warns and
gives the maximum.
"""

from dataclasses import dataclass
from enum import StrEnum

from nbformat import NotebookNode

from nexus_server.grading.format import CellMeta, Role, checksum
from nexus_server.grading.results import CellResult, CellStatus, Trust


class Ending(StrEnum):
    """How a test cell's run ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    KERNEL_DIED = "kernel_died"


@dataclass(frozen=True, slots=True)
class TestRun:
    """A test cell's run, told by whoever ran it."""

    __test__ = False

    ending: Ending
    trust: Trust
    #: `text/plain` of the last expression's value, if it had one
    last_value: str | None = None
    #: for the learner
    message: str = ""


_STATUS = {
    Ending.FAILED: CellStatus.FAILED,
    Ending.ERROR: CellStatus.ERROR,
    Ending.TIMEOUT: CellStatus.TIMEOUT,
    Ending.KERNEL_DIED: CellStatus.KERNEL_DIED,
}


def score_tests(meta: CellMeta, run: TestRun) -> CellResult:
    """Score an autograded test cell."""
    if run.ending is not Ending.COMPLETED:
        return CellResult(meta.grade_id, 0.0, meta.points, _STATUS[run.ending], run.trust, run.message)
    points = partial_points(run.last_value, meta.points)
    if points >= meta.points:
        return CellResult(meta.grade_id, meta.points, meta.points, CellStatus.PASSED, run.trust)
    status = CellStatus.PARTIAL if points > 0 else CellStatus.FAILED
    message = run.message or f"Partly right: {points:g} of {meta.points:g} points."
    return CellResult(meta.grade_id, points, meta.points, status, run.trust, message)


def partial_points(last_value: str | None, max_points: float) -> float:
    """Read partial credit from the last expression's text; what is no number means full marks."""
    if last_value is None:
        return max_points
    try:
        number = float(last_value)
    except ValueError:
        return max_points
    return min(number, max_points) if number >= 0.0 else 0.0


def score_manual(meta: CellMeta, cell: NotebookNode, released: NotebookNode) -> CellResult:
    """Score what a person marks: nothing yet, or 0 for good where the learner left the released text as it was.

    `cell` is the merged cell, `released` the student version's.
    """
    unanswered = meta.role is Role.MANUAL and (
        not cell.source.strip() or checksum(cell) == checksum(released) or cell.source == released.source
    )
    if unanswered:
        return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.FAILED, Trust.SEALED, "No answer was given.")
    message = "Your instructor marks this part."
    return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.MANUAL, Trust.SEALED, message)


def score_lost(meta: CellMeta) -> CellResult:
    """Leave to a person an answer whose cell is not known for certain any more."""
    message = "This answer's cell lost its name. Your instructor looks for it among your other cells."
    return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.MANUAL, Trust.SEALED, message)
