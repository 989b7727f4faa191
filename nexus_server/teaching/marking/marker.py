"""Marking a class's answers: the next group in hand, a mark for all of it, and back again."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from uuid import UUID, uuid4

from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.store.database import Database
from nexus_server.store.models.marking import HandAnswer
from nexus_server.submissions.errors import NotGradedYetError, SubmissionNotFoundError
from nexus_server.teaching.hand_marking import Cells, Given, HandMarking, Marking, with_points
from nexus_server.teaching.marking import claims
from nexus_server.teaching.marking.answers import read_answer
from nexus_server.teaching.marking.desk import waiting_for
from nexus_server.teaching.marking.errors import AnswerNotFoundError, BadMarkError
from nexus_server.teaching.marking.grouping import Answer, group
from nexus_server.teaching.marking.questions import Question, answers_of, require_question
from nexus_server.teaching.marking.rubrics import Scheme, find_scheme
from nexus_server.teaching.marking.second import TwoMarkedError, give_blindly, take_back, takes_two
from nexus_server.teaching.marking.types import AnswerView, InHand, MarkIn, MarkOut, NextIn, UndoOut, Unmarked, WhyLeft

#: other texts of a group that are shown with it
VARIANTS = 8


class AlreadyMarkedError(Exception):
    """Somebody marked the cell between the look and the mark."""


class Marker:
    """Marks for those who teach a class."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock, marking: HandMarking) -> None:
        """Marks are written by `marking`."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock
        self._marking = marking

    async def take_next(self, instructor: Learner, question: Question, wanted: NextIn) -> InHand:
        """Take the largest group that waits and nobody else has, or that of an answer, for a quarter of an hour.

        Raises:
            ForbiddenError, UnknownCohortError, QuestionNotFoundError
            AnswerNotFoundError: the answer that was named waits no more.
        """
        await self._cohorts.get(instructor, question.cohort_id, ClassRight.MARK)
        now = self._clock.now()
        async with self._database.reading() as session:
            await require_question(session, question)
            waiting = await waiting_for(session, instructor, question)
            taken = {*wanted.leave, *await claims.held_by_others(session, instructor.id, now)}
        groups = group((each for each in waiting if each.id not in taken), wanted.by)
        for members in _wanted_first(groups, wanted.answer_id):
            ids = [each.id for each in members]
            async with self._database.transaction() as session:
                got = await claims.take(session, instructor.id, ids, now)
                if not got:
                    continue  # somebody else was quicker
                mine = [each for each in members if each.id in got]
                return InHand(
                    answer=await read_answer(session, question, mine[0].id),
                    ids=[each.id for each in mine],
                    variants=_variants(mine),
                    until=now + claims.CLAIM,
                    waiting=len(waiting),
                )
        return InHand(answer=None, ids=[], variants=[], until=None, waiting=len(waiting))

    async def release(self, instructor: Learner, question: Question, ids: Collection[UUID]) -> None:
        """Give answers back that one took.

        Raises:
            ForbiddenError, UnknownCohortError
        """
        await self._cohorts.get(instructor, question.cohort_id, ClassRight.MARK)
        async with self._database.transaction() as session:
            await claims.give_back(session, instructor.id, ids)

    async def read(self, instructor: Learner, question: Question, answer_id: UUID) -> AnswerView:
        """Return an answer with its history, whether it waits or is marked.

        Raises:
            ForbiddenError, UnknownCohortError, AnswerNotFoundError
        """
        await self._cohorts.get(instructor, question.cohort_id, ClassRight.MARK)
        async with self._database.reading() as session:
            return await read_answer(session, question, answer_id)

    async def mark(self, instructor: Learner, question: Question, wanted: MarkIn) -> MarkOut:
        """Give answers a mark: the sum of the rubric's items, or points that are named.

        What somebody else has in hand, or marked, stays as it is and is reported.

        Raises:
            ForbiddenError, UnknownCohortError, QuestionNotFoundError
            BadMarkError: an unknown item, or more points than the question has.
        """
        await self._cohorts.get(instructor, question.cohort_id, ClassRight.MARK)
        async with self._database.reading() as session:
            most = await require_question(session, question)
            scheme = await find_scheme(session, question)
            found = await session.scalars(answers_of(question).where(HandAnswer.id.in_(wanted.answers)))
            rows = {row.id: row for row in found}
            held = await claims.held_by_others(session, instructor.id, self._clock.now())
            is_blind = await takes_two(session, question.cohort_id, question.node_id)
        given = _given(wanted, scheme, most)
        origin = "group" if len(wanted.answers) > 1 else "desk"
        marking = Marking(instructor, wanted.batch_id or uuid4(), origin)
        left: list[Unmarked] = []
        for answer_id in dict.fromkeys(wanted.answers):
            row = rows.get(answer_id)
            why = _why_not(row, is_held=answer_id in held, again=wanted.again)
            if row is not None and why is None:
                mark = self._mark_blindly if is_blind and row.points is None else self._mark_one
                why = await mark(marking, row, given, again=wanted.again)
            if why is not None:
                left.append(Unmarked(answer_id=answer_id, why=why))
        async with self._database.transaction() as session:
            await claims.give_back(session, instructor.id, wanted.answers)
        marked = len(dict.fromkeys(wanted.answers)) - len(left)
        return MarkOut(batch_id=marking.batch_id, points=given.points, marked=marked, left=left)

    async def undo(self, instructor: Learner, cohort_id: UUID, batch_id: UUID) -> UndoOut:
        """Undo one's own action; what was changed since stays.

        Raises:
            ForbiddenError, UnknownCohortError
        """
        await self._cohorts.get(instructor, cohort_id, ClassRight.MARK)
        undone, changed = await self._marking.undo(instructor, batch_id)
        async with self._database.transaction() as session:
            blind = await take_back(session, instructor, batch_id)
        return UndoOut(undone=max(undone, blind), changed_since=changed)

    async def _mark_blindly(self, marking: Marking, row: HandAnswer, given: Given, *, again: bool) -> WhyLeft | None:
        """Note a mark that nobody else sees; the second of two that agree is final."""
        try:
            async with self._database.transaction() as session:
                final = await give_blindly(session, marking, row, given, self._clock.now())
        except TwoMarkedError:
            return "marked"
        return None if final is None else await self._mark_one(marking, row, final, again=again)

    async def _mark_one(self, marking: Marking, row: HandAnswer, given: Given, *, again: bool) -> WhyLeft | None:
        change = partial(_change, grade_id=row.grade_id, given=given, again=again)
        try:
            await self._marking.write(marking, row.submission_id, change)
        except AlreadyMarkedError:
            return "marked"
        except NotGradedYetError:
            return "regraded"
        except SubmissionNotFoundError:
            return "gone"
        return None


def _change(cells: Cells, *, grade_id: str, given: Given, again: bool) -> Cells:
    """Return the cells with a mark, unless somebody marked the cell meanwhile."""
    if not again and any(cell["grade_id"] == grade_id and cell.get("by_hand") for cell in cells):
        raise AlreadyMarkedError
    return with_points(cells, {grade_id: given})


def _given(wanted: MarkIn, scheme: Scheme, most: float) -> Given:
    items = scheme.applied(wanted.items)
    if wanted.points is None and not items and not scheme.starts_full:
        raise BadMarkError(fields={"items": "choose an item, or say the points"})
    points = scheme.points(items, most) if wanted.points is None else wanted.points
    if points > most:
        raise BadMarkError(fields={"points": phrase("at most {limit:g}", limit=most)})
    return Given(points, (wanted.comment or "").strip() or None, items)


def _why_not(row: HandAnswer | None, *, is_held: bool, again: bool) -> WhyLeft | None:
    if row is None:
        return "gone"
    if is_held:
        return "in_hand"
    return "marked" if row.points is not None and not again else None


def _wanted_first(groups: Sequence[list[Answer]], answer_id: UUID | None) -> Iterable[list[Answer]]:
    """Yield the groups to try: all, or only that of a named answer, which comes first in it.

    Raises:
        AnswerNotFoundError: it is in none.
    """
    if answer_id is None:
        return groups
    for members in groups:
        named = [each for each in members if each.id == answer_id]
        if named:
            return [[*named, *(each for each in members if each.id != answer_id)]]
    raise AnswerNotFoundError


def _variants(members: Sequence[Answer]) -> list[str]:
    """Return the texts that differ from the first one's, each once."""
    texts = dict.fromkeys(each.text.strip() for each in members)
    return list(texts)[1 : VARIANTS + 1]
