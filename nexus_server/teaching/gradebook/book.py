"""The gradebook of a roadmap: every taught student's standing on every step, their final grade, and notes on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.views import NodeStatus, NodeType
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, UserProgress
from nexus_server.teaching.analytics import is_stuck
from nexus_server.teaching.gradebook.columns import get_roadmap_id, load_columns
from nexus_server.teaching.gradebook.final_grade import FinalGrades, GradingScheme, equal_scheme
from nexus_server.teaching.gradebook.notes import load_notes
from nexus_server.teaching.gradebook.schemes import find_scheme
from nexus_server.teaching.gradebook.step_marks import load_marks


class GradebookNode(BaseModel):
    """A column."""

    id: UUID
    slug: str
    title: str
    type: NodeType
    points: int


class GradebookCell(BaseModel):
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


class GradebookPart(BaseModel):
    """What a student has in a category, in percent, and the slugs of the steps that were dropped there."""

    percent: Decimal | None
    dropped: tuple[str, ...]


class GradebookRow(BaseModel):
    """A student. `score` is the mean share over all nodes, weighted by their points."""

    user_id: UUID
    display_name: str
    email: str
    xp: int
    completed: int
    score: float
    #: the final grade by the scheme, in percent; None where nothing counts yet
    final: Decimal | None
    #: of each category of the scheme, in its order
    parts: list[GradebookPart]
    #: for those who teach
    note: str
    cells: list[GradebookCell]


class GradebookView(BaseModel):
    """A whole gradebook, students by name."""

    roadmap: str
    #: how the final grades come about
    scheme: GradingScheme
    #: whether the class has a scheme of its own
    is_own_scheme: bool
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
            roadmap_id = await get_roadmap_id(session, slug)
            nodes = await load_columns(session, roadmap_id)
            own_scheme = await find_scheme(session, roadmap_id, cohort_id)
            students = await session.scalars(select(User).where(User.id.in_(student_ids)).order_by(User.display_name))
            notes = await load_notes(session, roadmap_id, student_ids)
            cells = await _cells(session, [node.id for node in nodes], student_ids, self._clock.now())
            scheme = own_scheme or equal_scheme([node.slug for node in nodes])
            grades = FinalGrades(scheme, {node.slug: node.points for node in nodes})
            rows = [_row(user, nodes, cells, grades, notes.get(user.id, "")) for user in students]
        columns = [
            GradebookNode(id=node.id, slug=node.slug, title=node.title, type=node.type, points=node.points)
            for node in nodes
        ]
        return GradebookView(
            roadmap=slug, scheme=scheme, is_own_scheme=own_scheme is not None, nodes=columns, items=rows
        )


async def _cells(
    session: AsyncSession, node_ids: list[UUID], student_ids: Iterable[UUID], now: datetime
) -> dict[tuple[UUID, UUID], GradebookCell]:
    students = list(student_ids)
    attempts, manual = await _attempts(session, node_ids, students)
    marks = await load_marks(session, node_ids, students)
    query = select(UserProgress).where(UserProgress.node_id.in_(node_ids), UserProgress.user_id.in_(students))
    cells = {
        (user_id, node_id): _cell(node_id, score=share, is_marked=True) for (user_id, node_id), share in marks.items()
    }
    return cells | {
        (row.user_id, row.node_id): GradebookCell(
            node_id=row.node_id,
            status=row.status,
            score=marks.get((row.user_id, row.node_id), row.score),
            is_marked=(row.user_id, row.node_id) in marks,
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


def _cell(node_id: UUID, *, score: float | None = None, is_marked: bool = False) -> GradebookCell:
    """Return a cell of a student who has not begun the step."""
    return GradebookCell(
        node_id=node_id,
        status=None,
        score=score,
        is_marked=is_marked,
        attempts=0,
        needs_manual=False,
        is_stuck=False,
    )


def _row(
    user: User,
    nodes: Sequence[Node],
    cells: Mapping[tuple[UUID, UUID], GradebookCell],
    grades: FinalGrades,
    note: str,
) -> GradebookRow:
    mine = [cells.get((user.id, node.id)) or _cell(node.id) for node in nodes]
    total = sum(node.points for node in nodes)
    earned = sum((cell.score or 0.0) * node.points for cell, node in zip(mine, nodes, strict=True))
    shares = {node.slug: cell.score for cell, node in zip(mine, nodes, strict=True)}
    grade = grades.grade(shares)
    return GradebookRow(
        user_id=user.id,
        display_name=user.display_name,
        email=user.email,
        xp=user.xp,
        completed=sum(cell.status == "completed" for cell in mine),
        score=earned / total if total else 0.0,
        final=grade.percent,
        parts=[GradebookPart(percent=part.percent, dropped=part.dropped) for part in grade.parts],
        note=note,
        cells=mine,
    )
