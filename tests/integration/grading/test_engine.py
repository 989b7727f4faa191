"""Grading with a real kernel, tests inside the learner's process."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from nexus_server.grading.grader import grade
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus, GradeResult
from tests.plugins import lab_notebooks as lab

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning")]
OPTIONS = GradeOptions(kernel_name="python3", mode=Mode.IN_KERNEL, cell_timeout_s=6.0)


async def _grade(answer: str | None) -> GradeResult:
    source = lab.square_lab()
    submission = release(source)
    return await grade(lab.answer(submission, {} if answer is None else {"square": answer}), source, OPTIONS)


@pytest.mark.parametrize(
    ("answer", "points", "status"),
    [
        ("square = lambda x: x * x", 2, CellStatus.PASSED),
        (None, 0, CellStatus.FAILED),
        ("def square(x): return 9", 0, CellStatus.FAILED),
        ("def square(x) return 9", 0, CellStatus.ERROR),
        ("def square(x): return 1 / 0", 0, CellStatus.ERROR),
        ("import os; os._exit(0)", 0, CellStatus.KERNEL_DIED),
        ("def square(x):\n    while True: pass", 0, CellStatus.TIMEOUT),
        ("square = lambda x: int(input('how much? '))", 0, CellStatus.ERROR),
        ("import sys\nprint('noise', file=sys.stderr)\nsquare = lambda x: x * x", 2, CellStatus.PASSED),
    ],
)
async def test_outcomes(answer: str | None, points: float, status: CellStatus) -> None:
    result = await _grade(answer)
    assert [(cell.points, cell.status) for cell in result.cells] == [(points, status)]
    assert result.max_score == 2


async def test_who_gives_a_grading_up_gets_no_verdict(tmp_path: Path) -> None:
    """nbclient takes a cancellation for the kernel's death: a server that stopped hung, or wrote down no points."""
    source, begun = lab.square_lab(), tmp_path / "begun"
    answer = lab.answer(release(source), {"square": f"open({str(begun)!r}, 'w').close()\nwhile True: pass"})
    grading = asyncio.create_task(grade(answer, source, replace(OPTIONS, cell_timeout_s=600.0)))
    while not begun.exists():
        assert not grading.done()
        await asyncio.sleep(0.05)  # nothing to await: the learner's code runs in a process of its own
    grading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await grading


async def test_broken_builtins_earn_nothing() -> None:
    """What breaks first, a check or the kernel itself, is up to the kernel's version; neither is a pass."""
    answer = "import builtins\nbuiltins.len = lambda _: 16\nbuiltins.sum = lambda _: 0\nsquare = lambda x: x * x"
    [cell] = (await _grade(answer)).cells
    assert cell.points == 0
    assert cell.status in {CellStatus.ERROR, CellStatus.KERNEL_DIED}


async def test_hidden_tests_are_not_quoted() -> None:
    result = await _grade("def square(x):\n    assert x > 0, f'negative {x}'\n    return x * x")
    text = repr((result.cells, result.answer_errors))  # hashes and times may hold any digits
    assert "-7" not in text
    assert "49" not in text
    assert "hidden" in result.cells[0].message


async def test_an_unknown_kernel_is_no_grade_but_a_failure_that_names_it() -> None:
    source = lab.square_lab()
    with pytest.raises(SandboxUnavailableError, match="nosuch"):
        await grade(release(source), source, GradeOptions(kernel_name="nosuch"))


async def test_a_choice_cell_is_scored_without_a_person() -> None:
    choice = lab.manual("choice", "Is 7 prime?\n\n- [x] yes\n- [ ] no", 2)
    choice.metadata["extended_cell"] = {"type": "singlechoice", "choice": []}
    source = lab.notebook(lab.solution("square", lab.SQUARE), choice, lab.checks("test", lab.SQUARE_TESTS, 1))
    result = await grade(source, source, OPTIONS)
    assert (result.score, result.needs_manual) == (3, False)
    submission = lab.answer(release(source), {"choice": "Is 7 prime?\n\n- [ ] yes\n- [x] no"})
    cells = (await grade(submission, source, OPTIONS)).cells
    assert [(cell.grade_id, cell.points, cell.status) for cell in cells] == [
        ("choice", 0, CellStatus.FAILED),
        ("test", 0, CellStatus.FAILED),
    ]


async def test_every_kind_of_cell_is_scored_in_order() -> None:
    source = lab.notebook(
        lab.solution("a", "a = 1"),
        lab.checks("half", "0.5 if a else 0", 1),
        lab.manual("why", "Because.", 2),
        lab.task("work", "Do it.", 3),
    )
    result = await grade(source, source, OPTIONS)
    assert [(cell.grade_id, cell.points, cell.status) for cell in result.cells] == [
        ("half", 0.5, CellStatus.PARTIAL),
        ("why", 0, CellStatus.MANUAL),
        ("work", 0, CellStatus.MANUAL),
    ]
    assert result.needs_manual
    assert result.max_score == 6
