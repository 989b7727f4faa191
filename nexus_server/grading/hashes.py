"""What a grading is known by: hashes of notebooks, and of what decides their points."""

import copy
import hashlib
import json
from collections.abc import Mapping

from nbformat import NotebookNode

from nexus_server.notebook_format.choices import chosen, kind_of
from nexus_server.notebook_format.metadata import GRADED_ROLES, CellMeta, CellRole, cell_meta, upgrade
from nexus_server.notebook_format.variants import TAG, is_of_parameters, parameters_of


def content_hash(notebook: NotebookNode, files: Mapping[str, bytes] | None = None) -> str:
    """Return the SHA-256 of a notebook's canonical JSON, without outputs and cell ids, and of its files."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("nbgrader"), *_key(cell)] for cell in notebook.cells]
    return _hash([cells, notebook.metadata, _digests(files or {})])


def tests_hash(source: NotebookNode, files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of what decides points beside the answers.

    These are ids, points and content of the graded and of the locked code cells, in order, and the files beside them.
    """
    source = copy.deepcopy(source)
    upgrade(source)
    drawn = repr(parameters_of(source)) if parameters_of(source) else ""
    cells = [(cell, cell_meta(cell)) for cell in source.cells]
    decide = [(cell, meta) for cell, meta in cells if meta.role in GRADED_ROLES or _is_given_code(cell, meta)]
    # What is drawn decides, not what one learner drew: the hash is the same for all variants.
    texts = [TAG if drawn and is_of_parameters(cell) else cell.source for cell, _ in decide]
    told = [[meta.grade_id, meta.points, text, *_key(cell)] for (cell, meta), text in zip(decide, texts, strict=True)]
    return _hash([told, _digests(files), *([drawn] if drawn else [])])


def _is_given_code(cell: NotebookNode, meta: CellMeta) -> bool:
    """Whether it is the instructor's code that tests may build on."""
    return meta.role is CellRole.LOCKED and cell.cell_type == "code"


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def _key(cell: NotebookNode) -> list[list[int]]:
    """Return a choice cell's right choices, which its text need not tell."""
    return [sorted(chosen(cell))] if kind_of(cell) else []


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
