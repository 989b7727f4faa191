# ruff: noqa: E501  cheats read best as they would be typed
"""A lab in JavaScript: released, answered and graded in the learner's kernel, under the same limits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import nbformat
import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.processes.messages import NO_ANSWER, TAMPERED
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import GradeResult
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

REFERENCE = """function mean(values: number[]): number {
  // BEGIN SOLUTION
  return values.reduce((sum, value) => sum + value, 0) / values.length;
  // END SOLUTION
}"""
VISIBLE = "if (mean([1, 2, 3]) !== 2) throw new Error('the mean of 1, 2 and 3 is 2')"
HIDDEN = """// BEGIN HIDDEN TESTS
if (mean([-1.5]) !== -1.5) throw new Error('one value is its own mean')
// END HIDDEN TESTS"""


def mean_lab() -> NotebookNode:
    return javascript(
        lab.locked("data", "const weights = [2, 4]"),
        lab.solution("mean", REFERENCE),
        lab.checks("visible", VISIBLE, 2.0),
        lab.checks("hidden", HIDDEN, 1.0),
    )


def javascript(*cells: NotebookNode) -> NotebookNode:
    made = lab.notebook(*cells)
    made.metadata.kernelspec = {"name": "nexus-javascript", "display_name": "JavaScript", "language": "typescript"}
    nbformat.validate(made)
    return made


def answered(answer: str, source: NotebookNode | None = None) -> NotebookNode:
    return lab.answer(release(source or mean_lab()), {"mean": answer})


def options(**limits: Any) -> GradeOptions:
    return replace(GradeOptions(kernel_name="nexus-javascript", memory_mb=256, cell_timeout_s=20.0), **limits)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[Grader]:
    """One for all, so that each lab is tried once on its own solution; every submission has a container of its own."""
    opened = Grader(options())
    yield opened
    await opened.close()


def told(result: GradeResult) -> list[tuple[str, float, str]]:
    return [(cell.status.value, cell.points, cell.trust.value) for cell in result.cells]


async def test_a_lab_is_released_answered_and_graded(grader: Grader) -> None:
    source = mean_lab()
    released = release(source)
    assert released.cells[1].source == (
        "function mean(values: number[]): number {\n  // YOUR CODE HERE\n  throw new Error('not implemented')\n}"
    )
    assert "one value" not in released.cells[3].source
    assert told(await grader.grade(source, source)) == [("passed", 2, "in_kernel"), ("passed", 1, "in_kernel")]
    untouched = await grader.grade(released, source)
    assert [(cell.status.value, cell.message) for cell in untouched.cells] == [("failed", NO_ANSWER)] * 2
    half = answered("const mean = (values: number[]) => values.length === 1 ? 0 : 2")
    assert told(await grader.grade(half, source)) == [("passed", 2, "in_kernel"), ("error", 0, "in_kernel")]
    ended = answered("const mean = (values: number[]) => Deno.exit(0)")
    assert [status for status, _, _ in told(await grader.grade(ended, source))] == ["kernel_died", "kernel_died"]


async def test_a_check_that_never_ends_is_no_pass() -> None:
    grader = Grader(options(cell_timeout_s=8.0))
    # one check, for each waits until the limit
    source = javascript(lab.solution("mean", REFERENCE), lab.checks("visible", VISIBLE, 2.0))
    try:
        result = await grader.grade(answered("function mean() { while (true) {} }", source), source)
    finally:
        await grader.close()
    assert result.score == 0
    assert result.cells[0].status.value == "timeout"


async def test_data_files_lie_where_the_notebook_reads_them(grader: Grader) -> None:
    source = javascript(
        lab.locked("data", "const rows = Deno.readTextFileSync('data/sales.csv').trim().split('\\n')"),
        lab.solution("bytes", "// BEGIN SOLUTION\nconst size = Deno.readFileSync('data/raw/all.bin').length\n// END SOLUTION"),
        lab.checks("lines", "if (rows[1] !== 'Käse,3') throw new Error(rows[1])"),
        lab.checks("whole", "if (size !== 1280000) throw new Error(`${size}`)\n"
                   "if (!Deno.readFileSync('data/raw/all.bin').every((n, at) => n === at % 256)) throw new Error('bytes')"),
        lab.checks("empty", "if (Deno.statSync('empty.txt').size !== 0) throw new Error('not empty')"),
    )  # fmt: skip
    files = {
        "data/sales.csv": "what,sold\nKäse,3\n".encode(),
        "data/raw/all.bin": bytes(range(256)) * 5000,
        "empty.txt": b"",
    }
    result = await grader.grade(source, source, files={**files, "../outside.txt": b"no"})
    assert told(result) == [("passed", 1, "in_kernel")] * 3, result.cells


