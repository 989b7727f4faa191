"""What an instructor sees of a node: how many are through, how they score, and where they fail."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, UserProgress

BINS = 10
#: how long somebody may be at a node before they count as stuck
STUCK_AFTER = timedelta(days=3)
MESSAGES = 5


class Miss(BaseModel):
    """A message that learners got, and how many of them."""

    message: str
    count: int


class PointOfFailure(BaseModel):
    """A graded cell or a question: how often it was tried and missed, and what learners were told."""

    id: str
    tried: int
    missed: int
    messages: list[Miss]


class NodeAnalytics(BaseModel):
    """A node over all taught students."""

    node_id: UUID
    students: int
    opened: int
    completed: int
    #: who opened it days ago and has not completed it
    stuck: list[UUID]
    mean_score: float | None
    #: students by score, from 0 to 1 in steps of 0.1
    score_distribution: list[int]
    mean_attempts: float | None
    #: the hardest first
    points_of_failure: list[PointOfFailure]


class Analytics:
    """Reads analytics for instructors."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock) -> None:
        """`cohorts` knows whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock

    async def read(self, instructor: Learner, node_id: UUID, cohort_id: UUID | None = None) -> NodeAnalytics:
        """Return a node's analytics, over one class or all that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError, UnknownCohortError
        """
        students = await self._cohorts.student_ids(instructor, cohort_id)
        async with self._database.reading() as session:
            if await session.scalar(select(Node.id).where(Node.id == node_id)) is None:
                raise NodeNotFoundError
            query = select(UserProgress, is_stuck(self._clock.now())).where(
                UserProgress.node_id == node_id, UserProgress.user_id.in_(students)
            )
            found = (await session.execute(query)).all()
            attempts = await _outcomes(session, node_id, students)
        progress = [row for row, _ in found]
        scores = [row.score for row in progress if row.score is not None]
        return NodeAnalytics(
            node_id=node_id,
            students=len(students),
            opened=len(progress),
            completed=sum(row.status == "completed" for row in progress),
            stuck=[row.user_id for row, stuck in found if stuck],
            mean_score=sum(scores) / len(scores) if scores else None,
            score_distribution=_distribution(scores),
            mean_attempts=_mean_attempts(attempts),
            points_of_failure=_failures([outcome for _, outcome in attempts]),
        )


def is_stuck(now: datetime) -> ColumnElement[bool]:
    """Whether somebody opened a node days ago and has not completed it, for a query of progress."""
    return and_(UserProgress.status != "completed", UserProgress.opened_at < now - STUCK_AFTER)


def _distribution(scores: list[float]) -> list[int]:
    counts = Counter(min(BINS - 1, int(score * BINS)) for score in scores)
    return [counts[number] for number in range(BINS)]


def _mean_attempts(attempts: list[tuple[UUID, list[dict[str, Any]]]]) -> float | None:
    learners = {user_id for user_id, _ in attempts}
    return len(attempts) / len(learners) if learners else None


async def _outcomes(
    session: AsyncSession, node_id: UUID, students: set[UUID]
) -> list[tuple[UUID, list[dict[str, Any]]]]:
    """Return (learner, parts) of every graded attempt; a part has `id`, `missed` and `message`."""
    labs = select(Submission.user_id, Submission.results).where(
        Submission.node_id == node_id, Submission.user_id.in_(students), Submission.graded_at.is_not(None)
    )
    quizzes = (
        select(QuizAttempt.user_id, QuizAttempt.per_question)
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .where(Quiz.topic_id == node_id, QuizAttempt.user_id.in_(students))
    )
    found = [(user_id, [_part(cell) for cell in cells or []]) for user_id, cells in (await session.execute(labs)).all()]
    found += [(user_id, [_part(item) for item in items]) for user_id, items in (await session.execute(quizzes)).all()]
    return found


def _part(stored: dict[str, Any]) -> dict[str, Any]:
    waits = stored.get("status") == "manual"
    return {
        "id": stored.get("grade_id") or stored.get("id"),
        "missed": not waits and stored["points"] < stored["max_points"],
        "message": stored.get("message", ""),
    }


def _failures(attempts: list[list[dict[str, Any]]]) -> list[PointOfFailure]:
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    messages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for part in (part for parts in attempts for part in parts):
        tried[part["id"]] += 1
        if part["missed"]:
            missed[part["id"]] += 1
            if part["message"]:
                messages[part["id"]][part["message"]] += 1
    points = [
        PointOfFailure(
            id=name,
            tried=count,
            missed=missed[name],
            messages=[Miss(message=text, count=times) for text, times in messages[name].most_common(MESSAGES)],
        )
        for name, count in tried.items()
    ]
    return sorted(points, key=lambda point: (-point.missed / point.tried, point.id))
