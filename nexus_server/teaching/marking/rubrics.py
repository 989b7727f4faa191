"""Rubrics of a class's questions: read, changed without losing what was given, and counted."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.decimals import decimal_sum
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.store.database import Database
from nexus_server.store.models.marking import HandAnswer, Rubric
from nexus_server.submissions.errors import NotGradedYetError, SubmissionNotFoundError
from nexus_server.submissions.views import AppliedItem
from nexus_server.teaching.hand_marking import Given, HandMarking, Marking, with_points
from nexus_server.teaching.marking.errors import BadMarkError, RubricChangedError, RubricItemInUseError
from nexus_server.teaching.marking.questions import Question, answers_of, require_question
from nexus_server.teaching.marking.types import RubricIn, RubricItemView, RubricView


@dataclass(frozen=True, slots=True)
class Scheme:
    """A rubric's items, and where counting starts."""

    items: Sequence[Mapping[str, Any]] = ()
    starts_full: bool = False

    def applied(self, ids: Collection[UUID | str]) -> tuple[AppliedItem, ...]:
        """Return the items with these ids, in the rubric's order.

        Raises:
            BadMarkError: the rubric has no such item.
        """
        wanted = {str(each) for each in ids}
        unknown = wanted - {item["id"] for item in self.items}
        if unknown:
            raise BadMarkError(fields={"items": phrase("the rubric has no item {item}", item=min(unknown))})
        chosen = (item for item in self.items if item["id"] in wanted)
        return tuple(AppliedItem(id=item["id"], text=item["text"], points=item["points"]) for item in chosen)

    def points(self, items: Collection[AppliedItem], max_points: float) -> float:
        """Return what items give together, never below none nor above `max_points`."""
        start = max_points if self.starts_full else 0.0
        return min(max_points, max(0.0, decimal_sum([start, *(item.points for item in items)])))


class Rubrics:
    """Changes rubrics; marks follow their items' points."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, marking: HandMarking) -> None:
        """Marks that change with their items are written by `marking`."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._marking = marking

    async def set(self, instructor: Learner, question: Question, wanted: RubricIn) -> RubricView:
        """Set a question's rubric; answers that have an item that changes get its new text and points.

        Raises:
            ForbiddenError, UnknownCohortError, QuestionNotFoundError
            RubricChangedError: somebody else changed it meanwhile.
            RubricItemInUseError: an item is left out that answers have.
        """
        await self._cohorts.get(instructor, question.cohort_id)
        async with self._database.transaction() as session:
            await require_question(session, question)
            row = await _find(session, question, lock=True)
            if (row.version if row else 0) != wanted.version:
                raise RubricChangedError
            old = Scheme(row.items, row.starts_full) if row else Scheme()
            new = Scheme(_items(wanted, old), wanted.starts_full)
            marked = list(await session.scalars(answers_of(question).where(HandAnswer.points.is_not(None))))
            _require_kept(old, new, Counter(item for answer in marked for item in answer.items))
            if row is None:
                row = Rubric(cohort_id=question.cohort_id, node_id=question.node_id, grade_id=question.grade_id)
                session.add(row)
            row.items, row.starts_full, row.version = list(new.items), new.starts_full, wanted.version + 1
            facts = {"cohort_id": str(question.cohort_id), "grade_id": question.grade_id}
            self._audit.write(session, instructor.id, "rubric.change", "node", question.node_id, **facts)
        await self._mark_anew(instructor, marked, old, new)
        async with self._database.reading() as session:
            return await read_rubric(session, question)

    async def _mark_anew(self, instructor: Learner, marked: Sequence[HandAnswer], old: Scheme, new: Scheme) -> None:
        """Give answers what their items say now; points that somebody gave instead of the sum stay."""
        marking = Marking(instructor, uuid4(), "rubric")
        for answer in (each for each in marked if each.items):
            before, after = old.applied(answer.items), new.applied(answer.items)
            was_sum = answer.points == old.points(before, answer.max_points)
            points = new.points(after, answer.max_points) if was_sum else answer.points or 0.0
            if (before, points) == (after, answer.points):
                continue
            given = {answer.grade_id: Given(points, answer.comment, after)}
            try:
                await self._marking.write(marking, answer.submission_id, partial(with_points, given=given))
            except (NotGradedYetError, SubmissionNotFoundError):
                continue  # it is being graded again, which keeps its marks, or it is gone


async def find_scheme(session: AsyncSession, question: Question) -> Scheme:
    """Return how a question is marked now; nothing in particular before its first item."""
    row = await _find(session, question)
    return Scheme(row.items, row.starts_full) if row else Scheme()


async def read_rubric(session: AsyncSession, question: Question) -> RubricView:
    """Return a question's rubric with how often each item was given."""
    row = await _find(session, question)
    if row is None:
        return RubricView(items=[], starts_full=False, version=0)
    given = await session.scalars(answers_of(question, HandAnswer.items).where(HandAnswer.points.is_not(None)))
    used = Counter(item for items in given for item in items)
    items = [RubricItemView(**item, used=used[item["id"]]) for item in row.items]
    return RubricView(items=items, starts_full=row.starts_full, version=row.version)


async def _find(session: AsyncSession, question: Question, *, lock: bool = False) -> Rubric | None:
    query = select(Rubric).where(
        Rubric.cohort_id == question.cohort_id,
        Rubric.node_id == question.node_id,
        Rubric.grade_id == question.grade_id,
    )
    found: Rubric | None = await session.scalar(query.with_for_update() if lock else query)
    return found


def _items(wanted: RubricIn, old: Scheme) -> list[dict[str, Any]]:
    """Return the items to store; one whose id is not known is new."""
    known = {item["id"] for item in old.items}
    return [
        {**item.model_dump(mode="json"), "id": str(item.id) if str(item.id) in known else str(uuid4())}
        for item in wanted.items
    ]


def _require_kept(old: Scheme, new: Scheme, used: Counter[str]) -> None:
    kept = {item["id"] for item in new.items}
    lost = next((item for item in old.items if item["id"] not in kept and used[item["id"]]), None)
    if lost is not None:
        raise RubricItemInUseError(item=lost["text"], used=used[lost["id"]])
