"""nbgrader's cell metadata, schema 3: reading, upgrading, checksums.

Schema and upgrade rules follow nbgrader 0.9 (`nbgraderformat/v1.py` to `v3.py`). Vocabulary:

- a *solution* cell is where the learner answers; a *grade* cell gives points;
- *autograded answer*: solution, not grade · *tests*: grade, not solution · *manual*: both, marked by a person;
- a *task* cell is Markdown that asks for work anywhere in the notebook, marked by a person;
- a *locked* cell is read-only. Everything else is a *plain* cell, which belongs to the learner.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from nbformat import NotebookNode

from nexus_server.decimals import decimal_sum

SCHEMA_VERSION = 3
KNOWN_KEYS = frozenset(
    {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points", "checksum", "cell_type"}
)


class CellRole(StrEnum):
    """What a cell is for, which follows from its flags."""

    PLAIN = "plain"
    SOLUTION = "solution"
    TESTS = "tests"
    MANUAL = "manual"
    TASK = "task"
    LOCKED = "locked"


#: roles that give points
GRADED_ROLES = frozenset({CellRole.TESTS, CellRole.MANUAL, CellRole.TASK})
#: roles whose content is the learner's
ANSWER_ROLES = frozenset({CellRole.SOLUTION, CellRole.MANUAL})


@dataclass(frozen=True, slots=True)
class CellMeta:
    """One cell's grading metadata, whatever schema it was written in."""

    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    grade_id: str = ""
    points: float = 0.0
    #: as written by the last release, if ever
    checksum: str | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def role(self) -> CellRole:
        """What the flags mean together."""
        if self.task:
            return CellRole.TASK
        if self.grade:
            return CellRole.MANUAL if self.solution else CellRole.TESTS
        if self.solution:
            return CellRole.SOLUTION
        return CellRole.LOCKED if self.locked else CellRole.PLAIN


PLAIN = CellMeta()


def cell_meta(cell: NotebookNode) -> CellMeta:
    """Read a cell's metadata; flags or points of a wrong type count as absent, as they do for nbgrader's schema 0."""
    raw = cell.metadata.get("nbgrader")
    if not isinstance(raw, dict):
        return PLAIN
    grade_id = raw.get("grade_id")
    checksum = raw.get("checksum")
    return CellMeta(
        grade=raw.get("grade") is True,
        solution=raw.get("solution") is True,
        locked=raw.get("locked") is True,
        task=raw.get("task") is True,
        grade_id=grade_id if isinstance(grade_id, str) else "",
        points=_points(raw.get("points")),
        checksum=checksum if isinstance(checksum, str) else None,
        schema_version=_version(raw),
    )


def _version(raw: dict[str, Any]) -> int:
    version = raw.get("schema_version", 0)
    return version if isinstance(version, int) else 0


def _points(value: Any) -> float:
    try:
        points = float(value)
    except (TypeError, ValueError):
        return 0.0
    return points if 0.0 <= points < float("inf") else 0.0


def with_numeric_points(raw: Any) -> Any:
    """Return a cell's grading metadata with its points as a number: nbgrader's first toolbars kept what was typed."""
    if not isinstance(raw, dict) or not isinstance(raw.get("points"), str):
        return raw
    text = raw["points"].strip()
    try:
        number = float(text) if text or _version(raw) >= SCHEMA_VERSION else 0.0
    except ValueError:
        return raw
    return {**raw, "points": number} if isfinite(number) else raw


def graded_cells(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, CellMeta]]:
    """Yield the cells that give points, in order."""
    for cell in notebook.cells:
        meta = cell_meta(cell)
        if meta.role in GRADED_ROLES:
            yield cell, meta


def max_score(notebook: NotebookNode) -> float:
    """Points that the notebook's graded cells give together."""
    return round(decimal_sum(meta.points for _, meta in graded_cells(notebook)), 6)


def upgrade(notebook: NotebookNode) -> None:
    """Bring every cell's metadata to schema 3, in place; a cell with no flag at all loses it, as in nbgrader."""
    for cell in notebook.cells:
        raw = cell.metadata.get("nbgrader")
        if raw is None:
            continue
        if not isinstance(raw, dict) or _is_empty(raw):
            del cell.metadata["nbgrader"]
            continue
        if _version(raw) < SCHEMA_VERSION:
            _upgrade_cell(raw, cell)


def _is_empty(raw: dict[str, Any]) -> bool:
    return not any(raw.get(flag) for flag in ("grade", "solution", "locked", "task"))


def _upgrade_cell(raw: dict[str, Any], cell: NotebookNode) -> None:
    for flag in ("grade", "solution", "locked"):
        raw[flag] = bool(raw.get(flag, False))
    raw["task"] = bool(raw.get("task", False))
    if raw["grade"] or raw["task"]:
        raw["points"] = _points(raw.get("points"))
    else:
        raw.pop("points", None)
    if "checksum" in raw:
        raw.setdefault("cell_type", cell.cell_type)
    raw["schema_version"] = SCHEMA_VERSION
    for key in set(raw) - KNOWN_KEYS:
        del raw[key]


def is_locked(meta: CellMeta) -> bool:
    """Whether a release makes the cell read-only: tests are, solutions never."""
    return not meta.solution and (meta.grade or meta.locked)


def checksum(cell: NotebookNode) -> str:
    """Return nbgrader's MD5 of a cell: source, type, flags, id and points (`nbgrader.utils.compute_checksum`).

    MD5 because the format says so; it detects edits by honest hands and protects nothing.
    """
    meta = cell_meta(cell)
    parts = [cell.source, cell.cell_type, str(meta.grade), str(meta.solution), str(is_locked(meta)), meta.grade_id]
    if meta.grade:
        parts.append(str(meta.points))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
