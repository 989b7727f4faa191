"""A class copied for the next term: how it is taught, without its students, and with its dates moved."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import STUDENT, ClassRight, get_class
from nexus_server.accounts.class_members import enrol
from nexus_server.accounts.cohorts import found_class
from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.errors import InvalidError
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember
from nexus_server.store.models.gradebook import GradingSchemeRow
from nexus_server.store.models.marking import MarkingDesk, Rubric
from nexus_server.store.models.terms import TermsOverrideRow
from nexus_server.store.models.tutor import TutorPolicyRow

#: what a class has of its own
R = TypeVar("R", TermsOverrideRow, GradingSchemeRow, Rubric, MarkingDesk, TutorPolicyRow)
#: terms that are moments
MOMENTS = ("opens", "deadline")


class ClassCopies:
    """Copies classes."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock) -> None:
        """Join the parts."""
        self._database = database
        self._audit = audit
        self._clock = clock

    async def copy(self, instructor: Learner, cohort_id: UUID, name: str, shift_days: int) -> Cohort:
        """Make a class that is taught as another one, by the same people, with every date `shift_days` later.

        Settings, free days, terms of the class and of its labels, grading schemes, rubrics, marking and what the tutor
        may do are copied. Students, their own terms, grades and lessons to come are not.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, MarksOnlyError
            InvalidError: a date would leave the calendar.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            original = await get_class(session, instructor, cohort_id, ClassRight.RUN)
            copy = await found_class(session, instructor, name, self._clock.now())
            copy.holidays = [_later_day(day, shift_days) for day in original.holidays]
            copy.shows_boards, copy.shows_xp = original.shows_boards, original.shows_xp
            copy.next_order = original.next_order
            await self._copy_staff(session, original.id, copy.id)
            await self._copy_rows(session, instructor, original.id, copy.id, shift_days)
            facts = {"name": name, "copied_from": str(original.id), "shift_days": shift_days}
            self._audit.write(session, instructor.id, "cohort.copy", "cohort", copy.id, **facts)
        return copy

    async def _copy_staff(self, session: AsyncSession, original: UUID, copy: UUID) -> None:
        staff = select(CohortMember).where(CohortMember.cohort_id == original, CohortMember.role != STUDENT)
        for member in (await session.scalars(staff)).all():
            await enrol(session, copy, member.user_id, member.role, self._clock.now())

    async def _copy_rows(
        self, session: AsyncSession, instructor: Learner, original: UUID, copy: UUID, shift_days: int
    ) -> None:
        now = self._clock.now()
        for override in await _rows_of(session, TermsOverrideRow, original):
            terms = _later_moments(override.terms, shift_days)
            session.add(_twin(override, cohort_id=copy, terms=terms, created_by=instructor.id, created_at=now))
        for scheme in await _rows_of(session, GradingSchemeRow, original):
            session.add(_twin(scheme, cohort_id=copy, changed_by=instructor.id, changed_at=now))
        for rubric in await _rows_of(session, Rubric, original):
            session.add(_twin(rubric, cohort_id=copy))
        for desk in await _rows_of(session, MarkingDesk, original):
            session.add(_twin(desk, cohort_id=copy))
        for policy in await _rows_of(session, TutorPolicyRow, original):
            place = policy.place.replace(str(original), str(copy))
            said = _later_exams(policy.said, shift_days)
            session.add(
                _twin(policy, cohort_id=copy, place=place, said=said, set_by=instructor.id, set_at=now),
            )
        await session.flush()


async def _rows_of(session: AsyncSession, model: type[R], cohort_id: UUID) -> list[R]:
    return list(await session.scalars(select(model).where(model.cohort_id == cohort_id)))


def _twin(row: R, **changed: Any) -> R:
    """Return a row with the same values but for what changed, and with an id of its own."""
    keys = [attribute.key for attribute in inspect(type(row)).column_attrs if attribute.key != "id"]
    return type(row)(**{key: getattr(row, key) for key in keys} | changed)


def _later_moments(terms: Mapping[str, Any], days: int) -> dict[str, Any]:
    return {name: _later(value, days) if name in MOMENTS and value else value for name, value in terms.items()}


def _later_exams(said: Mapping[str, Any], days: int) -> dict[str, Any]:
    if "exams" not in said:
        return dict(said)
    exams = [{name: _later(moment, days) for name, moment in exam.items()} for exam in said["exams"]]
    return {**said, "exams": exams}


def _later(moment: str, days: int) -> str:
    """Return a moment some days later, at the same time of day and with the same offset."""
    try:
        return (datetime.fromisoformat(moment) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise InvalidError(fields={"shift_days": "a date would leave the calendar"}) from None


def _later_day(day: str, days: int) -> str:
    return _later(f"{date.fromisoformat(day)}T00:00:00", days)[:10]
