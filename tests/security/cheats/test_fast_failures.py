"""Lost kernels and forged messages fail as soon as they happen: here every timeout of the grader is hours away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled
from tests.security.cheats.test_cheats import ANSWERS

pytestmark = [
    pytest.mark.docker,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
HOURS_S = 6 * 3600.0
#: for the start of a container on a busy machine; a grading that waited for a timeout would take hours
LIMIT_S = 150
LOST = [
    "broken_kernel",
    "closed_descriptors",
    "exit_at_once",
    "exit_in_function",
    "forged_answers",
    "forged_done",
    "forged_iopub",
    "forged_shell_reply",
    "generator_exit",
    "ipython_exit",
    "kill_everything",
    "kill_self",
    "malformed_answers",
    "memory_bomb",
    "system_exit_in_function",
]


#: in one mode a kernel that is killed and one that tells lies, in the other one that ends and one that is cut off
CASES = [(mode, name) for mode in (Mode.AUTO, Mode.IN_KERNEL) for name in LOST]
SAMPLE = {
    (Mode.AUTO, "forged_iopub"),
    (Mode.AUTO, "memory_bomb"),
    (Mode.IN_KERNEL, "closed_descriptors"),
    (Mode.IN_KERNEL, "exit_at_once"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader(request: pytest.FixtureRequest) -> AsyncIterator[Grader]:
    # Kernels from a template and those with a container of their own.
    templates = 1 if request.param is Mode.AUTO else 0
    options = GradeOptions(mode=request.param, cell_timeout_s=HOURS_S, notebook_timeout_s=HOURS_S, templates=templates)
    grader = Grader(options)
    yield grader
    await grader.close()


@pytest.mark.parametrize(("grader", "name"), sampled(CASES, SAMPLE), indirect=["grader"])
async def test_what_is_lost_fails_long_before_any_timeout(grader: Grader, name: str) -> None:
    source = lab.square_lab()
    answer = ANSWERS[name].replace("add(a, b)", "square(a, b=0)").replace("add", "square")
    submission = lab.answer(release(source), {"square": answer})
    async with asyncio.timeout(LIMIT_S):
        result = await grader.grade(submission, source)
    assert result.score == 0
    assert CellStatus.TIMEOUT not in {cell.status for cell in result.cells}
