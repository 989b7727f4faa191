"""The student version, its markers and what is wrong with a source."""

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from nexus_server.notebook_format.errors import InvalidSourceError, UnbalancedMarkersError
from nexus_server.notebook_format.markers import Region, spans, without
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.validation import validate_source
from tests.plugins import lab_notebooks as lab


def test_release_hides_what_learners_must_not_see() -> None:
    released = release(lab.square_lab())
    text = "\n".join(cell.source for cell in released.cells)
    assert "x * x" not in text
    assert "49" not in text
    assert "BEGIN" not in text
    assert released.cells[1].source == "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def test_release_is_valid_for_nbgrader_and_locks_cells() -> None:
    released = release(lab.square_lab())
    MetadataValidator().validate_nb(released)
    test_cell = released.cells[2]
    assert test_cell.metadata.editable is False
    assert test_cell.metadata.nbgrader.checksum == compute_checksum(test_cell)
    assert "editable" not in released.cells[1].metadata


def test_release_leaves_the_source_alone() -> None:
    source = lab.square_lab()
    before = copy.deepcopy(source)
    release(source)
    assert source == before


def test_release_clears_outputs_and_mark_schemes() -> None:
    shown = lab.plain("print(1)")
    shown.outputs = [new_output("stream", text="1")]
    work = lab.task("t", "Do it.\n### BEGIN MARK SCHEME\n2 points for trying\n### END MARK SCHEME")
    released = release(lab.notebook(shown, work))
    assert released.cells[0].outputs == []
    assert released.cells[1].source == "Do it."


def test_answer_without_markers_becomes_a_stub_altogether() -> None:
    released = release(lab.notebook(lab.solution("a", "secret = 1"), lab.manual("b", "Because."), lab.checks("c", "1")))
    assert released.cells[0].source == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert released.cells[1].source == "YOUR ANSWER HERE"


def test_stub_follows_the_language() -> None:
    book = lab.notebook(lab.solution("a", "x <- 1"), lab.checks("c", "1"))
    book.metadata.kernelspec = NotebookNode(name="ir", language="R", display_name="R")
    assert release(book).cells[0].source == "# YOUR CODE HERE\nfail()"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("### BEGIN SOLUTION\nx", 1),
        ("x\n### END SOLUTION", 2),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", 2),
    ],
)
def test_unbalanced_markers_name_the_line(source: str, line: int) -> None:
    with pytest.raises(UnbalancedMarkersError) as caught:
        spans(source, Region.SOLUTION)
    assert caught.value.details["line"] == line


def test_stub_takes_the_markers_indentation() -> None:
    assert without("  a\n    ## BEGIN SOLUTION\n    b\n    ## END SOLUTION\nc", Region.SOLUTION, "s\nt") == (
        "  a\n    s\n    t\nc"
    )


def _without_points() -> NotebookNode:
    cell = lab.checks("a", "1")
    del cell.metadata.nbgrader["points"]
    return cell


def _tagged(cell: NotebookNode) -> NotebookNode:
    cell.metadata["tags"] = ["remove-for-students"]
    return cell


def _raw(cell: NotebookNode) -> NotebookNode:
    cell.cell_type = "raw"
    return cell


def _unknown_key(cell: NotebookNode) -> NotebookNode:
    cell.metadata.nbgrader["remark"] = "the answer is 42"
    return cell


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([lab.checks("a", "1"), lab.checks("a", "2")], "duplicate_id"),
        ([_without_points()], "missing_points"),
        ([lab.checks("", "1")], "missing_id"),
        ([lab.checks("a b", "1")], "invalid_id"),
        ([lab.checks("a", "1", -1)], "invalid_points"),
        ([lab.solution("a", "1")], "nothing_graded"),
        ([lab.checks("a", "### BEGIN HIDDEN TESTS")], "unbalanced_markers"),
        ([lab.checks("a", "### BEGIN SOLUTION\n### END SOLUTION")], "misplaced_region"),
        ([lab.checks("a", "1"), lab.plain("### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")], "misplaced_region"),
        ([lab.checks("a", "# begin answer\n1")], "unbalanced_markers"),
        ([lab.checks("a", "1"), lab.plain("# END MODEL ANSWER")], "unbalanced_markers"),
        ([lab.checks("a", "1"), _tagged(lab.solution("b", "1"))], "answer_for_staff"),
        ([lab.checks("a", "1"), _tagged(lab.task("b", "Do it."))], "answer_for_staff"),
        ([_raw(lab.manual("a", "Because."))], "no_cell_for_learners"),
        ([_unknown_key(lab.checks("a", "1"))], "unknown_metadata"),
        ([lab.checks("a", "### HASHED AUTOTEST f(1)", 1)], "autotest_directive"),
    ],
)
def test_mistakes_are_found(cells: list[NotebookNode], code: str) -> None:
    book = lab.notebook(*cells)
    assert code in {problem.code for problem in validate_source(book)}
    with pytest.raises(InvalidSourceError):
        release(book)


def test_a_good_source_has_no_problems() -> None:
    assert validate_source(lab.square_lab()) == []
