"""What the reference solution proves of a source: which tests can run sealed, and that it can be graded at all."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from nbformat import NotebookNode

from nexus_server.grading.analysis import has_reference
from nexus_server.grading.lab import PlannedLab
from nexus_server.grading.plan import Plan
from nexus_server.grading.processes import messages
from nexus_server.notebook_format.choices import NO_CHOICE
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult

#: a reference solution that fails so often in a row does so by no accident
REFERENCE_RUNS = 2
REFERENCE_FAILS = "The source's own solution fails here, so nobody is judged by it. Cell {name!r}: {message}"
#: grades a notebook against a lab by a plan
Grade = Callable[[PlannedLab, NotebookNode, Plan], Awaitable[GradeResult]]


class Calibration:
    """Proves labs, each once."""

    def __init__(self, grade: Grade) -> None:
        """`grade` runs a notebook."""
        self._grade = grade

    async def prove(self, lab: PlannedLab) -> None:
        """Prove on the reference solution what can run sealed; what earns more in the kernel runs there."""
        async with lab.lock:
            if lab.is_calibrated:
                return
            if has_reference(lab.source):
                lab.plan, last = await self._calibrated(lab)
                lab.fault = await self._fault(lab, last)
            lab.is_calibrated = True

    async def _fault(self, lab: PlannedLab, last: GradeResult | None) -> str:
        """Say which test the reference solution fails, twice in a row; what it leaves unanswered is no failure.

        `last` is what it earned with this plan before, if it was tried.
        """
        found: CellResult | None = None
        for number in range(REFERENCE_RUNS):
            result = last if number == 0 and last is not None else await self._grade(lab, lab.source, lab.plan)
            found = next((cell for cell in result.cells if _is_lost(cell)), None)
            if found is None:
                return ""
        return "" if found is None else REFERENCE_FAILS.format(name=found.grade_id, message=found.message)

    async def _calibrated(self, lab: PlannedLab) -> tuple[Plan, GradeResult | None]:
        """Take cells out of the sealed ones until the reference earns what it earns with every test in the kernel.

        One cell in the kernel can change what another one sees, so each new mixture is proved again.
        """
        plan, in_kernel = lab.plan, dict[str, float]()
        while plan.sealed:
            result = await self._grade(lab, lab.source, plan)
            points = _points(result)
            if not in_kernel and all(points[lab.grade_id(i)] >= lab.max_points(i) for i in plan.sealed):
                return plan, result
            in_kernel = in_kernel or _points(await self._grade(lab, lab.source, replace(plan, sealed=frozenset())))
            lower = {grade_id for grade_id, earned in in_kernel.items() if earned > points[grade_id]}
            worse = {i for i in plan.sealed if lab.grade_id(i) in lower}
            if not lower:
                return plan, result
            # Where only cells in the kernel lose, a sealed one before them has had an effect too few or too many.
            plan = replace(plan, sealed=plan.sealed - (worse or _behind(lab, plan, lower)))
        return plan, None


def _behind(lab: PlannedLab, plan: Plan, losers: Collection[str]) -> frozenset[int]:
    """Return the sealed cells above those that lose which share a name with them; all sealed ones, if none does."""
    names = plan.analysis.test_names
    cells = [index for index in names if lab.grade_id(index) in losers]
    wanted = frozenset[str]().union(*(names[index] for index in cells))
    behind = {index for index in plan.sealed if index < max(cells, default=0) and names[index] & wanted}
    return frozenset(behind) or plan.sealed


def _points(result: GradeResult) -> dict[str, float]:
    cells: tuple[CellResult, ...] = result.cells
    return {cell.grade_id: cell.points for cell in cells}


def _is_lost(cell: CellResult) -> bool:
    is_open = messages.is_about_no_answer(cell.message) or cell.message == NO_CHOICE
    is_tried = cell.status is not CellStatus.MANUAL and not is_open
    return is_tried and not cell.points and cell.max_points > 0
