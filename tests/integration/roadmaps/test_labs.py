"""Labs of the product, in the real sandbox: the reference solution earns full marks and the stub none.

One lab of each kind is graded here, with a right and a wrong one of its cases; every lab with all its cases in
`tests/long/test_cases.py`.
"""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import pytest_asyncio
from nbformat.v4 import new_code_cell, new_notebook

from nexus_server.courses.cases import Case
from nexus_server.courses.lab_checks import LabChecker, LabToCheck, labs_of
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.kernels.shipped_images import build_advice
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.problem import Problem
from tests.plugins.content import product_labs

LABS = product_labs()
#: the smallest lab and the smallest drill in each kernel that all sites have
SAMPLE = list(
    {
        (lab.spec.kernel, lab.spec.drill): lab
        for lab in sorted(LABS, key=lambda lab: (len(lab.text), lab.file), reverse=True)
        if not build_advice(lab.spec.kernel)
    }.values()
)
pytestmark = pytest.mark.docker
ANSWER = {
    "grade_id": "double",
    "grade": False,
    "solution": True,
    "locked": False,
    "task": False,
    "schema_version": 3,
    "cell_type": "code",
}


def checker(cache_file: Path | None = None, *, runs: int = 1, calibrate: bool = False) -> LabChecker:
    """The product's labs are checked as sites do; without calibrating first a made-up one is graded half as often."""
    return LabChecker(GradeOptions.from_settings(GradingSettings(calibrate=calibrate)), cache_file, runs=runs)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def problems() -> dict[str, list[Problem]]:
    """What is wrong with each lab and its sample of cases, by its file; all are checked at once."""
    found: dict[str, list[Problem]] = {lab.file: [] for lab in SAMPLE}
    for problem in await checker(calibrate=True).check([replace(lab, cases=sample(lab)) for lab in SAMPLE]):
        (file,) = (lab.file for lab in SAMPLE if problem.file.startswith(lab.file.rpartition(".")[0]))
        found[file].append(problem)
    return found


def sample(lab: LabToCheck) -> tuple[Case, ...]:
    """One right and one wrong case; which ones depends on the lab's name."""
    right = [case for case in lab.cases if case.is_right]
    wrong = [case for case in lab.cases if not case.is_right]
    return tuple(cases[len(lab.file) % len(cases)] for cases in (right, wrong) if cases)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lab", SAMPLE, ids=lambda lab: lab.file)
def test_the_reference_earns_full_marks_and_the_stub_none(problems: dict[str, list[Problem]], lab: LabToCheck) -> None:
    assert problems[lab.file] == []


@pytest.mark.parametrize("lab", [lab for lab in LABS if not lab.spec.drill], ids=lambda lab: lab.file)
def test_every_lab_has_other_right_solutions_and_plausible_wrong_ones(lab: LabToCheck) -> None:
    assert lab.case_problems == ()
    assert len([case for case in lab.cases if case.is_right]) >= 3
    assert len([case for case in lab.cases if not case.is_right]) >= 8
    assert all(case.tests for case in lab.cases if not case.is_right)


async def test_a_case_that_is_judged_wrongly_is_found(content_dir: Path, tmp_path: Path) -> None:
    folder = content_dir / "tiny/labs/lab.cases"
    folder.mkdir()
    texts = {
        "right-sum": "return x + x",
        "right-not": "return 4",
        "wrong-three": "return 3 * x",
        "wrong-not": "return x * 2",
        "wrong-all": "return 2 * x",
    }
    for name, text in texts.items():
        case = new_notebook(cells=[new_code_cell(f"def double(x):\n    {text}", metadata={"nbgrader": ANSWER})])
        (folder / f"{name}.ipynb").write_text(nbformat.writes(case))
    (folder / "cases.yaml").write_text("wrong-three: [test-hidden]\nwrong-not: [test-hidden]\n")
    (lab,) = labs_of([load_roadmap(content_dir / "tiny")])
    cache = tmp_path / "cache.json"
    found = [f"{problem.file}: {problem.message}" for problem in await checker(cache).check([lab])]
    message = "A hidden test failed: your code works for some values but not for all that were tried."
    assert found == [
        f"tiny/labs/lab.cases/right-not.ipynb: a right solution earns 0 of 1 points in test-hidden (failed: {message})",
        "tiny/labs/lab.cases/wrong-all.ipynb: a wrong solution earns all points in all tests",
        "tiny/labs/lab.cases/wrong-not.ipynb: a wrong solution earns all 1 points in test-hidden",
    ]
    assert len(json.loads(cache.read_text())) == 6


def test_there_are_labs() -> None:
    assert len(LABS) >= 14


