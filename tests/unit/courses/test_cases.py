"""Reading, judging and adding the right and wrong solutions beside a lab."""

from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from nexus_server.courses.case_checks import judge, judged
from nexus_server.courses.case_writing import NothingChangedError, UnknownTestError, add_case
from nexus_server.courses.cases import Case, read_cases
from nexus_server.courses.lab_checks import labs_of
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.metadata import cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult, Trust
from nexus_server.roadmaps.checks.checks import check_content
from nexus_server.roadmaps.files.loader import load_roadmap

WRONG = "def double(x):\n    return 3 * x"


@pytest.fixture
def lab_file(content_dir: Path) -> Path:
    return content_dir / "tiny/labs/lab.ipynb"


@pytest.fixture
def source(lab_file: Path) -> NotebookNode:
    return parse_notebook(lab_file.read_text())


def answered(source: NotebookNode, text: str) -> NotebookNode:
    """The whole notebook of a learner who answers so."""
    notebook = release(source)
    for cell in notebook.cells:
        if cell_meta(cell).solution:
            cell.source = text
    return notebook


def result(**points: float) -> GradeResult:
    cells = tuple(
        CellResult(name, got, 1.0, CellStatus.PASSED if got == 1 else CellStatus.FAILED, Trust.SEALED, "why")
        for name, got in points.items()
    )
    return GradeResult(cells, float(len(cells)))


def test_a_saved_notebook_becomes_a_case_of_its_answers_alone(
    lab_file: Path, source: NotebookNode, content_dir: Path
) -> None:
    notebook = answered(source, WRONG)
    notebook.cells.append(new_code_cell("print(double(2))"))
    path = add_case(lab_file, source, notebook, "three", ["test-hidden"])
    assert path == lab_file.parent / "lab.cases/wrong-three.ipynb"
    assert [cell.source for cell in nbformat.read(path, 4).cells] == [WRONG]
    add_case(lab_file, source, answered(source, "def double(x):\n    return x + x"), "sum", [])
    assert (path.parent / "cases.yaml").read_text() == "wrong-three:\n- test-hidden\n"
    cases, problems = read_cases(lab_file, content_dir, source)
    assert problems == []
    assert [(case.name, case.is_right, case.tests) for case in cases] == [
        ("right-sum", True, ()),
        ("wrong-three", False, ("test-hidden",)),
    ]
    assert len({case.digest for case in cases}) == 2


@pytest.mark.parametrize("text", ["def double(x):\n    return 2 * x", None], ids=["reference", "stub"])
def test_answers_that_say_nothing_new_are_no_case(lab_file: Path, source: NotebookNode, text: str | None) -> None:
    notebook = release(source) if text is None else answered(source, text)
    with pytest.raises(NothingChangedError):
        add_case(lab_file, source, notebook, "same", [])
    with pytest.raises(UnknownTestError, match="test-hidden, test-visible"):
        add_case(lab_file, source, answered(source, WRONG), "x", ["test-gone"])
    assert not (lab_file.parent / "lab.cases").exists()


def test_what_a_case_lacks_is_the_references(lab_file: Path, source: NotebookNode, content_dir: Path) -> None:
    second = new_code_cell("def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION")
    second.metadata["nbgrader"] = {**source.cells[1].metadata.nbgrader, "grade_id": "half"}
    source.cells.append(second)
    add_case(lab_file, source, answered_only(source, WRONG), "three", ["test-hidden"])
    ((case,), _) = read_cases(lab_file, content_dir, source)
    texts = {cell_meta(cell).grade_id: cell.source for cell in case.notebook.cells}
    assert texts["double"] == WRONG
    assert "return x / 2" in texts["half"]


def answered_only(source: NotebookNode, text: str) -> NotebookNode:
    cell = new_code_cell(text, metadata={"nbgrader": source.cells[1].metadata.nbgrader})
    made: NotebookNode = new_notebook(cells=[cell])
    return made


def test_mistakes_in_the_folder_are_named(lab_file: Path, source: NotebookNode, content_dir: Path) -> None:
    add_case(lab_file, source, answered(source, WRONG), "three", ["test-hidden"])
    folder = lab_file.parent / "lab.cases"
    (folder / "odd.ipynb").write_text("{}")
    (folder / "right-broken.ipynb").write_text("{")
    (folder / "cases.yaml").write_text("wrong-three: [test-gone]\nwrong-gone: [test-hidden]\n")
    _, problems = read_cases(lab_file, content_dir, source)
    told = sorted(f"{problem.file}: {problem.message}" for problem in problems)
    assert told[:3] == [
        "tiny/labs/lab.cases/cases.yaml: there is no case wrong-gone.ipynb",
        "tiny/labs/lab.cases/cases.yaml: wrong-three: the lab has no test 'test-gone'",
        "tiny/labs/lab.cases/odd.ipynb: a case is called right-… or wrong-…",
    ]
    assert told[3].startswith("tiny/labs/lab.cases/right-broken.ipynb: ")
    (folder / "cases.yaml").write_text("wrong-three: test-hidden\n")
    _, (problem,) = read_cases(lab_file, content_dir, source)
    assert (problem.file, problem.line) == ("tiny/labs/lab.cases/cases.yaml", 1)


def test_learners_get_nothing_of_a_case(lab_file: Path, source: NotebookNode, content_dir: Path) -> None:
    before = load_roadmap(content_dir / "tiny")
    add_case(lab_file, source, answered(source, WRONG), "three", ["test-hidden"])
    after = load_roadmap(content_dir / "tiny")
    assert after.nodes == before.nodes
    assert check_content(content_dir)[1] == []
    (lab,) = labs_of([after])
    assert [case.name for case in lab.cases] == ["wrong-three"]
    assert "3 * x" not in lab.lab.release_notebook
    assert list(lab.data) == ["data/numbers.csv"]


@pytest.mark.parametrize(
    ("name", "tests", "points", "told"),
    [
        ("right-a", (), {"one": 1.0, "two": 1.0}, []),
        ("right-a", ("two",), {"one": 0.0, "two": 1.0}, []),
        ("right-a", (), {"one": 0.5}, ["a right solution earns 0.5 of 1 points in one (failed: why)"]),
        ("wrong-a", ("one",), {"one": 0.5, "two": 1.0}, []),
        ("wrong-a", ("one",), {"one": 1.0, "two": 0.0}, ["a wrong solution earns all 1 points in one"]),
        ("wrong-a", (), {"one": 1.0, "two": 0.0}, []),
        ("wrong-a", (), {"one": 1.0, "two": 1.0}, ["a wrong solution earns all points in all tests"]),
    ],
)
def test_a_case_is_judged_by_its_claim(
    name: str, tests: tuple[str, ...], points: dict[str, float], told: list[str]
) -> None:
    case = Case(name, "x/y.ipynb", new_notebook(), tests)
    assert [problem.message for problem in judged(case, result(**points))] == told


class NoKernel:
    """Grades nothing."""

    async def grade(
        self,
        submission: NotebookNode,  # noqa: ARG002  the protocol's
        source: NotebookNode,  # noqa: ARG002  the protocol's
        *,
        files: Mapping[str, bytes] | None = None,  # noqa: ARG002  the protocol's
    ) -> GradeResult:
        raise SandboxUnavailableError("no kernel")


async def test_a_case_that_was_not_graded_says_why() -> None:
    (problem,) = await judge(NoKernel(), Case("right-a", "x/y.ipynb", new_notebook()), new_notebook(), {})
    assert str(problem) == "x/y.ipynb:1: error: could not be run: no kernel"
