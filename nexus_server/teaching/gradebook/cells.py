"""The cells of a gradebook: how each student stands on each step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.store.models.accounts import User
from nexus_server.store.models.base import as_stored
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, UserProgress
from nexus_server.teaching.analytics import is_stuck
from nexus_server.teaching.gradebook.step_marks import load_marks

_STATUSES = {status.value: status for status in NodeStatus}


# A large class has twenty thousand of them, and a model of Pydantic's takes five times as long to make.
@dataclass(slots=True)
class GradebookCell:
    """One student on one node. `score` is a share, 0 to 1: what a person gave, else what was earned."""

    node_id: UUID
    status: NodeStatus | None
    score: float | None
    #: whether a person gave the score in place of what was earned
    is_marked: bool
    attempts: int
    needs_manual: bool
    #: opened days ago and not completed
    is_stuck: bool


def not_begun(node_id: UUID) -> GradebookCell:
    """Return the cell of a student who has not begun the step."""
    return GradebookCell(node_id, None, None, is_marked=False, attempts=0, needs_manual=False, is_stuck=False)


async def load_cells(
    session: AsyncSession, node_ids: Collection[UUID], student_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, dict[UUID, GradebookCell]]:
    """Return the cells of what was begun, marked or tried, by student and step."""
    nodes = await _by_stored(session, Node.id, node_ids)
    students = await _by_stored(session, User.id, student_ids)
    cells: dict[Any, dict[UUID, GradebookCell]] = {stored: {} for stored in students}
    progress = select(
        as_stored(UserProgress.user_id),
        as_stored(UserProgress.node_id),
        UserProgress.status,
        UserProgress.score,
        is_stuck(now),
    ).where(UserProgress.node_id.in_(node_ids), UserProgress.user_id.in_(student_ids))
    for user, node, status, score, stuck in await session.execute(progress):
        node_id = nodes[node]
        cells[user][node_id] = GradebookCell(
            node_id,
            _STATUSES[status],
            score,
            is_marked=False,
            attempts=0,
            needs_manual=False,
            is_stuck=bool(stuck),
        )
    for user, node, tries, needs_manual in await _attempts(session, node_ids, student_ids):
        if (cell := cells[user].get(nodes[node])) is not None:
            cell.attempts += tries
            cell.needs_manual = cell.needs_manual or needs_manual
    by_id = {user_id: cells[stored] for stored, user_id in students.items()}
    for (user_id, node_id), share in (await load_marks(session, node_ids, student_ids)).items():
        cell = by_id[user_id].setdefault(node_id, not_begun(node_id))
        cell.score, cell.is_marked = share, True
    return by_id


async def _by_stored(
    session: AsyncSession, column: InstrumentedAttribute[UUID], ids: Collection[UUID]
) -> dict[Any, UUID]:
    """Return ids by what the database has for them."""
    rows = await session.execute(select(as_stored(column), column).where(column.in_(ids)))
    return {stored: key for stored, key in rows}  # noqa: C416  a row is no pair for dict()


async def _attempts(
    session: AsyncSession, node_ids: Collection[UUID], student_ids: Collection[UUID]
) -> list[tuple[Any, Any, int, bool]]:
    """Return how often each student tried each lab or quiz, and whether something waits for a person there.

    Student and step are as the database has them.
    """
    labs = (
        select(
            as_stored(Submission.user_id),
            as_stored(Submission.node_id),
            func.count(),
            func.max(case((Submission.needs_manual, 1), else_=0)),
        )
        .where(Submission.node_id.in_(node_ids), Submission.user_id.in_(student_ids))
        .group_by(Submission.user_id, Submission.node_id)
    )
    quizzes = (
        select(as_stored(QuizAttempt.user_id), as_stored(Quiz.topic_id), func.count(), literal(0))
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .where(Quiz.topic_id.in_(node_ids), QuizAttempt.user_id.in_(student_ids))
        .group_by(QuizAttempt.user_id, Quiz.topic_id)
    )
    return [
        (user, node, tries, bool(waits))
        for query in (labs, quizzes)
        for user, node, tries, waits in await session.execute(query)
    ]
