"""Cheats with wrong answers underneath: each earns what the answers deserve, which is nothing.

`answers/<name>.txt` is what a learner puts into the answer cell of `add`. All run in mode auto, in the real sandbox.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus, Trust
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled

pytestmark = [
    pytest.mark.docker,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ANSWERS = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "answers").glob("*.txt")}
#: cheats that aim at a test inside the process, and that the canaries there have to see through
IN_KERNEL = [
    "ast_transformer",
    "custom_exception_handler",
    "event_callbacks",
    "exit_at_once",
    "exit_in_function",
    "forged_shell_reply",
    "input_transformer",
    "kill_self",
    "patched_builtins",
    "patched_compile",
    "patched_run_cell",
    "shadowed_names",
    "swallowed_traceback",
    "system_exit_in_function",
    "tracing",
]
#: what `make test` tries: of each wall one or two. The others do the same by other means, and are for `make test-long`
SAMPLE = {
    # a value that says of itself that it is right
    "equality_liar",
    "int_subclass",
    "magic_mock",
    "metaclass_liar",
    "true_for_everything",
    # an answer that the learner's side of the dialogue forges
    "array_bomb",
    "endless_callbacks",
    "forged_answers",
    "forged_exception_import",
    "forged_iopub",
    "malformed_answers",
    "printed_verdict",
    # looking for the tests
    "file_snooping",
    "heap_snooping",
    "history_snooping",
    # what the tests stand on, bent in the learner's process
    "event_callbacks",
    "module_shadowing",
    "shadowed_names",
    # the end of the process, by the system and by exceptions
    "exit_in_function",
    "generator_exit",
    "kill_everything",
    # time, memory, processes, output and size
    "fork_bomb",
    "huge_integer",
    "infinite_loop",
    "memory_bomb",
    "output_flood",
    # what cannot cross, or brings code along
    "huge_value",
    "pickle_payload",
}
#: these wait until the time limit of each check
HANGING = {
    "ignored_signals",
    "infinite_loop",
    "patched_builtins",
    "patched_modules",
    "stop_self",
    "uninterruptible_loop",
}
#: cheats that leave something behind in their process
LEAVERS = ["kill_everything", "fork_bomb", "module_shadowing", "ignored_signals", "stop_self"]
#: plain code whose value cannot cross to a sealed test: the test runs where the value is, and fails there
CANNOT_CROSS = {"cyclic_value", "deep_value", "huge_value"}
ADD_CHECKS = """assert add(2, 3) == 5
assert abs(add(1.5, 1.5) - 3) < 1e-9
### BEGIN HIDDEN TESTS
assert add(-1, 1) == 0 and isinstance(add(10, 5), int)
assert add(10, 5) == 15
### END HIDDEN TESTS"""
PARTIAL_CHECKS = """points = 0
for a, b, expected in [(20, 3, 23), (7, 7, 14)]:
    try:
        points += add(a, b) == expected
    except Exception:
        pass
points"""


def _lab() -> NotebookNode:
    return lab.notebook(*_small_lab().cells, lab.checks("add_partly", PARTIAL_CHECKS, 2))


def _small_lab() -> NotebookNode:
    """A lab with one check: where an answer takes its time, each check waits until the limit."""
    return lab.notebook(lab.solution("add", "def add(a, b):\n    return a + b"), lab.checks("add_works", ADD_CHECKS, 2))


def _options(mode: Mode) -> GradeOptions:
    # Containers are reused: what one cheat leaves behind would show in the next one's result.
    # On a busy machine an honest cell takes seconds, too.
    return GradeOptions(mode=mode, cell_timeout_s=8.0, notebook_timeout_s=60.0, templates=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealed() -> AsyncIterator[Grader]:
    grader = Grader(_options(Mode.AUTO))
    yield grader
    await grader.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_kernel() -> AsyncIterator[Grader]:
    grader = Grader(_options(Mode.IN_KERNEL))
    yield grader
    await grader.close()


async def test_honest_answers_earn_everything(sealed: Grader, in_kernel: Grader) -> None:
    source = _lab()
    for grader, trust in ((sealed, Trust.SEALED), (in_kernel, Trust.IN_KERNEL)):
        result = await grader.grade(source, source)
        assert [(cell.status, cell.trust, cell.points) for cell in result.cells] == [(CellStatus.PASSED, trust, 2)] * 2


@pytest.mark.parametrize("name", sampled(LEAVERS, set(LEAVERS) - HANGING))
async def test_the_next_learner_notices_nothing(sealed: Grader, name: str) -> None:
    source = _small_lab()
    await sealed.grade(lab.answer(release(source), {"add": ANSWERS[name]}), source)
    result = await sealed.grade(source, source)
    assert (result.score, result.answer_errors) == (2, ())


async def test_there_are_enough_cheats() -> None:
    assert len(ANSWERS) >= 40


@pytest.mark.parametrize("name", sampled(sorted(ANSWERS), SAMPLE))
async def test_cheat_earns_nothing(sealed: Grader, name: str) -> None:
    source = _small_lab() if name in HANGING else _lab()
    result = await sealed.grade(lab.answer(release(source), {"add": ANSWERS[name]}), source)
    assert result.score == 0
    assert {cell.trust for cell in result.cells} == {Trust.IN_KERNEL if name in CANNOT_CROSS else Trust.SEALED}
    assert not any("15" in cell.message or "-1" in cell.message for cell in result.cells)


@pytest.mark.parametrize(
    "name",
    sampled(IN_KERNEL, {"ast_transformer", "event_callbacks", "forged_shell_reply", "patched_run_cell", "tracing"}),
)
async def test_cheat_earns_nothing_in_the_kernel_either(in_kernel: Grader, name: str) -> None:
    source = _lab()
    result = await in_kernel.grade(lab.answer(release(source), {"add": ANSWERS[name]}), source)
    assert result.score == 0


@pytest.mark.parametrize("name", ["deleted", "duplicated", "reflagged", "repointed", "moved", "replaced"])
async def test_rearranged_cells_earn_nothing(sealed: Grader, name: str) -> None:
    source = _lab()
    submission = lab.answer(release(source), {"add": "def add(a, b):\n    return 0"})
    check = submission.cells[1]
    if name == "deleted":
        del submission.cells[1:]
    elif name == "duplicated":
        submission.cells.extend([lab.checks("add_works", "2", 2)] * 3)
    elif name == "reflagged":
        check.metadata.nbgrader.update(grade=False, solution=True)
        check.source = "2"
    elif name == "repointed":
        check.metadata.nbgrader.points = -5
        submission.cells[0].metadata.nbgrader.update(grade=True, points=100, grade_id="add_works")
    elif name == "moved":
        submission.cells.reverse()
    else:
        check.source = "2"
    result = await sealed.grade(submission, source)
    assert (result.score, result.max_score) == (0, 4)
