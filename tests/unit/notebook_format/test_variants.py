"""Variants: the same seed draws the same values, which are written where authors name them and nowhere else."""

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from nexus_server.grading.hashes import tests_hash as hash_of_tests
from nexus_server.notebook_format.metadata import cell_meta, checksum
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.validation import validate_source
from nexus_server.notebook_format.variants import draw, varied
from tests.plugins import lab_notebooks as lab

PARAMETERS = {
    "count": {"min": 3, "max": 9, "step": 2},
    "rate": {"min": 0.1, "max": 0.5, "step": 0.1},
    "word": ["tree", "it's"],
}


def tagged(cell: NotebookNode) -> NotebookNode:
    cell.metadata["tags"] = ["parameters"]
    return cell


def a_lab(parameters: dict[str, Any] = PARAMETERS) -> NotebookNode:
    notebook = lab.notebook(
        new_markdown_cell("Take {{ count }} of the {{word}}s, and {{ other }}."),
        tagged(lab.locked("given", "count = 1\nrate = 1\nword = 'x'  # a word\nother = 5")),
        new_code_cell("shown = '{{ count }}'; count = 1"),
        lab.solution("take", "taken = count * rate"),
        lab.checks("test-take", "assert taken == count * rate", points=2),
    )
    notebook.metadata["nexus"] = {"parameters": parameters}
    return notebook


def test_the_same_seed_draws_the_same_and_seeds_differ() -> None:
    drawn = [draw(a_lab(), f"seed-{number}") for number in range(60)]
    assert drawn == [draw(a_lab(), f"seed-{number}") for number in range(60)]
    assert {values["count"] for values in drawn} == {3, 5, 7, 9}
    assert {values["rate"] for values in drawn} == {0.1, 0.2, 0.3, 0.4, 0.5}
    assert {values["word"] for values in drawn} == {"tree", "it's"}


def test_another_parameter_changes_none_of_the_others() -> None:
    fewer = {name: PARAMETERS[name] for name in ("count", "word")}
    assert draw(a_lab(fewer), "s").items() <= draw(a_lab(), "s").items()


def test_values_stand_where_the_author_names_them_and_nowhere_else() -> None:
    source = a_lab()
    before = source.cells[1].source
    found = varied(source, {"count": 7, "rate": 0.3, "word": "it's"})
    assert found.cells[0].source == "Take 7 of the it'ss, and {{ other }}."
    assert found.cells[1].source == 'count = 7\nrate = 0.3\nword = "it\'s"\nother = 5'
    assert [cell.source for cell in found.cells[2:]] == [cell.source for cell in source.cells[2:]]
    assert source.cells[1].source == before


def test_a_release_has_the_drawn_values_and_not_the_others() -> None:
    source = a_lab()
    source.cells[0].source = "Take {{ count }}."
    released = varied(release(source), {"count": 7, "rate": 0.3, "word": "tree"})
    assert "parameters" not in released.metadata.get("nexus", {})
    given = released.cells[1]
    assert "count = 7" in given.source
    assert cell_meta(given).checksum == checksum(given)


def test_javascript_has_its_own_literals() -> None:
    source = a_lab()
    source.metadata["kernelspec"] = {"name": "nexus-javascript", "display_name": "JavaScript", "language": "javascript"}
    source.cells[1].source = "const count = 1;\nlet word = '';"
    found = varied(source, {"count": 7, "word": "it's"})
    assert found.cells[1].source == 'const count = 7;\nlet word = "it\'s";'


def test_all_variants_have_the_same_tests() -> None:
    source = a_lab()
    assert {hash_of_tests(varied(source, draw(source, str(number))), {}) for number in range(5)} == {
        hash_of_tests(source, {})
    }
    other = a_lab({**PARAMETERS, "count": [1, 2]})
    assert hash_of_tests(other, {}) != hash_of_tests(source, {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda source: source.cells[1].update(source="rate = 1\nword = ''"), "gives the parameter 'count' a value"),
        (lambda source: source.cells[1].metadata.pop("nbgrader"), "has to be read-only"),
        (lambda source: source.cells[0].metadata.update(tags=[]), "There is no parameter 'other'"),
    ],
)
def test_mistakes_are_named(change: Any, said: str) -> None:
    source = a_lab()
    change(source)
    assert any(said in str(problem) for problem in validate_source(source))


def test_a_lab_without_parameters_is_what_it_was() -> None:
    source = lab.square_lab()
    assert varied(source, draw(source, "s")) is source
