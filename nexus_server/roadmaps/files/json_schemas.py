"""The content files' JSON Schemas, for editors."""

import json
from pathlib import Path

from pydantic import BaseModel

from nexus_server.notebook_format.author_metadata import CellMetadata, ExtendedCell, NotebookMetadata
from nexus_server.roadmaps.files.badge_file import BadgeFile
from nexus_server.roadmaps.files.case_file import CasesFile
from nexus_server.roadmaps.files.concept_file import ConceptFile
from nexus_server.roadmaps.files.note_file import NoteFrontMatter
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import RoadmapFile

SCHEMAS: dict[str, type[BaseModel]] = {
    "roadmap.schema.json": RoadmapFile,
    "quiz.schema.json": QuizFile,
    "concepts.schema.json": ConceptFile,
    "badges.schema.json": BadgeFile,
    "cases.schema.json": CasesFile,
    "note-front-matter.schema.json": NoteFrontMatter,
    "cell-metadata.schema.json": CellMetadata,
    "notebook-metadata.schema.json": NotebookMetadata,
    "extended-cell.schema.json": ExtendedCell,
}


def json_schema(name: str) -> str:
    """Return one of `SCHEMAS` as JSON text."""
    schema = SCHEMAS[name].model_json_schema()
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**dialect, **schema}, indent=2, ensure_ascii=False) + "\n"


def write_schemas(directory: Path) -> list[Path]:
    """Write every schema below `directory` and return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (directory / name).write_text(json_schema(name), encoding="utf-8")
    return [directory / name for name in SCHEMAS]
