"""The gradebook of a roadmap: every taught student's standing on every node, as JSON and as CSV."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.roadmaps.learning.views import NodeStatus, NodeType
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, Roadmap, UserProgress
from nexus_server.teaching.analytics import is_stuck

#: what spreadsheets would take for a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class GradebookNode(BaseModel):
    """A column."""

    id: UUID
    slug: str
    title: str
    type: NodeType
    points: int


class GradebookCell(BaseModel):
    """One student on one node. `score` is a share, 0 to 1."""

    node_id: UUID
    status: NodeStatus | None
    score: float | None
    attempts: int
    needs_manual: bool
    #: opened days ago and not completed
    is_stuck: bool


class GradebookRow(BaseModel):
    """A student. `score` is the mean share over all nodes, weighted by their points."""

    user_id: UUID
    display_name: str
    email: str
    xp: int
    completed: int
    score: float
    cells: list[GradebookCell]


class GradebookView(BaseModel):
    """A whole gradebook, students by name."""

    roadmap: str
    nodes: list[GradebookNode]
    items: list[GradebookRow]
    next: str | None = None


class Gradebook:
    """Reads gradebooks for instructors."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock) -> None:
        """`cohorts` knows whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock

    async def read(self, instructor: Learner, slug: str, cohort_id: UUID | None = None) -> GradebookView:
        """Return the gradebook of a roadmap, of one class or of all that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
        """
        student_ids = await self._cohorts.student_ids(instructor, cohort_id)
        async with self._database.reading() as session:
            nodes = await _nodes(session, slug)
            students = await session.scalars(select(User).where(User.id.in_(student_ids)).order_by(User.display_name))
            cells = await _cells(session, [node.id for node in nodes], student_ids, self._clock.now())
            rows = [_row(user, nodes, cells) for user in students]
        columns = [
            GradebookNode(id=node.id, slug=node.slug, title=node.title, type=node.type, points=node.points)
            for node in nodes
        ]
        return GradebookView(roadmap=slug, nodes=columns, items=rows)


def as_csv(book: GradebookView) -> str:
    """Return the gradebook as CSV: one line per student, one column per node, scores as shares."""
    sink = StringIO()
    table = csv.writer(sink)
    table.writerow(["name", "email", "xp", "completed", "score", *(node.slug for node in book.nodes)])
    for row in book.items:
        scores = ["" if cell.score is None else f"{cell.score:.4f}" for cell in row.cells]
        table.writerow(
            [_harmless(row.display_name), _harmless(row.email), row.xp, row.completed, f"{row.score:.4f}", *scores]
        )
    return sink.getvalue()


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: learners choose their own names."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


async def _nodes(session: AsyncSession, slug: str) -> list[Node]:
    roadmap = await session.scalar(select(Roadmap).where(Roadmap.slug == slug))
    if roadmap is None:
        raise RoadmapNotFoundError
    query = select(Node).where(Node.roadmap_id == roadmap.id, Node.archived_at.is_(None)).order_by(Node.order_index)
    wanted = load_only(Node.id, Node.slug, Node.title, Node.type, Node.points)
    return list(await session.scalars(query.options(wanted)))


async def _cells(
    session: AsyncSession, node_ids: list[UUID], student_ids: Iterable[UUID], now: datetime
) -> dict[tuple[UUID, UUID], GradebookCell]:
    students = list(student_ids)
    attempts, manual = await _attempts(session, node_ids, students)
    query = select(UserProgress).where(UserProgress.node_id.in_(node_ids), UserProgress.user_id.in_(students))
    return {
        (row.user_id, row.node_id): GradebookCell(
            node_id=row.node_id,
            status=row.status,
            score=row.score,
            attempts=attempts[row.user_id, row.node_id],
            needs_manual=(row.user_id, row.node_id) in manual,
            is_stuck=is_stuck(row, now),
        )
        for row in await session.scalars(query)
    }


async def _attempts(
    session: AsyncSession, node_ids: list[UUID], students: list[UUID]
) -> tuple[defaultdict[tuple[UUID, UUID], int], set[tuple[UUID, UUID]]]:
    """Return how often each student tried each lab or quiz, and where something waits for a person."""
    counts: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
    labs = (
        select(Submission.user_id, Submission.node_id, func.count())
        .where(Submission.node_id.in_(node_ids), Submission.user_id.in_(students))
        .group_by(Submission.user_id, Submission.node_id)
    )
    quizzes = (
        select(QuizAttempt.user_id, Quiz.topic_id, func.count())
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .where(Quiz.topic_id.in_(node_ids), QuizAttempt.user_id.in_(students))
        .group_by(QuizAttempt.user_id, Quiz.topic_id)
    )
    for query in (labs, quizzes):
        for user_id, node_id, count in (await session.execute(query)).all():
            counts[user_id, node_id] += count
    waiting = select(Submission.user_id, Submission.node_id).where(
        Submission.node_id.in_(node_ids), Submission.user_id.in_(students), Submission.needs_manual.is_(True)
    )
    return counts, {(user_id, node_id) for user_id, node_id in (await session.execute(waiting)).all()}


def _row(user: User, nodes: list[Node], cells: dict[tuple[UUID, UUID], GradebookCell]) -> GradebookRow:
    empty = {"status": None, "score": None, "attempts": 0, "needs_manual": False, "is_stuck": False}
    mine = [cells.get((user.id, node.id)) or GradebookCell(node_id=node.id, **empty) for node in nodes]
    total = sum(node.points for node in nodes)
    earned = sum((cell.score or 0.0) * node.points for cell, node in zip(mine, nodes, strict=True))
    return GradebookRow(
        user_id=user.id,
        display_name=user.display_name,
        email=user.email,
        xp=user.xp,
        completed=sum(cell.status == "completed" for cell in mine),
        score=earned / total if total else 0.0,
        cells=mine,
    )
