"""Points from outcomes, by nbgrader's rules (`nbgrader.utils.determine_grade`), pure.

Tests that end with an error earn nothing; tests whose last expression shows as a number earn that number; other tests
earn their points in full. Where this differs, on purpose, `docs/explanation/grading.md` says so, in a table.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from nbformat import NotebookNode

from nexus_server.notebook_format.metadata import CellMeta, CellRole, checksum
from nexus_server.notebook_format.results import CellResult, CellStatus, Trust
from nexus_server.phrases import gettext_noop

#: relative error of binary fractions, with room for a little arithmetic
ROUNDING = 1e-9
ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: `5n`, `[Number: 0.5]`, `[BigInt: 5n]`
JAVASCRIPT_NUMBER = re.compile(
    r"(?P<box>\[(?:Number|BigInt): )?(?P<number>NaN|[-+]?(?:Infinity|[\d.]+(?:e[-+]?\d+)?))n?(?(box)\])"
)
#: kept in English, and said in other languages by `nexus_server/grading/sentences.py`
PARTLY_RIGHT = gettext_noop("Partly right: {points:g} of {most:g} points.")
NOT_RIGHT = gettext_noop("Not right yet: {points:g} of {most:g} points.")
NOT_ANSWERED = gettext_noop("No answer was given.")
BY_HAND = gettext_noop("Your instructor marks this part.")
LOST_NAME = gettext_noop("This answer's cell lost its name. Your instructor looks for it among your other cells.")


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
    #: what the visible part of the test printed, where nothing hidden can be in it
    printed: str = ""


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
    said = (PARTLY_RIGHT if points > 0 else NOT_RIGHT).format(points=points, most=meta.points)
    message = run.message or f"{said}\n{run.printed}".strip()
    return CellResult(meta.grade_id, points, meta.points, status, run.trust, message)


def partial_points(last_value: str | None, max_points: float) -> float:
    """Read partial credit from the last expression's text; what is no number means full marks."""
    number = number_of(last_value)
    if number is None:
        return max_points
    # Shares that a test adds up, 0.7 + 0.1 + 0.1, come out a trace below what they are worth.
    if number >= max_points or math.isclose(number, max_points, rel_tol=ROUNDING):
        return max_points
    # In this order NaN is 0, too.
    return max(0.0, number)


def number_of(text: str | None) -> float | None:
    """Read a number from a value's text: Python's, and JavaScript's with its colours, its `n` and its boxes."""
    if text is None:
        return None
    plain = ANSI.sub("", text).strip()
    boxed = JAVASCRIPT_NUMBER.fullmatch(plain)
    try:
        return float(boxed["number"] if boxed else plain)
    except ValueError:
        return None


def score_manual(meta: CellMeta, cell: NotebookNode, released: NotebookNode) -> CellResult:
    """Score what a person marks: nothing yet, or 0 for good where the learner left the released text as it was.

    `cell` is the merged cell, `released` the student version's.
    """
    unanswered = meta.role is CellRole.MANUAL and (
        not cell.source.strip() or checksum(cell) == checksum(released) or cell.source == released.source
    )
    if unanswered:
        return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.FAILED, Trust.SEALED, NOT_ANSWERED)
    return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.MANUAL, Trust.SEALED, BY_HAND)


def score_lost(meta: CellMeta) -> CellResult:
    """Leave to a person an answer whose cell is not known for certain any more."""
    return CellResult(meta.grade_id, 0.0, meta.points, CellStatus.MANUAL, Trust.SEALED, LOST_NAME)
