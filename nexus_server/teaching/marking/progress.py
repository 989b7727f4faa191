"""Who marked how much of a lab's questions, and who has what in hand."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.accounts import User
from nexus_server.store.models.marking import AnswerClaim, BlindMark, HandAnswer, Mark
from nexus_server.teaching.marking.questions import AnySelect, of_class
from nexus_server.teaching.marking.types import Progress


@dataclass
class _Count:
    name: str
    marked: int = 0
    in_hand: int = 0


async def people_of(
    session: AsyncSession, cohort_id: UUID, node_id: UUID, now: datetime
) -> Mapping[str, list[Progress]]:
    """Return who works on each question, by grade id; those who marked most first."""
    counts: dict[tuple[str, UUID], _Count] = {}
    for grade_id, user_id, name, count in await session.execute(_grouped(_marked(cohort_id), node_id)):
        counts.setdefault((grade_id, user_id), _Count(name)).marked = count
    for grade_id, user_id, name, count in await session.execute(_grouped(_blind(cohort_id), node_id)):
        counts.setdefault((grade_id, user_id), _Count(name)).marked += count
    for grade_id, user_id, name, count in await session.execute(_grouped(_in_hand(cohort_id, now), node_id)):
        counts.setdefault((grade_id, user_id), _Count(name)).in_hand = count
    found: dict[str, list[Progress]] = defaultdict(list)
    for (grade_id, user_id), count in sorted(counts.items(), key=lambda item: (-item[1].marked, item[1].name)):
        progress = Progress(user_id=user_id, display_name=count.name, marked=count.marked, in_hand=count.in_hand)
        found[grade_id].append(progress)
    return found


def _base(cohort_id: UUID) -> AnySelect:
    count = func.count(func.distinct(HandAnswer.id))
    query: Select[*tuple[str, UUID, str, int]] = select(HandAnswer.grade_id, User.id, User.display_name, count)
    return of_class(query.select_from(HandAnswer), cohort_id)


def _marked(cohort_id: UUID) -> AnySelect:
    same = tuple_(Mark.submission_id, Mark.grade_id) == tuple_(HandAnswer.submission_id, HandAnswer.grade_id)
    query = _base(cohort_id).join(Mark, same).join(User, User.id == Mark.marked_by)
    return query.where(Mark.undone_at.is_(None), Mark.origin != "undo")


def _blind(cohort_id: UUID) -> AnySelect:
    """Of answers that wait for a second mark, or for a final one: the others have marks."""
    query = _base(cohort_id).join(BlindMark, BlindMark.answer_id == HandAnswer.id)
    return query.join(User, User.id == BlindMark.marked_by).where(HandAnswer.points.is_(None))


def _in_hand(cohort_id: UUID, now: datetime) -> AnySelect:
    query = _base(cohort_id).join(AnswerClaim, AnswerClaim.answer_id == HandAnswer.id)
    return query.join(User, User.id == AnswerClaim.user_id).where(AnswerClaim.until > now)


def _grouped(query: AnySelect, node_id: UUID) -> AnySelect:
    return query.where(HandAnswer.node_id == node_id).group_by(HandAnswer.grade_id, User.id, User.display_name)
