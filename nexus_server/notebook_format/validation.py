"""What is wrong with an instructor's notebook, before any learner sees it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from nexus_server.notebook_format.author_metadata import metadata_problems
from nexus_server.notebook_format.choices import SINGLE, chosen, kind_of, options
from nexus_server.notebook_format.errors import InvalidSourceError, UnbalancedMarkersError
from nexus_server.notebook_format.foreign_markers import without_foreign_regions
from nexus_server.notebook_format.markers import Region, spans
from nexus_server.notebook_format.metadata import (
    ANSWER_ROLES,
    GRADED_ROLES,
    KNOWN_KEYS,
    SCHEMA_VERSION,
    CellMeta,
    CellRole,
    cell_meta,
)
from nexus_server.notebook_format.release_contents import CELL_KINDS, STAFF_TAG, is_for_staff
from nexus_server.notebook_format.variants import variant_faults

GRADE_ID = re.compile(r"^[a-zA-Z0-9_\-]+$")
#: points of a cell that add up, and are shown, without a loss; 0 is allowed, too
MIN_POINTS, MAX_POINTS = 0.001, 10_000
#: nbgrader's directives for tests that it makes from the reference solution
AUTOTEST = re.compile(r"^\s*#+\s*(?:HASHED\s+)?AUTOTEST\b")


@dataclass(frozen=True, slots=True)
class NotebookProblem:
    """One mistake. `cell` counts from 0; `line` counts from 1 inside the cell, where one line is to blame."""

    code: str
    message: str
    cell: int | None = None
    grade_id: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """Say where and what, on one line."""
        place = "" if self.cell is None else f"cell {self.cell + 1}"
        if self.line is not None:
            place += f", line {self.line}"
        return f"{place}: {self.message}" if place else self.message


def validate_source(source: NotebookNode) -> list[NotebookProblem]:
    """Return every mistake of an instructor's notebook; an empty list means that it can be released and graded."""
    problems = [problem for index, cell in enumerate(source.cells) for problem in _cell_problems(index, cell)]
    problems.extend(_duplicate_ids(source))
    problems.extend(NotebookProblem("unknown_metadata", text, cell) for cell, text in metadata_problems(source))
    problems.extend(NotebookProblem("wrong_variant", text, cell) for cell, text in variant_faults(source))
    if not any(cell_meta(cell).role in GRADED_ROLES for cell in source.cells):
        problems.append(NotebookProblem("nothing_graded", "No cell of this notebook gives points."))
    return problems


def drill_problems(source: NotebookNode) -> Iterator[NotebookProblem]:
    """Yield what a drill may not have: hidden tests, cells that a person marks, and other points than one a cell."""
    for index, cell in enumerate(source.cells):
        meta = cell_meta(cell)
        if meta.role not in GRADED_ROLES:
            continue
        if meta.role is not CellRole.TESTS and kind_of(cell) is None:
            yield NotebookProblem("drill_by_hand", f"{meta.grade_id!r}: nobody marks drills.", index, meta.grade_id)
        if meta.points != 1:
            yield NotebookProblem(
                "drill_points", f"{meta.grade_id!r}: a cell of a drill gives one point.", index, meta.grade_id
            )
        for span in spans(cell.source, Region.HIDDEN_TESTS):
            yield NotebookProblem("drill_hidden", "A drill has no hidden tests.", index, meta.grade_id, span.begin)


def require_valid(source: NotebookNode, *, called: str = "The source notebook") -> None:
    """Refuse an instructor's notebook that cannot be graded; the message is about what it is `called`.

    Raises:
        InvalidSourceError: with every problem in `fields`, by cell.
    """
    problems = validate_source(source)
    if problems:
        fields = {f"{number}. {problem.grade_id or 'cell'}": str(problem) for number, problem in enumerate(problems, 1)}
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise InvalidSourceError(f"{called} cannot be graded: {problems[0]}{more}", fields=fields)


def _duplicate_ids(source: NotebookNode) -> Iterator[NotebookProblem]:
    first: dict[str, int] = {}
    for index, cell in enumerate(source.cells):
        meta = cell_meta(cell)
        if meta.role is CellRole.PLAIN or not meta.grade_id:
            continue
        if meta.grade_id in first:
            text = f"The id {meta.grade_id!r} belongs to cell {first[meta.grade_id] + 1} already."
            yield NotebookProblem("duplicate_id", text, index, meta.grade_id)
        first.setdefault(meta.grade_id, index)


def _cell_problems(index: int, cell: NotebookNode) -> Iterator[NotebookProblem]:
    meta, raw = cell_meta(cell), cell.metadata.get("nbgrader", {})
    if meta.role is not CellRole.PLAIN:
        for check in _CHECKS:
            if found := check(cell, meta, raw):
                yield NotebookProblem(found[0], found[1], index, meta.grade_id)
    if meta.schema_version > SCHEMA_VERSION:
        text = f"The metadata is of schema {meta.schema_version}, newer than {SCHEMA_VERSION}."
        yield NotebookProblem("schema_too_new", text, index, meta.grade_id)
    if is_for_staff(cell) and meta.role is CellRole.PLAIN:
        return
    yield from _marker_problems(index, cell, meta)
    yield from _directives(index, cell, meta)


