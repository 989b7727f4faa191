"""The same submissions to the same lab: `nbgrader autograde` and this grader give the same points, cell by cell."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import GradeResult
from tests.plugins import lab_notebooks as lab
from tests.plugins.agreement import Lab, labs
from tests.plugins.nbgrader_scores import RECORD, Scores, autograde, digest
from tests.plugins.sampling import sampled

pytestmark = [
    pytest.mark.slow,
    pytest.mark.docker,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="module"),
]
LABS = {found.name: found for found in labs()}
#: what `make test` compares: broken answers, files, input, values of libraries, which objects are one, and what differs
#: by the way it ends
SAMPLE = ["broken_answers", "helpers_and_data", "input_and_output", "leaving", "numpy_partial", "one_object"]
RECORDS = json.loads(RECORD.read_text(encoding="utf-8"))
#: numbers that show as more than their digits: partial credit here, full marks there
SHOWN = {"fraction": 0.5, "decimal": 0.5, "scalar": 1.5, "zero_dim": 0.5}
UNSHOWN = {"fraction": 0.0, "decimal": 0.0, "scalar": 0.0, "integer": 0.0, "zero_dim": 0.0}
#: where we differ on purpose, as docs/explanation/grading.md says
DIFFERENT = {
    "number_types": {"reference": SHOWN, "numpy": SHOWN, "wrong": UNSHOWN},
    # The exit comes before the answer; there the cell goes on.
    "leaving": {"exit": {"test_first": 0.0}},
    "numpy_partial": {
        "reference": {"scalar": 1.0, "zero_dim": 0.5},
        "untouched": {"zero_dim": 0.5},
        "wrong": {"scalar": 0.5, "zero_dim": 0.5},
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[Grader]:
    grader = Grader(GradeOptions(kernel_name="nexus-data", templates=3))
    yield grader
    await grader.close()


async def _grade(grader: Grader, found: Lab) -> dict[str, GradeResult]:
    data = {name: text.encode() for name, text in found.files.items()}
    gate = asyncio.Semaphore(2)

    async def one(submission: NotebookNode) -> GradeResult:
        async with gate:
            return await grader.grade(submission, found.source, files=data)

    results = await asyncio.gather(*(one(submission) for submission in found.submissions.values()))
    return dict(zip(found.submissions, results, strict=True))


def _agree(mine: dict[str, GradeResult], theirs: Scores) -> None:
    for student, scores in theirs.items():
        points = {cell.grade_id: cell.points for cell in mine[student].cells}
        # A task is never scored automatically; nbgrader has no automatic score for it, or 0.
        assert points == {cell: score or 0 for cell, score in scores.items()}, student
        assert mine[student].needs_manual or not any(score is None for score in scores.values()), student


@pytest.mark.parametrize("name", sampled(sorted(LABS), SAMPLE))
async def test_points_agree_with_what_nbgrader_gave(grader: Grader, name: str) -> None:
    assert RECORDS[name]["lab"] == digest(LABS[name]), "run `python -m tests.plugins.nbgrader_scores`"
    assert set(RECORDS[name]["scores"]) == set(LABS[name].submissions)
    ours = DIFFERENT.get(name, {})
    scores = {student: cells | ours.get(student, {}) for student, cells in RECORDS[name]["scores"].items()}
    _agree(await _grade(grader, LABS[name]), scores)


def _own_lab() -> Lab:
    source = lab.notebook(
        lab.solution("square", lab.SQUARE),
        lab.checks("test_square", lab.SQUARE_TESTS, 2),
        lab.checks("test_half", "0.5 if square(2) == 4 else 0", 1.5),
        lab.manual("why", "Because.", 3),
        lab.task("work", "Do it.", 2),
    )
    scratch = lab.answer(release(source), {"square": "def square(x):\n    return x ** 2", "why": "So."})
    # Scratch work of an honest learner. (nbgrader refuses copied cells altogether.)
    scratch.cells.insert(1, lab.plain("scratch = [3, 1]\nscratch.sort()"))
    copied = lab.answer(release(source), {"square": "def square(x):\n    return x * x"})
    copied.cells.insert(1, lab.plain("def square(x):\n    return 7"))
    copied.cells.append(lab.plain(copied.cells[0].source))
    lost = lab.answer(release(source), {"square": "def square(x):\n    return x * x"})
    lost.nbformat_minor = 4
    for cell in lost.cells:
        del cell["id"]
    submissions = {
        "scratch": scratch,
        "copied": copied,
        "lost_ids": lost,
        "broken": lab.answer(release(source), {"square": "def square(x)"}),
        "nothing": lab.answer(release(source), {"square": "", "why": ""}),
    }
    return Lab("lab", source, {}, submissions)


def _tutorial(number: int) -> Lab:
    """The problem set that nbgrader's own documentation comes with, and what two learners made of it."""
    guide = Path(str(files("nbgrader"))) / "docs/source/user_guide"
    name = f"ps1/problem{number}.ipynb"
    source = nbformat.read(guide / "source" / name, as_version=4)
    learners = {who: guide / "submitted" / who / name for who in ("bitdiddle", "hacker")}
    return Lab(
        f"problem{number}",
        source,
        {},
        {who: nbformat.read(path, as_version=4) for who, path in learners.items()},
    )


def _few() -> Lab:
    """Two of the own lab's submissions: nbgrader takes seconds for each."""
    whole = _own_lab()
    return replace(whole, submissions={name: whole.submissions[name] for name in ("copied", "nothing")})


@pytest.mark.parametrize(
    "found",
    sampled([_few(), _own_lab(), _tutorial(1), _tutorial(2)], ["few"], ids=["few", "own", "problem1", "problem2"]),
)
async def test_points_agree_with_nbgrader_run_now(grader: Grader, found: Lab, tmp_path: Path) -> None:
    theirs = await asyncio.to_thread(autograde, tmp_path, found.name, found)
    assert set(theirs) == set(found.submissions)
    _agree(await _grade(grader, found), theirs)
