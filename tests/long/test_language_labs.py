"""A lab in each optional language: released, answered and graded, and cheats that gain nothing."""

from collections.abc import AsyncIterator

import nbformat
import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import GradeResult
from tests.long.language_samples import LanguageSample, lab_cells
from tests.plugins import lab_notebooks as lab

# A busy machine compiles for minutes.
pytestmark = [pytest.mark.timeout(900), pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader(sample: LanguageSample) -> AsyncIterator[Grader]:
    opened = Grader(GradeOptions(kernel_name=sample.kernel_name, cell_timeout_s=60.0))
    yield opened
    await opened.close()


def lab_of(sample: LanguageSample) -> NotebookNode:
    made = lab.notebook(*lab_cells(sample.lab))
    made.metadata.kernelspec = {"name": sample.kernel_name, "display_name": sample.name, "language": sample.name}
    nbformat.validate(made)
    return made


def told(result: GradeResult) -> list[tuple[str, float]]:
    return [(cell.status.value, cell.points) for cell in result.cells]


async def test_it_is_released_answered_and_graded(grader: Grader, sample: LanguageSample) -> None:
    source = lab_of(sample)
    released = release(source)
    assert released.cells[0].source == sample.lab.stub
    assert sample.lab.secret not in released.cells[2].source
    data = {"data/large.bin": bytes(1_200_000), "../outside.txt": b"no"}
    assert told(await grader.grade(source, source, files=data)) == [("passed", 2), ("passed", 3), ("partial", 1.5)]
    untouched = await grader.grade(released, source)
    assert [cell.points for cell in untouched.cells][:2] == [0, 0]
    half = await grader.grade(lab.answer(released, {"square": sample.lab.half}), source)
    assert told(half)[:2] == [("passed", 2), ("failed", 0)]
    assert sample.lab.secret not in (half.cells[1].message or ""), "what a hidden test expects stays hidden"


async def test_cheats_gain_nothing(grader: Grader, sample: LanguageSample) -> None:
    source = lab_of(sample)
    for cheat in sample.lab.cheats:
        result = await grader.grade(lab.answer(release(source), {"square": cheat}), source)
        assert result.cells[1].points == 0, cheat
