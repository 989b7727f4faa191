"""What changes the hashes that a grade names, and what does not."""

import copy
from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from nexus_server.grading.hashes import content_hash
from nexus_server.grading.hashes import tests_hash as hash_of_tests
from tests.plugins import lab_notebooks as lab

DATA = {"people.csv": b"name,age\nada,36\n"}


def _source() -> NotebookNode:
    source = lab.square_lab()
    source.cells.insert(1, lab.locked("given", "LIMIT = 9"))
    return source


def _edit(index: int, source: str) -> Callable[[NotebookNode], None]:
    def edit(notebook: NotebookNode) -> None:
        notebook.cells[index].source = source

    return edit


def _worth_more(notebook: NotebookNode) -> None:
    notebook.cells[3].metadata.nbgrader["points"] = 3


def _old(notebook: NotebookNode) -> None:
    for cell in notebook.cells[1:]:
        cell.metadata.nbgrader["schema_version"] = 1


@pytest.mark.parametrize("change", [_edit(3, "assert square(2) == 4"), _edit(1, "LIMIT = 8"), _worth_more])
def test_what_decides_points_makes_other_tests(change: Callable[[NotebookNode], None]) -> None:
    changed = _source()
    change(changed)
    assert hash_of_tests(changed, DATA) != hash_of_tests(_source(), DATA)


def test_other_data_makes_other_tests() -> None:
    hashes = {
        hash_of_tests(_source(), files)
        for files in (DATA, {"people.csv": b"name,age\n"}, {"folk.csv": DATA["people.csv"]}, {})
    }
    assert len(hashes) == 4


@pytest.mark.parametrize(
    "change", [_edit(0, "# Squares, explained"), _edit(2, "def square(x):\n    return x**2"), _old]
)
def test_what_decides_no_points_does_not(change: Callable[[NotebookNode], None]) -> None:
    changed = _source()
    change(changed)
    kept = copy.deepcopy(changed)
    assert hash_of_tests(changed, DATA) == hash_of_tests(_source(), DATA)
    assert changed == kept, "the source is only read"


def test_any_change_is_another_content() -> None:
    changed = _source()
    _edit(0, "# Squares, explained")(changed)
    assert content_hash(changed, DATA) != content_hash(_source(), DATA)
    assert content_hash(_source(), {}) != content_hash(_source(), DATA)
