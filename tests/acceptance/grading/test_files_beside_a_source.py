"""What an instructor leaves beside a source never reaches a learner's code; what the lab needs does."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab
from tests.plugins.nexus_processes import run_nexus

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]
TREASURES = ("solutions.txt", "answers.json", "lab_solution.py", "test_lab.py", "notes.md", "expected.json")
#: lists and reads every file it can, and answers with the first number that stands behind the mark
CHEAT = """import os, re
# solutions.txt answers.json lab_solution.py test_lab.py notes.md expected.json
for name in ("lab_solution", "test_lab"):
    try:
        __import__(name)
    except ImportError:
        pass
def magic():
    for root in (os.getcwd(), "/home", "/tmp", "/work", "/mnt"):
        for place, folders, names in os.walk(root):
            for name in names:
                try:
                    found = re.search("TREASURE = ([0-9]+)", open(os.path.join(place, name), errors="replace").read())
                except OSError:
                    continue
                if found and "ipython" not in place:
                    return int(found[1])
    return 0
"""


def _grade(course: Path, submission: Path) -> tuple[dict[str, Any], str]:
    arguments = (str(submission), "--source", str(course / "lab.ipynb"), "--json")
    done = run_nexus("grade", *arguments, environment={"NEXUS_DATA_DIR": str(course.parent / "var")})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    for name in TREASURES:
        (folder / name).write_text("TREASURE = 4711\n" if name != "expected.json" else '"TREASURE = 4711"')
    (folder / "numbers.csv").write_text("4000\n711\n")
    source = lab.notebook(
        lab.locked("setup", "path = 'numbers.csv'"),
        lab.solution("magic", "def magic():\n    return sum(int(line) for line in open(path))"),
        lab.checks("sealed", "import json\nassert str(magic()) in json.load(open('expected.json'))", 1),
        lab.checks("kernel", "import inspect, json\nassert str(magic()) in json.load(open('expected.json'))", 1),
        lab.checks("after", "assert magic() == 4711", 1),
    )
    nbformat.write(source, folder / "lab.ipynb")
    return folder


def test_an_honest_answer_has_the_labs_data_and_the_tests_have_theirs(course: Path) -> None:
    result, told = _grade(course, course / "lab.ipynb")
    assert [(cell["trust"], cell["points"]) for cell in result["cells"]] == [
        ("sealed", 1),
        ("in_kernel", 1),
        ("sealed", 1),
    ]
    (left,) = [line for line in told.splitlines() if "left out, because nothing in it names them" in line]
    assert "solutions.txt" in left
    assert f"{course / 'expected.json'}: only tests get this file" in told


@pytest.mark.parametrize("place", [pytest.param("mine", marks=pytest.mark.long), "course", "."])
def test_a_cheat_that_reads_every_file_finds_nothing(course: Path, place: str) -> None:
    submission = course.parent / place / "cheat.ipynb"
    submission.parent.mkdir(exist_ok=True)
    cheat = lab.answer(release(nbformat.read(course / "lab.ipynb", as_version=4)), {"magic": CHEAT})
    nbformat.write(cheat, submission)
    result, _ = _grade(course, submission)
    # A test that looks into the process runs in it, file and all: that is what its mark says.
    points = {cell["grade_id"]: cell["points"] for cell in result["cells"]}
    assert (points["sealed"], points["after"]) == (0, 0)
