"""The same submissions to the same lab: `nbgrader autograde` and this grader give the same points, cell by cell."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.release import release
from tests.plugins import lab_notebooks as lab

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]


def _source() -> NotebookNode:
    return lab.notebook(
        lab.locked("data", "data = [3, 1, 2]"),
        lab.solution("square", lab.SQUARE),
        lab.checks("test_square", lab.SQUARE_TESTS, 2),
        lab.solution("parts", "def positive(x):\n    if x <= 0:\n        raise ValueError(x)\n    return x"),
        lab.checks(
            "test_parts",
            "points = 0\ntry:\n    positive(0)\nexcept ValueError:\n    points += 1\nif positive(data[0]) == 3:\n"
            "    points += 0.5\npoints",
            1.5,
        ),
        lab.checks("test_text", "'not a number'", 1),
        lab.manual("why", "Because.", 3),
        lab.task("work", "Do it.", 2),
    )


GOOD = {"square": "def square(x):\n    return x ** 2", "parts": "def positive(x):\n    assert x > 0\n    return x"}
SUBMISSIONS = {
    "right": {
        **GOOD,
        "parts": "def positive(x):\n    if x <= 0:\n        raise ValueError\n    return x",
        "why": "So.",
    },
    "partly": {"square": "def square(x):\n    return 9", "parts": "def positive(x):\n    raise ValueError"},
    "untouched": {},
    "broken": {"square": "def square(x)", "parts": "1 / 0"},
    "half": {**GOOD, "why": "I do not know."},
    "nothing": {"square": "", "parts": "", "why": ""},
    "wrong_type": {"square": "def square(x):\n    return str(x)", "parts": "positive = 3"},
}


def _submission(name: str) -> NotebookNode:
    notebook = lab.answer(release(_source()), SUBMISSIONS[name])
    if name == "half":
        # Scratch work of an honest learner. (nbgrader refuses copied cells altogether.)
        notebook.cells.insert(1, lab.plain("scratch = [x for x in data]\nscratch.sort()"))
    return notebook


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[float | None, float]]]:
    """Automatic score and maximum by submission and cell, from nbgrader's database."""
    root: Path = tmp_path_factory.mktemp("course")
    (root / "source/ps1").mkdir(parents=True)
    nbformat.write(_source(), root / "source/ps1/lab.ipynb")
    for name in SUBMISSIONS:
        place = root / f"submitted/{name}/ps1"
        place.mkdir(parents=True)
        nbformat.write(_submission(name), place / "lab.ipynb")
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'x'\n")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in ("generate_assignment", "autograde"):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "ps1"],
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
        )
    found: dict[str, dict[str, tuple[float | None, float]]] = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        for name in SUBMISSIONS:
            grades = gradebook.find_submission_notebook("lab", "ps1", name).grades
            found[name] = {grade.name: (grade.auto_score, grade.max_score) for grade in grades}
    return found


async def test_points_agree_with_nbgrader(theirs: dict[str, dict[str, tuple[float | None, float]]]) -> None:
    grader = Grader(GradeOptions(kernel_name="python3"))
    try:
        for name in SUBMISSIONS:
            result = await grader.grade(_submission(name), _source())
            mine = {cell.grade_id: (cell.points, cell.max_points) for cell in result.cells}
            assert mine == {cell: (points or 0, top) for cell, (points, top) in theirs[name].items()}, name
            assert result.needs_manual is any(points is None for points, _ in theirs[name].values())
    finally:
        await grader.close()