def edit(content_dir: Path, old: str, new: str) -> LabToCheck:
    path = content_dir / "tiny/labs/lab.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    (lab,) = labs_of([load_roadmap(content_dir / "tiny")])
    return lab


async def test_a_wrong_reference_is_found_with_its_line(content_dir: Path) -> None:
    lab = edit(content_dir, "return 2 * x", "return 3 * x")
    problems = await checker().check([lab])
    assert ["earns 0 of 1 points" in problem.message for problem in problems] == [True, True]
    assert problems[0].line < problems[1].line
    assert problems[0].file == "tiny/labs/lab.ipynb"


async def test_a_test_that_passes_on_the_stub_is_found(content_dir: Path) -> None:
    lab = edit(content_dir, "assert double(2) == 4", "assert True")
    (problem,) = await checker().check([lab])
    assert "test-visible gives 1 points to the unchanged stub" in problem.message


async def test_data_files_are_there_when_a_lab_is_graded(content_dir: Path) -> None:
    lab = edit(
        content_dir,
        "assert double(2) == 4",
        "assert open('data/numbers.csv').read().split() == ['n', '1', '2'] and double(1) == 2",
    )
    assert await checker().check([lab]) == []


async def test_what_was_checked_once_is_remembered(content_dir: Path, tmp_path: Path) -> None:
    lab = edit(content_dir, "return 2 * x", "return 3 * x")
    cache = tmp_path / "cache.json"
    first = await checker(cache).check([lab])
    written = cache.read_text()
    assert await checker(cache).check([lab]) == first
    assert cache.read_text() == written
    cache.write_text("{broken")
    assert await checker(cache).check([lab]) == first


async def test_a_lab_that_depends_on_chance_is_found(content_dir: Path) -> None:
    # Tests begin with the same random state every time; learners' kernels don't. That no cell of 14 differs between
    # three runs happens once in 200 million times.
    path = content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.reads(path.read_text(), as_version=4)
    for number in range(12):
        notebook.cells.append(copy.deepcopy(notebook.cells[2]))
        notebook.cells[-1].id = notebook.cells[-1].metadata.nbgrader.grade_id = f"test-{number}"
    path.write_text(nbformat.writes(notebook))
    lab = edit(content_dir, "return 2 * x", "import random; return 2 * x if random.random() < 0.5 else 'unlucky'")
    messages = [problem.message for problem in await checker(runs=3).check([lab])]
    assert any(
        re.match(r"test-\w+ fails [12] times out of 3 on the reference solution \(failed: ", m) for m in messages
    )


async def test_a_lab_that_needs_more_memory_than_its_limit_is_found(content_dir: Path) -> None:
    lab = edit(content_dir, "return 2 * x", "return len(bytearray(b'1') * 300_000_000) and 2 * x")
    problems = await checker().check([lab])
    assert any("kernel_died" in problem.message and "memory" in problem.message for problem in problems), problems


async def test_a_lab_that_could_not_be_run_fails_alone_and_is_tried_again(content_dir: Path, tmp_path: Path) -> None:
    (sound,) = labs_of([load_roadmap(content_dir / "tiny")])
    path = content_dir / "tiny/roadmap.yaml"
    path.write_text(path.read_text().replace("pass_score: 0.5", "pass_score: 0.5, kernel: nexus-gone"))
    (strange,) = labs_of([load_roadmap(content_dir / "tiny")])
    cache = tmp_path / "cache.json"
    (problem,) = await checker(cache).check([strange, sound])
    assert str(problem) == (
        "tiny/labs/lab.ipynb:1: error: could not be run: There is no kernel named 'nexus-gone' to grade in."
    )
    assert list(json.loads(cache.read_text()).values()) == [[]]


def test_the_caches_key_knows_limits_kernel_data_and_notebook(content_dir: Path) -> None:
    roadmap, data = content_dir / "tiny/roadmap.yaml", content_dir / "tiny/data/numbers.csv"
    hashes = [labs_of([load_roadmap(content_dir / "tiny")])[0].content_hash]
    for change in (
        lambda: roadmap.write_text(roadmap.read_text().replace("pass_score: 0.5", "limits: {memory_mb: 256}")),
        lambda: roadmap.write_text(roadmap.read_text().replace("256}", "256}, kernel: nexus-data")),
        lambda: data.write_text("n\n7\n"),
        lambda: edit(content_dir, "assert double(2) == 4", "assert double(3) == 6"),
    ):
        change()
        hashes.append(labs_of([load_roadmap(content_dir / "tiny")])[0].content_hash)
    assert len(set(hashes)) == 5
