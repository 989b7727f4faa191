"""A question of a lab that people mark, and a class's answers to it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.accounts import CohortMember
from nexus_server.store.models.marking import HandAnswer
from nexus_server.teaching.marking.errors import QuestionNotFoundError

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, to one class."""

    cohort_id: UUID
    node_id: UUID
    grade_id: str


def of_class(query: AnySelect, cohort_id: UUID) -> AnySelect:
    """Return a query of answers, of a class's students only."""
    is_student = and_(
        CohortMember.user_id == HandAnswer.user_id,
        CohortMember.cohort_id == cohort_id,
        CohortMember.role == "student",
    )
    return query.join(CohortMember, is_student)


def answers_of(question: Question, *columns: Any) -> AnySelect:
    """Return the query of a class's answers to a question: whole rows, or `columns`."""
    query = of_class(select(*columns) if columns else select(HandAnswer), question.cohort_id)
    return query.where(HandAnswer.node_id == question.node_id, HandAnswer.grade_id == question.grade_id)


async def require_question(session: AsyncSession, question: Question) -> float:
    """Return the points that a question gives at most.

    Raises:
        QuestionNotFoundError: nobody of the class answered it.
    """
    found = await session.scalar(answers_of(question, HandAnswer.max_points).limit(1))
    if found is None:
        raise QuestionNotFoundError
    return float(found)
