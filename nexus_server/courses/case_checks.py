"""Whether a lab's tests judge each of its cases as they should."""

from collections.abc import Mapping
from typing import Protocol

from nbformat import NotebookNode

from nexus_server.courses.cases import Case
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult
from nexus_server.roadmaps.files.problem import Problem

NOT_RUN = "could not be run"


class NotebookGrader(Protocol):
    """Whatever grades one notebook against another."""

    async def grade(
        self, submission: NotebookNode, source: NotebookNode, *, files: Mapping[str, bytes] | None = None
    ) -> GradeResult:
        """Grade a submission against its source, with the lab's files beside it.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        ...


async def judge(grader: NotebookGrader, case: Case, source: NotebookNode, files: Mapping[str, bytes]) -> list[Problem]:
    """Grade a case and return what is wrong with its grade."""
    try:
        return judged(case, await grader.grade(case.notebook, source, files=files))
    except SandboxUnavailableError as error:
        return [Problem(case.file, 1, f"{NOT_RUN}: {error.message}")]


def judged(case: Case, result: GradeResult) -> list[Problem]:
    """Return what is wrong with the grade of a case: points that a right one lost, or that a wrong one got."""
    tests = [cell for cell in result.cells if cell.status is not CellStatus.MANUAL]
    meant = [cell for cell in tests if not case.tests or cell.grade_id in case.tests]
    texts = _lost(meant) if case.is_right else _given(meant, names_tests=bool(case.tests))
    return [Problem(case.file, 1, text.replace("\n", " ")) for text in texts]


def _lost(cells: list[CellResult]) -> list[str]:
    return [
        f"a right solution earns {cell.points:g} of {cell.max_points:g} points in {cell.grade_id} "
        f"({cell.status}: {cell.message})"
        for cell in cells
        if cell.points < cell.max_points
    ]


def _given(cells: list[CellResult], *, names_tests: bool) -> list[str]:
    full = [cell for cell in cells if cell.points >= cell.max_points]
    if names_tests:
        return [f"a wrong solution earns all {cell.max_points:g} points in {cell.grade_id}" for cell in full]
    return ["a wrong solution earns all points in all tests"] if len(full) == len(cells) else []
