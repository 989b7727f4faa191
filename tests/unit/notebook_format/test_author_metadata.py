"""The keys that authors may use in a notebook's metadata, and the place of each mistake."""

import json
from typing import Any

import jsonschema
import pytest
from nbformat import NotebookNode

from nexus_server.notebook_format.validation import validate_source
from nexus_server.roadmaps.files.json_schemas import json_schema
from tests.plugins import lab_notebooks as lab

GOOD_CELL: dict[str, Any] = {
    "concepts": ["python.loops.range"],
    "hints": ["Count first.", "for n in …"],
    "rubric": [{"id": "clear", "text": "Reads well.", "points": 1}, {"id": "late", "text": "Late.", "points": -0.5}],
    "messages": "hidden",
}
GOOD_NOTEBOOK = {"parameters": {"n": [1, 2, "three"], "share": {"min": 0.1, "max": 0.9, "step": 0.1}}}


def _book(cell: object = None, extended: object = None, notebook: object = None) -> NotebookNode:
    book = lab.square_lab()
    for holder, key, value in (
        (book.cells[2], "nexus", cell),
        (book.cells[0], "extended_cell", extended),
        (book, "", notebook),
    ):
        if value is not None:
            holder.metadata[key or "nexus"] = value
    return book


def test_every_key_of_the_authors_is_accepted() -> None:
    extended = {"type": "diagram", "options": {"format": "svg"}, "choice": ["1"]}
    assert validate_source(_book(GOOD_CELL, extended, GOOD_NOTEBOOK)) == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"hint": ["x"]}, "metadata.nexus.hint: there is no such key"),
        ({"hints": "x"}, "metadata.nexus.hints: Input should be a valid list"),
        ({"hints": [" "]}, "metadata.nexus.hints.0: String should have at least 1 character"),
        ({"rubric": [{"id": "a", "text": "b"}]}, "metadata.nexus.rubric.0.points: Field required"),
        (
            {"rubric": [{"id": "a", "text": "b", "points": 1}] * 2},
            "metadata.nexus: two items of the rubric have the same id",
        ),
        ({"messages": "some"}, "metadata.nexus.messages: Input should be 'shown' or 'hidden'"),
        ({"concepts": ["a", "a"]}, "metadata.nexus: a concept is named twice"),
        ([], "metadata.nexus: Input should be a valid dictionary or instance of CellMetadata"),
        ({"parameters": {}}, "metadata.nexus.parameters: there is no such key"),
    ],
)
def test_a_mistake_in_a_cells_keys_names_its_place(cell: object, message: str) -> None:
    (problem,) = validate_source(_book(cell))
    assert (problem.code, problem.cell, problem.message) == ("unknown_metadata", 2, message)


@pytest.mark.parametrize(
    ("notebook", "message"),
    [
        ({"parameter": {}}, "metadata.nexus.parameter: there is no such key"),
        ({"parameters": {"n": {"min": 3, "max": 1}}}, "metadata.nexus.parameters.n: min is greater than max"),
        ({"hints": []}, "metadata.nexus.hints: there is no such key"),
    ],
)
def test_a_mistake_in_the_notebooks_keys_names_its_place(notebook: object, message: str) -> None:
    problems = validate_source(_book(notebook=notebook))
    assert message in [problem.message for problem in problems]
    assert {problem.cell for problem in problems} == {None}


def test_a_mistake_in_a_choice_cells_keys_names_its_place() -> None:
    (problem,) = validate_source(_book(extended={"type": "singlechoice", "anwser": ["1"]}))
    assert (problem.cell, problem.message) == (0, "metadata.extended_cell.anwser: there is no such key")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("cell-metadata.schema.json", GOOD_CELL, {"hint": []}),
        ("notebook-metadata.schema.json", GOOD_NOTEBOOK, {"parameters": {"n": []}}),
        ("extended-cell.schema.json", {"type": "singlechoice", "choice": ["0"]}, {"choice": ["0"]}),
    ],
)
def test_the_schemas_say_the_same(name: str, good: object, bad: object) -> None:
    schema = json.loads(json_schema(name))
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, schema)
