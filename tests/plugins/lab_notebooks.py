"""Builders of labs and submissions for the grading tests."""

from typing import cast

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def plain(source: str, **kwargs: str) -> NotebookNode:
    """A cell that belongs to the learner."""
    return cast("NotebookNode", new_code_cell(source, **kwargs))


def _flagged(cell: NotebookNode, grade_id: str, **flags: object) -> NotebookNode:
    meta = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = NotebookNode({**meta, "grade_id": grade_id, **flags})
    return cell


def solution(grade_id: str, source: str) -> NotebookNode:
    """A code cell that the learner answers."""
    return _flagged(new_code_cell(source), grade_id, solution=True)


def checks(grade_id: str, source: str, points: float = 1.0) -> NotebookNode:
    """An autograded test cell."""
    return _flagged(new_code_cell(source), grade_id, grade=True, locked=True, points=points)


def locked(grade_id: str, source: str) -> NotebookNode:
    """A read-only code cell."""
    return _flagged(new_code_cell(source), grade_id, locked=True)


def manual(grade_id: str, source: str, points: float = 2.0) -> NotebookNode:
    """A Markdown answer that a person marks."""
    return _flagged(new_markdown_cell(source), grade_id, grade=True, solution=True, points=points)


def task(grade_id: str, source: str, points: float = 3.0) -> NotebookNode:
    """A task that a person marks."""
    return _flagged(new_markdown_cell(source), grade_id, task=True, locked=True, points=points)


def notebook(*cells: NotebookNode) -> NotebookNode:
    """A Python notebook."""
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return cast("NotebookNode", new_notebook(cells=list(cells), metadata={"kernelspec": kernelspec}))


def answer(released: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """Fill a released notebook in, by grade id."""
    for cell in released.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return released


SQUARE = """def square(x):
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION"""
SQUARE_TESTS = """assert square(3) == 9
### BEGIN HIDDEN TESTS
assert square(-7) == 49
### END HIDDEN TESTS"""


def square_lab() -> NotebookNode:
    """A small lab: one answer, its tests, worth 2 points."""
    return notebook(
        new_markdown_cell("# Squares"), solution("square", SQUARE), checks("test_square", SQUARE_TESTS, points=2)
    )
