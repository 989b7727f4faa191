"""One answer as whoever marks it reads it, with every mark that it was given."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.accounts import User
from nexus_server.store.models.marking import HandAnswer, Mark
from nexus_server.teaching.marking.desk import is_anonymous
from nexus_server.teaching.marking.errors import AnswerNotFoundError
from nexus_server.teaching.marking.questions import Question, answers_of
from nexus_server.teaching.marking.types import AnswerView, GivenMark


async def read_answer(session: AsyncSession, question: Question, answer_id: UUID) -> AnswerView:
    """Return an answer to a question; with anonymous marking without whose it is.

    Raises:
        AnswerNotFoundError
    """
    row: HandAnswer | None = await session.scalar(answers_of(question).where(HandAnswer.id == answer_id))
    if row is None:
        raise AnswerNotFoundError
    hidden = await is_anonymous(session, question.cohort_id, question.node_id)
    name = None if hidden else await session.scalar(select(User.display_name).where(User.id == row.user_id))
    return AnswerView(
        id=row.id,
        name=name,
        submission_id=None if hidden else row.submission_id,
        attempt=None if hidden else row.attempt,
        is_code=row.is_code,
        text=row.text,
        outputs=row.outputs,
        points=row.points,
        comment=row.comment,
        items=[UUID(item) for item in row.items],
        history=await read_history(session, row.submission_id, row.grade_id),
    )


async def read_history(session: AsyncSession, submission_id: UUID, grade_id: str) -> list[GivenMark]:
    """Return the marks that a cell was given, the newest first."""
    query = (
        select(Mark, User.display_name)
        .outerjoin(User, User.id == Mark.marked_by)
        .where(Mark.submission_id == submission_id, Mark.grade_id == grade_id)
        .order_by(Mark.marked_at.desc(), Mark.id)
    )
    return [_given(mark, mark.after, name) for mark, name in await session.execute(query)]


def _given(mark: Mark, cell: dict[str, Any], name: str | None) -> GivenMark:
    return GivenMark(
        origin=mark.origin,
        points=cell["points"],
        comment=cell.get("comment"),
        rubric=cell.get("rubric") or [],
        marked_by=name,
        marked_at=mark.marked_at,
        is_undone=mark.undone_at is not None,
    )