_Found = tuple[str, str] | None


def _id_problem(_cell: NotebookNode, meta: CellMeta, _raw: dict[str, Any]) -> _Found:
    if not meta.grade_id:
        return "missing_id", "The cell needs a grade_id."
    if not GRADE_ID.match(meta.grade_id):
        return "invalid_id", f"The id {meta.grade_id!r} may hold letters, digits, '_' and '-' only."
    return None


def _points_problem(_cell: NotebookNode, meta: CellMeta, raw: dict[str, Any]) -> _Found:
    if meta.role not in GRADED_ROLES:
        return None
    if "points" not in raw:
        return "missing_points", f"The graded cell {meta.grade_id!r} has no points."
    value = raw["points"]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (value != 0 and not MIN_POINTS <= value <= MAX_POINTS):
        text = f"The points of {meta.grade_id!r} must be 0, or a number from {MIN_POINTS} to {MAX_POINTS:,}."
        return "invalid_points", text
    return None


def _type_problem(cell: NotebookNode, meta: CellMeta, _raw: dict[str, Any]) -> _Found:
    is_text = cell.cell_type == "markdown"
    if cell.cell_type not in CELL_KINDS and meta.role is not CellRole.LOCKED:
        return "no_cell_for_learners", f"The cell {meta.grade_id!r} must be code or Markdown, not {cell.cell_type}."
    if meta.role is CellRole.TASK and not is_text:
        return "task_not_markdown", f"The task cell {meta.grade_id!r} must be Markdown."
    if meta.role is CellRole.TESTS and is_text:
        return "markdown_tests", f"The Markdown cell {meta.grade_id!r} gives points but takes no answer."
    if meta.role is CellRole.SOLUTION and is_text:
        return "markdown_without_points", f"The Markdown answer {meta.grade_id!r} gives no points."
    return None


def _choice_problem(cell: NotebookNode, meta: CellMeta, _raw: dict[str, Any]) -> _Found:
    kind, right = kind_of(cell), chosen(cell)
    if kind is None:
        return None
    if not right or max(right) >= len(options(cell)) or (kind == SINGLE and len(right) > 1):
        return "choice_without_answer", f"The choice cell {meta.grade_id!r} does not say which of its options is right."
    return None


def _staff_problem(cell: NotebookNode, meta: CellMeta, _raw: dict[str, Any]) -> _Found:
    if is_for_staff(cell) and (meta.role in ANSWER_ROLES or meta.role is CellRole.TASK):
        return "answer_for_staff", f"Learners answer in {meta.grade_id!r}: it cannot have the tag {STAFF_TAG!r}."
    return None


def _key_problem(_cell: NotebookNode, meta: CellMeta, raw: dict[str, Any]) -> _Found:
    unknown = sorted(set(raw) - KNOWN_KEYS)
    if meta.schema_version != SCHEMA_VERSION or not unknown:
        return None
    return "unknown_metadata", f"metadata.nbgrader.{unknown[0]} of {meta.grade_id!r}: there is no such key."


_CHECKS = (_id_problem, _points_problem, _type_problem, _choice_problem, _staff_problem, _key_problem)
#: which roles may hold which region
_ALLOWED: dict[Region, Callable[[CellMeta], bool]] = {
    Region.SOLUTION: lambda meta: meta.solution,
    Region.HIDDEN_TESTS: lambda meta: meta.grade,
    Region.MARK_SCHEME: lambda meta: meta.task or (meta.grade and meta.solution),
}


def _marker_problems(index: int, cell: NotebookNode, meta: CellMeta) -> Iterator[NotebookProblem]:
    for region, allowed in _ALLOWED.items():
        try:
            found = spans(cell.source, region)
        except UnbalancedMarkersError as exc:
            line = exc.details["line"]
            at = line if isinstance(line, int) else None
            yield NotebookProblem("unbalanced_markers", exc.message, index, meta.grade_id, at)
            continue
        if found and not allowed(meta):
            text = f"A {region} region does not belong into a cell of this kind ({meta.role})."
            yield NotebookProblem("misplaced_region", text, index, meta.grade_id, found[0].begin)
    try:
        without_foreign_regions(cell.source, language=None)
    except UnbalancedMarkersError as exc:
        line = exc.details["line"]
        line = line if isinstance(line, int) else None
        yield NotebookProblem("unbalanced_markers", exc.message, index, meta.grade_id, line)


def _directives(index: int, cell: NotebookNode, meta: CellMeta) -> Iterator[NotebookProblem]:
    """Find tests that nbgrader would write itself; as they stand they are comments, which every answer passes."""
    for number, line in enumerate(cell.source.split("\n"), 1):
        if meta.grade and AUTOTEST.match(line):
            message = "AUTOTEST lines are no tests yet; let nbgrader write them out (generate_assignment) first."
            yield NotebookProblem("autotest_directive", message, index, meta.grade_id, number)
