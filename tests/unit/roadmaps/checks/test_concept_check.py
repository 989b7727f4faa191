"""Concepts that cells and quizzes name are compared with the maps."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml

from nexus_server.roadmaps.checks.checks import check_content
from tests.plugins.content import ROADMAP, write_content

MAP = "- {id: tiny.loops, title: Loops, taught: hello}\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    write_content(tmp_path)
    roadmap = tmp_path / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text() + "concepts: concepts.yaml\n")
    (tmp_path / "tiny/concepts.yaml").write_text(MAP)
    return tmp_path


def found(content: Path) -> list[str]:
    return [str(problem) for problem in check_content(content)[1] if "concept" in str(problem)]


def errors(content: Path) -> list[str]:
    return [problem for problem in found(content) if ": error: " in problem]


def test_a_concept_that_nothing_asks_for_is_told(content: Path) -> None:
    assert found(content) == [
        "tiny/concepts.yaml:1: warning: no question and no graded cell shows the concept 'tiny.loops'"
    ]


def name_in_a_cell(content: Path, concept: str) -> None:
    path = content / "tiny/labs/lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    graded = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade"))
    graded.metadata["nexus"] = {"concepts": [concept]}
    nbformat.write(notebook, path)


def name_in_a_quiz(content: Path, concept: str) -> None:
    path = content / "tiny/quizzes/quizzed.yaml"
    quiz = yaml.safe_load(path.read_text())
    quiz["questions"][0]["concepts"] = [concept]
    path.write_text(yaml.safe_dump(quiz))


@pytest.mark.parametrize("name", [name_in_a_cell, name_in_a_quiz])
def test_a_concept_that_no_map_has_is_named_with_its_place(content: Path, name: Callable[[Path, str], None]) -> None:
    name(content, "tiny.loops")
    assert found(content) == []
    name(content, "elsewhere.loops")
    assert errors(content) == [], "of a roadmap that lies elsewhere"
    name(content, "tiny.lops")
    (problem,) = errors(content)
    assert problem.endswith("error: there is no concept 'tiny.lops' in a map of concepts")
    assert not problem.split(":")[1].startswith("1 ")


def test_a_concept_is_in_one_map_only(content: Path) -> None:
    (content / "tiny").rename(content / "other")
    roadmap = content / "other/roadmap.yaml"
    roadmap.write_text(roadmap.read_text().replace("slug: tiny", "slug: other"))
    write_content(content)
    (content / "tiny/roadmap.yaml").write_text(ROADMAP + "concepts: concepts.yaml\n")
    (content / "tiny/concepts.yaml").write_text(MAP)
    (problem,) = errors(content)
    assert problem.startswith("tiny/concepts.yaml:1: error: the concept 'tiny.loops' is in other/concepts.yaml, too")
