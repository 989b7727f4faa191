"""Tasks of labs: their text, and the hints that an author wrote."""

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nexus_server.tutor.lessons.tasks import find_task


def _graded(grade_id: str, *, solution: bool, **nexus: Any) -> dict[str, Any]:
    flags = {"grade": not solution, "solution": solution, "locked": not solution, "task": False, "points": 1}
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **flags}, "nexus": nexus}


def lab(**hints: list[str]) -> str:
    """Two tasks; `hints` are those of the cells of that name."""

    def kept(name: str) -> dict[str, Any]:
        return {"hints": hints[name]} if name in hints else {}

    cells = [
        new_markdown_cell("# A lab"),
        new_markdown_cell("## Double\n\nWrite `double`.", metadata={"nexus": kept("text")}),
        new_code_cell("def double(n):\n    return 2 * n", metadata=_graded("double", solution=True, **kept("answer"))),
        new_code_cell("assert double(2) == 4", metadata=_graded("test-double", solution=False, **kept("test"))),
        new_markdown_cell("## Half\n\nWrite `half`."),
        new_code_cell("def half(n):\n    return n / 2", metadata=_graded("half", solution=True)),
        new_code_cell("assert half(2) == 1", metadata=_graded("test-half", solution=False)),
    ]
    return str(nbformat.writes(new_notebook(cells=cells)))


@pytest.mark.parametrize("place", ["text", "answer", "test"])
def test_hints_may_stand_at_the_text_the_answer_or_the_check(place: str) -> None:
    task = find_task(lab(**{place: ["the idea", "the form"]}), "double")
    assert task is not None
    assert task.hints == ("the idea", "the form")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("double", "double"), ("test-double", "double"), ("test-half", "half"), (None, "double"), ("other", "double")],
)
def test_a_check_belongs_to_the_answer_above_it(asked: str | None, found: str) -> None:
    task = find_task(lab(), asked)
    assert task is not None
    assert task.grade_id == found
    assert f"`{found}`" in task.text


def test_hints_belong_to_their_own_task() -> None:
    task = find_task(lab(answer=["about double"], test=["x"]), "half")
    assert task is not None
    assert task.hints == ()


def test_a_notebook_without_answers_has_no_task() -> None:
    assert find_task(nbformat.writes(new_notebook(cells=[new_code_cell("1")])), None) is None
