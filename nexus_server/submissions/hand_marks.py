"""Points that a person gave: kept when a submission is graded again, and what its learner reads of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from nbformat import NotebookNode
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.grading.feedback import feedback_html
from nexus_server.languages import UserLanguage, find_language
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult, Trust
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.store.models.roadmaps import Node

Cells = Sequence[Mapping[str, Any]]
#: what a person said of a cell, in its stored result
KEPT = ("points", "status", "comment", "rubric", "by_hand")


def kept(cells: Cells, before: Cells) -> list[dict[str, Any]]:
    """Return what a regrade found, with the points that a person gave `before` to cells that wait for one."""
    return [_kept(cell, before) for cell in cells]


def _kept(cell: Mapping[str, Any], before: Cells) -> dict[str, Any]:
    if cell["status"] != "manual":
        return dict(cell)
    marked = next((old for old in before if old["grade_id"] == cell["grade_id"] and old.get("by_hand")), None)
    if marked is None or marked["points"] > cell["max_points"]:
        return dict(cell)
    return {**cell, **{name: marked[name] for name in KEPT if name in marked}, "message": ""}


def result_of(cells: Cells, max_score: float) -> GradeResult:
    """Return stored cells as a result."""
    return GradeResult(tuple(_cell_result(cell) for cell in cells), max_score)


def unsigned(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return a provenance without its signature: that was over the grader's result, and holds for no other."""
    return {name: value for name, value in provenance.items() if name != "hmac"}


def page(
    notebook: NotebookNode,
    node: Node,
    result: GradeResult,
    cells: Cells,
    remark: str | None,
    *,
    language: UserLanguage,
) -> str:
    """Return the feedback page, with what a person wrote on cells and, in `remark`, on the whole."""
    return feedback_html(
        result,
        notebook,
        parse_notebook(node.source_notebook or ""),
        title=node.title,
        comments={cell["grade_id"]: words for cell in cells if (words := _words(cell))},
        remark=remark or "",
        language=language,
    )


async def language_of(session: AsyncSession, user_id: UUID) -> UserLanguage:
    """Return the language that a learner chose for their account, in which feedback is written; else English."""
    chosen = await session.scalar(select(User.language).where(User.id == user_id))
    return find_language(chosen) or UserLanguage.ENGLISH


async def last_remark(session: AsyncSession, row: Submission) -> str | None:
    """Return what a person wrote on the whole when they last gave points by hand."""
    query = select(Grade.comment).where(Grade.submission_id == row.id, Grade.origin == "manual")
    remark: str | None = await session.scalar(query.order_by(Grade.graded_at.desc()).limit(1))
    return remark


def _words(cell: Mapping[str, Any]) -> str:
    """Return the rubric's items that a cell was given, with their points, and the comment."""
    items = [f"{item['text']} ({item['points']:+g})" for item in cell.get("rubric") or ()]
    return " · ".join([*items, *([cell["comment"]] if cell.get("comment") else [])])


def _cell_result(cell: Mapping[str, Any]) -> CellResult:
    return CellResult(
        cell["grade_id"],
        cell["points"],
        cell["max_points"],
        CellStatus(cell["status"]),
        Trust(cell["trust"]),
        cell["message"],
    )
