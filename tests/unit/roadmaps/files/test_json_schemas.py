import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from nexus_server.installation import SHIPPED
from nexus_server.learning import Difficulty
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.files.json_schemas import SCHEMAS, json_schema
from nexus_server.roadmaps.files.loader import load_content
from nexus_server.roadmaps.files.note_file import split_note
from tests.plugins.content import QUIZ, ROADMAP

HIDDEN = "BEGIN HIDDEN TESTS"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schemas_are_current(name: str) -> None:
    published = (SHIPPED / "docs/schemas" / name).read_text(encoding="utf-8")
    assert published == json_schema(name), "run `nexus content schemas`"


def content_files() -> Iterator[tuple[str, Path]]:
    for folder in sorted(path.parent for path in (SHIPPED / "content").glob("*/roadmap.yaml")):
        yield "roadmap.schema.json", folder / "roadmap.yaml"
        yield from (("quiz.schema.json", path) for path in sorted(folder.glob("quizzes/*.yaml")))
        yield from (("note-front-matter.schema.json", path) for path in sorted(folder.glob("notes/*.md")))


CONTENT_FILES = list(content_files())


@pytest.mark.parametrize(("name", "path"), CONTENT_FILES, ids=[path.name for _, path in CONTENT_FILES])
def test_every_content_file_is_valid_for_the_editors_schema(name: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = yaml.safe_load(split_note(text).front_matter if path.suffix == ".md" else text)
    schema = json.loads((SHIPPED / "docs/schemas" / name).read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(_as_json(document))] == []


def _as_json(document: object) -> object:
    """YAML knows times, JSON has texts for them."""
    return json.loads(json.dumps(document, default=str))


def test_the_product_has_the_content_that_it_promises() -> None:
    sources = load_content(SHIPPED / "content")
    nodes = [node for source in sources for node in source.nodes]
    labs = [(node.lab, node.entry.lab) for node in nodes if node.lab is not None]
    difficulties = [source.file.difficulty for source in sources if source.file is not None]
    assert set(difficulties) == set(Difficulty)
    assert len(nodes) >= 30
    assert len(labs) >= 14
    assert len([node for node in nodes if node.quiz is not None]) >= 8
    for lab, spec in labs:
        source, released = parse_notebook(lab.source_notebook), parse_notebook(lab.release_notebook)
        tests = [cell for cell in released.cells if cell_meta(cell).role is CellRole.TESTS]
        is_drill = spec is not None and spec.drill
        assert any(HIDDEN in cell.source for cell in source.cells) != is_drill, "drills have visible tests only"
        # languages without `assert` have a function of the lab's
        assert any("assert" in cell.source or "expect" in cell.source for cell in tests), "no test is visible"
        assert not any(HIDDEN in cell.source for cell in released.cells)


@pytest.mark.parametrize(("name", "text"), [("roadmap.schema.json", ROADMAP), ("quiz.schema.json", QUIZ)])
def test_good_content_is_valid_and_misspelt_keys_are_not(name: str, text: str) -> None:
    schema = json.loads(json_schema(name))
    document = yaml.safe_load(text)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "titel": "x"}, schema)