async def test_files_that_find_no_room_are_nobodys_wrong_answer(grader: Grader) -> None:
    with pytest.raises(SandboxUnavailableError, match="The lab's files could not be put into the kernel"):
        await grader.grade(mean_lab(), mean_lab(), files={"a/b.txt": b"1", "a/b.txt/c.txt": b"2"})


ASSERTED = "import assert from 'node:assert/strict'\nassert.equal(mean([1, 2, 3]), 2, 'the mean of 1, 2 and 3 is 2')"
PARTIAL = "[[1], [2, 4], [3]].filter((values) => mean(values) === values.at(-1)).length"


def asserted_lab() -> NotebookNode:
    hidden = "// BEGIN HIDDEN TESTS\nassert.equal(mean([7]), 7, 'a single value')\n// END HIDDEN TESTS"
    return javascript(
        lab.solution("mean", REFERENCE), lab.checks("equal", f"{ASSERTED}\n{hidden}"), lab.checks("partial", PARTIAL, 2)
    )


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        ("2 * values.length", "the mean of 1, 2 and 3 is 2"),
        ("2", "a single value"),
    ],
)
async def test_learners_read_the_message_of_the_check_that_failed(grader: Grader, mean: str, message: str) -> None:
    result = await grader.grade(answered(f"const mean = (values) => {mean}", asserted_lab()), asserted_lab())
    assert (result.cells[0].status.value, result.cells[0].message) == ("failed", message)


async def test_partial_credit_is_the_number_that_a_test_shows(grader: Grader) -> None:
    assert (await grader.grade(asserted_lab(), asserted_lab())).score == 3
    result = await grader.grade(answered("const mean = (values) => values[0]", asserted_lab()), asserted_lab())
    assert told(result)[1] == ("passed", 2, "in_kernel")
    result = await grader.grade(answered("const mean = (values) => 3", asserted_lab()), asserted_lab())
    assert told(result)[1] == ("partial", 1, "in_kernel")


#: what a test ends with, and the points that are earned: the number, or all where it is none
LAST = {"NaN": 0, "0n": 0, "1n": 1, "-0": 0, "Infinity": 2, "null": 2}


async def test_numbers_that_json_does_not_know_are_partial_credit(grader: Grader) -> None:
    shown = [lab.checks(f"shown-{n}", f"mean([2]) === 2 ? 2 : {last}", 2) for n, last in enumerate(LAST)]
    source = javascript(lab.solution("mean", REFERENCE), *shown)
    assert (await grader.grade(source, source)).score == 2 * len(LAST)
    result = await grader.grade(answered("const mean = () => 1", source), source)
    assert {last: cell.points for last, cell in zip(LAST, result.cells, strict=True)} == LAST, result.cells


#: wrong answers, and what their authors do about the tests
CHEATS = {
    "an assertion that says nothing": "const {default: a} = await import('node:assert/strict'); a.equal = () => {}",
    "a method that never asserts": "const {strict} = await import('node:assert'); Object.defineProperty(strict, 'equal', {value: () => {}, writable: false})",
    "every array has the wanted length": "Array.prototype.filter = () => ({length: 2})",
    "numbers that show as full marks": "Number.prototype[Symbol.for('Jupyter.display')] = () => ({'text/plain': '2'})",
    "the way back, replaced": "globalThis._nexusReset = () => {}; Array.prototype.filter = () => ({length: 2})",
    "the way back, led astray": "Reflect.ownKeys = () => []; Reflect.defineProperty = () => true; Object.prototype.get = () => 2; Array.prototype.filter = () => ({length: 2})",
    "exceptions that end nothing": "globalThis.Error = function () { Deno.exit(0) }; globalThis.TypeError = globalThis.Error",
    "a display of Deno's own": "Deno.jupyter.broadcast = async () => {}; Deno[Deno.internal].inspectArgs = () => '2'",
}  # fmt: skip


@pytest.mark.parametrize(
    "cheat",
    sampled(
        list(CHEATS), ["an assertion that says nothing", "numbers that show as full marks", "the way back, led astray"]
    ),
)
async def test_a_wrong_answer_earns_nothing_whatever_it_does_to_the_language(grader: Grader, cheat: str) -> None:
    wrong = answered(f"function mean() {{ return -1 }}\n{CHEATS[cheat]}", asserted_lab())
    result = await grader.grade(wrong, asserted_lab())
    assert result.score == 0, result.cells


async def test_what_cannot_be_put_back_is_seen(grader: Grader) -> None:
    """A name of the notebook's own, in front of a builtin, stays; the checks say that they are not to be trusted."""
    wrong = answered("const mean = () => 2; const JSON = {parse: () => 1}", asserted_lab())
    result = await grader.grade(wrong, asserted_lab())
    assert (result.score, result.cells[0].message) == (0, TAMPERED)
