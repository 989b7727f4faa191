"""Marking by two people who do not see each other's marks: what agrees counts, what differs gets a third look.

The first two marks of an answer are blind: nobody reads them before there are two. Then the answer gets one final mark.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.marking import BlindMark, HandAnswer, MarkingDesk
from nexus_server.submissions.views import AppliedItem
from nexus_server.teaching.hand_marking import Given, HandMarking, Marking, with_points
from nexus_server.teaching.marking.errors import AnswerNotFoundError, BadMarkError
from nexus_server.teaching.marking.questions import of_class
from nexus_server.teaching.marking.types import Comment

#: people who mark an answer before it has its final mark
TWO = 2


class BlindMarkView(BaseModel):
    """What one of two people gave."""

    marked_by: str | None
    points: float
    comment: str | None
    rubric: list[AppliedItem]


class Disagreement(BaseModel):
    """An answer that two people marked differently."""

    answer_id: UUID
    grade_id: str
    is_code: bool
    text: str
    max_points: float
    marks: list[BlindMarkView]


class Disagreements(BaseModel):
    """A lab's answers that wait for a final mark."""

    items: list[Disagreement]
    next: None = None


class FinalMarkIn(BaseModel):
    """The final mark of an answer."""

    model_config = ConfigDict(extra="forbid")
    points: float = Field(ge=0, allow_inf_nan=False)
    comment: Comment | None = None


@dataclass(frozen=True, slots=True)
class Blind:
    """What is known of the blind marks of answers."""

    #: answers that the caller has marked
    mine: frozenset[UUID]
    #: answers that two people have marked
    full: frozenset[UUID]

    @property
    def done(self) -> frozenset[UUID]:
        """What the caller has nothing to do with any more."""
        return self.mine | self.full


class TwoMarkedError(Exception):
    """Two other people marked the answer, or it is gone."""


async def takes_two(session: AsyncSession, cohort_id: UUID, node_id: UUID) -> bool:
    """Whether two people mark each answer of a class to a lab."""
    desk = await session.get(MarkingDesk, (cohort_id, node_id))
    return desk is not None and desk.takes_two


async def find_blind(session: AsyncSession, instructor: Learner, answers: Collection[UUID]) -> Blind:
    """Return what of some answers is marked blindly."""
    query = select(BlindMark.answer_id, BlindMark.marked_by).where(BlindMark.answer_id.in_(answers))
    by: dict[UUID, list[UUID | None]] = defaultdict(list)
    for answer_id, marked_by in await session.execute(query):
        by[answer_id].append(marked_by)
    return Blind(
        frozenset(answer_id for answer_id, people in by.items() if instructor.id in people),
        frozenset(answer_id for answer_id, people in by.items() if len(people) >= TWO),
    )


async def give_blindly(
    session: AsyncSession, marking: Marking, answer: HandAnswer, given: Given, now: datetime
) -> Given | None:
    """Note one person's mark; return the final one where it is the second of two that agree.

    One's own earlier mark is replaced, as long as nobody else's stands beside it.

    Raises:
        TwoMarkedError
    """
    # The answer is the lock: two people who mark it at the same moment are one after the other.
    present = await session.get(HandAnswer, answer.id, with_for_update=True, populate_existing=True)
    query = select(BlindMark).where(BlindMark.answer_id == answer.id).order_by(BlindMark.marked_at)
    marks = list(await session.scalars(query))
    others = [mark for mark in marks if mark.marked_by != marking.instructor.id]
    if present is None or len(marks) >= TWO:
        raise TwoMarkedError
    await session.execute(
        delete(BlindMark).where(BlindMark.answer_id == answer.id, BlindMark.marked_by == marking.instructor.id)
    )
    session.add(
        BlindMark(
            answer_id=answer.id,
            marked_by=marking.instructor.id,
            batch_id=marking.batch_id,
            points=given.points,
            comment=given.comment,
            items=[item.model_dump(mode="json") for item in given.rubric],
            marked_at=now,
        )
    )
    await session.flush()
    if not others or others[0].points != given.points:
        return None
    comments = dict.fromkeys(text for text in (others[0].comment, given.comment) if text)
    return Given(given.points, "\n\n".join(comments) or None, given.rubric)


