"""Choice cells: what learners see of them, and what each choice earns."""

from typing import Any

import pytest
from nbformat import NotebookNode

from nexus_server.grading import hashes
from nexus_server.grading.feedback import feedback_html
from nexus_server.notebook_format.choices import MULTIPLE, SINGLE, chosen, kind_of, score_choice
from nexus_server.notebook_format.merge import merge
from nexus_server.notebook_format.metadata import cell_meta
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus, GradeResult
from nexus_server.notebook_format.validation import validate_source
from tests.plugins import lab_notebooks as lab

QUESTION = """Which are *prime*?

- 2
- 4
- 7
- 9"""


def _source(kind: str = MULTIPLE, choice: list[str] | None = None, text: str = QUESTION) -> NotebookNode:
    cell = lab.manual("primes", text, points=4)
    extension = {"type": kind, "choice": ["0", "2"] if choice is None else choice, "source": {"choice": ["0", "2"]}}
    cell.metadata["extended_cell"] = NotebookNode(extension)
    return lab.notebook(cell)


def _points(source: NotebookNode, submission: NotebookNode) -> tuple[float, CellStatus]:
    (merged,) = merge(submission, source)
    result = score_choice(cell_meta(source.cells[0]), merged.cell, source.cells[0])
    return result.points, result.status


def _noted(source: NotebookNode, choice: Any) -> NotebookNode:
    submission = release(source)
    submission.cells[0].metadata["extended_cell"]["choice"] = choice
    return submission


def _ticked(source: NotebookNode, *names: str) -> NotebookNode:
    submission = release(source)
    cell = submission.cells[0]
    for name in names:
        assert f"[ ] {name}" in cell.source
        cell.source = cell.source.replace(f"[ ] {name}", f"[x] {name}")
    return submission


def test_a_release_shows_boxes_and_no_answer() -> None:
    for source in (_source(), _source(choice=[], text=QUESTION.replace("- 2", "- [x] 2").replace("- 7", "- [X] 7"))):
        assert validate_source(source) == []
        assert chosen(source.cells[0]) == {0, 2}
        (cell,) = release(source).cells
        assert cell.source == QUESTION.replace("- ", "- [ ] ")
        assert cell.metadata["extended_cell"] == {"type": MULTIPLE}
        assert (kind_of(cell), chosen(cell)) == (MULTIPLE, frozenset())


@pytest.mark.parametrize(
    ("names", "points", "status"),
    [
        (["2", "7"], 4, CellStatus.PASSED),
        (["2"], 2, CellStatus.PARTIAL),
        (["2", "7", "9"], 2, CellStatus.PARTIAL),
        (["4"], 0, CellStatus.FAILED),
        (["2", "4", "7", "9"], 0, CellStatus.FAILED),
        ([], 0, CellStatus.FAILED),
    ],
)
def test_each_option_of_several_adds_its_share_or_takes_it(names: list[str], points: float, status: CellStatus) -> None:
    source = _source()
    assert _points(source, _ticked(source, *names)) == (points, status)
    numbers = [str(["2", "4", "7", "9"].index(name)) for name in names]
    assert _points(source, _noted(source, numbers)) == (points, status)


def test_one_of_several_is_all_or_nothing() -> None:
    source = _source(SINGLE, ["1"])
    assert _points(source, _ticked(source, "4")) == (4, CellStatus.PASSED)
    for names in ([], ["2"], ["4", "7"]):
        assert _points(source, _ticked(source, *names)) == (0, CellStatus.FAILED)


@pytest.mark.parametrize("choice", [["999"], ["0", "999"], [-1], ["²"], {"0": 1}, "02", None, [["0", "2"]], [True]])
def test_what_no_form_writes_gains_nothing(choice: Any) -> None:
    source = _source()
    assert _points(source, _noted(source, choice))[0] <= 2, "at most what the options that exist are worth"
    assert _points(_source(SINGLE, ["1"]), _noted(source, choice))[0] == 0


def test_answers_survive_lost_lines_and_metadata() -> None:
    source = _source()
    submission = _ticked(source, "2", "7")
    submission.cells[0].source = submission.cells[0].source.replace("- [ ] 4\n", "")
    assert _points(source, submission)[0] == 4
    submission = _ticked(source, "2", "7")
    del submission.cells[0].metadata["extended_cell"]
    assert _points(source, submission)[0] == 4
    submission.cells.clear()
    assert merge(submission, source)[0].cell.metadata["extended_cell"]["choice"] == []


@pytest.mark.parametrize(("kind", "choice"), [(MULTIPLE, []), (MULTIPLE, ["4"]), (SINGLE, ["0", "1"])])
def test_a_source_that_names_no_right_option_is_refused(kind: str, choice: list[str]) -> None:
    assert [problem.code for problem in validate_source(_source(kind, choice))] == ["choice_without_answer"]


def test_another_right_option_is_another_test() -> None:
    assert hashes.tests_hash(_source(), {}) != hashes.tests_hash(_source(choice=["0"]), {})
    assert hashes.content_hash(_source()) != hashes.content_hash(_source(choice=["0"]))


def test_feedback_says_what_was_chosen_and_not_what_is_right() -> None:
    source = _source()
    page = feedback_html(GradeResult((), 4), _ticked(source, "4"), source)
    assert "Chosen: 4<" in page
    assert "Chosen: nothing" in feedback_html(GradeResult((), 4), release(source), source)
