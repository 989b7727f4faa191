"""Points that right and wrong answers earn, in both places where tests run."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.notebook_format.results import CellStatus, GradeResult, Trust
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[Mode.SEALED, Mode.IN_KERNEL])
async def grader(request: pytest.FixtureRequest) -> AsyncIterator[Grader]:
    grader = Grader(GradeOptions(kernel_name="python3", cell_timeout_s=20.0, mode=request.param, calibrate=False))
    yield grader
    await grader.close()


def _points(result: GradeResult) -> list[float]:
    return [cell.points for cell in result.cells]


IMPORTS = "import numpy as np, enum\nfrom fractions import Fraction\nfrom decimal import Decimal\n"
VALUES = {
    "np.float64(0.0)": 0,
    "np.int64(2)": 2,
    "np.array(0.5)": 0.5,
    "np.float32('nan')": 0,
    "Fraction(1, 2)": 0.5,
    "Decimal('0.25')": 0.25,
    "enum.IntEnum('E', 'A').A": 1,
    "0": 0,
    "None": 3,
    "True": 3,
    "False": 3,
    "np.True_": 3,
    "'0'": 3,
    "np.array([0.5])": 3,
    "0.5;": 3,
    "0.5  # a half;": 0.5,
    "x = 0.5": 3,
    "7": 3,
    "-1": 0,
}


async def test_last_expressions_of_all_types_earn_what_they_are(grader: Grader) -> None:
    source = lab.notebook(
        lab.solution("answer", "pass"),
        *(lab.checks(f"t{number}", IMPORTS + text, 3) for number, text in enumerate(VALUES)),
    )
    result = await grader.grade(source, source)
    assert dict(zip(VALUES, _points(result), strict=True)) == VALUES


@pytest.mark.parametrize(
    "leaving",
    sampled(["exit()", "quit()", "import sys; sys.exit()", "raise SystemExit(3)"], ["exit()", "raise SystemExit(3)"]),
)
async def test_leaving_in_an_answer_costs_its_own_cell_only(grader: Grader, leaving: str) -> None:
    source = lab.notebook(
        lab.solution("first", "a = 1"),
        lab.checks("t1", "assert a == 1"),
        lab.solution("second", "b = 2\ndef leave(): exit()"),
        lab.checks("t2", "assert b == 2"),
        lab.checks("t3", "try:\n    leave()\nexcept SystemExit:\n    pass\nelse:\n    assert False"),
        lab.checks("t4", "assert b == 2"),
    )
    submission = lab.answer(lab.notebook(*source.cells), {})
    submission.cells[0] = lab.solution("first", f"{leaving}\na = 1")
    assert _points(await grader.grade(submission, source)) == [0, 1, 1, 1]


async def test_a_process_that_ends_itself_is_a_dead_kernel(grader: Grader) -> None:
    source = lab.notebook(lab.solution("first", "import os; os._exit(0)"), lab.checks("t1", "assert True"))
    result = await grader.grade(source, source)
    assert [cell.status for cell in result.cells] == [CellStatus.KERNEL_DIED]


async def test_cells_are_told_that_they_are_graded(grader: Grader) -> None:
    told = "__import__('os').environ['NBGRADER_EXECUTION']"
    source = lab.notebook(
        lab.solution("answer", f"seen = {told}"), lab.checks("t1", f"assert seen == {told} == 'autograde'")
    )
    assert _points(await grader.grade(source, source)) == [1]


async def test_essay_that_lost_its_metadata_goes_to_a_person(grader: Grader) -> None:
    source = lab.notebook(lab.manual("why", "Because."), lab.solution("a", "a = 1"), lab.checks("t", "assert a == 1"))
    submission = lab.notebook(*source.cells[1:], lab.manual("else", "Well, because."))
    result = await grader.grade(submission, source)
    assert result.needs_manual
    assert (result.cells[0].status, result.cells[0].trust) == (CellStatus.MANUAL, Trust.SEALED)