async def take_back(session: AsyncSession, instructor: Learner, batch_id: UUID) -> int:
    """Take the blind marks of one's own action back; return how many."""
    mine = delete(BlindMark).where(BlindMark.batch_id == batch_id, BlindMark.marked_by == instructor.id)
    return len((await session.scalars(mine.returning(BlindMark.id))).all())


class SecondMarking:
    """Shows what two people marked differently, and settles it."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock, marking: HandMarking) -> None:
        """Final marks are written by `marking`."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock
        self._marking = marking

    async def differences(self, instructor: Learner, cohort_id: UUID, node_id: UUID) -> Disagreements:
        """Return a lab's answers that wait for a final mark, those of one question together.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError
        """
        await self._cohorts.get(instructor, cohort_id)
        async with self._database.reading() as session:
            answers = await _open_answers(session, cohort_id, node_id)
            marks = await _marks_of(session, [each.id for each in answers])
        items = [_view(answer, marks[answer.id]) for answer in answers if len(marks[answer.id]) >= TWO]
        return Disagreements(items=items)

    async def settle(
        self, instructor: Learner, cohort_id: UUID, node_id: UUID, answer_id: UUID, wanted: FinalMarkIn
    ) -> Disagreements:
        """Give an answer its final mark; return what else differs.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError
            AnswerNotFoundError: it waits for no final mark.
            BadMarkError: more points than the question has.
        """
        found = await self.differences(instructor, cohort_id, node_id)
        answer = next((each for each in found.items if each.answer_id == answer_id), None)
        if answer is None:
            raise AnswerNotFoundError
        if wanted.points > answer.max_points:
            raise BadMarkError(fields={"points": phrase("at most {limit:g}", limit=answer.max_points)})
        async with self._database.reading() as session:
            row = await session.get(HandAnswer, answer_id)
        if row is None:
            raise AnswerNotFoundError
        given = Given(wanted.points, (wanted.comment or "").strip() or None)
        marking = Marking(instructor, uuid4(), "settled")
        await self._marking.write(marking, row.submission_id, lambda now: with_points(now, {answer.grade_id: given}))
        return await self.differences(instructor, cohort_id, node_id)


async def _open_answers(session: AsyncSession, cohort_id: UUID, node_id: UUID) -> Sequence[HandAnswer]:
    query = of_class(select(HandAnswer), cohort_id).where(HandAnswer.node_id == node_id, HandAnswer.points.is_(None))
    return (await session.scalars(query.order_by(HandAnswer.grade_id, HandAnswer.changed_at, HandAnswer.id))).all()


async def _marks_of(session: AsyncSession, answers: Collection[UUID]) -> dict[UUID, list[BlindMarkView]]:
    query = (
        select(BlindMark, User.display_name)
        .outerjoin(User, User.id == BlindMark.marked_by)
        .where(BlindMark.answer_id.in_(answers))
        .order_by(BlindMark.marked_at, BlindMark.id)
    )
    found: dict[UUID, list[BlindMarkView]] = defaultdict(list)
    for mark, name in await session.execute(query):
        items = [AppliedItem.model_validate(item) for item in mark.items]
        found[mark.answer_id].append(
            BlindMarkView(marked_by=name, points=mark.points, comment=mark.comment, rubric=items)
        )
    return found


def _view(answer: HandAnswer, marks: list[BlindMarkView]) -> Disagreement:
    return Disagreement(
        answer_id=answer.id,
        grade_id=answer.grade_id,
        is_code=answer.is_code,
        text=answer.text,
        max_points=answer.max_points,
        marks=marks,
    )
