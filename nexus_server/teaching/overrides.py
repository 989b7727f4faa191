"""Terms of a lab that differ for a learner, a class or a label: set, listed and lifted by those who teach them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Row, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.clock import Clock
from nexus_server.errors import InvalidError, NotFoundError
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.own_terms import load_terms
from nexus_server.roadmaps.learning.terms import TERMS, By, Override, Term, TermsOverride, decide, terms_for
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.terms import TermsOverrideRow
from nexus_server.submissions.exam_keeper import recheck
from nexus_server.submissions.grade_writer import GradeWriter, Written
from nexus_server.teaching.labs import get_lab

#: submissions judged anew in one transaction: on SQLite nobody else can write meanwhile
BATCH = 20


class OverrideNotFoundError(NotFoundError):
    """There is no such override."""

    code = "override_not_found"


class OverrideOrderError(InvalidError):
    """The lab would be due before it opens."""

    code = "override_order"


class OverrideIn(TermsOverride):
    """The terms that differ, and why."""

    #: for colleagues; a learner finds it in the export of their data only
    note: str = Field("", max_length=300)

    def terms(self) -> TermsOverride:
        """Return the terms that it names, without the note."""
        return TermsOverride.model_validate(self.model_dump(include=self.model_fields_set & set(TERMS)))


class OverrideView(BaseModel):
    """An override. Of the terms only those in `named` differ from the lab's own; null lifts a term."""

    holder: By
    #: the learner's or the class's
    holder_id: UUID
    name: str
    #: with the holder "label": of those in the class who have it
    label: str
    named: list[Term]
    opens: datetime | None
    deadline: datetime | None
    late_penalty: str | float
    attempts: int | None
    extra_time: float
    time_limit_minutes: int | None
    note: str
    created_at: datetime


class LabTerms(BaseModel):
    """A lab's own terms and every override of those whom I teach, classes first."""

    opens: datetime | None
    deadline: datetime | None
    late_penalty: str | float
    attempts: int | None
    time_limit_minutes: int | None
    items: list[OverrideView]
    next: str | None = None


class Holder(BaseModel):
    """For whom an override is: a learner, a class, or those of a class who have a label."""

    kind: By
    #: the learner's or the class's
    id: UUID
    label: str = ""

    @property
    def is_mine(self) -> ColumnElement[bool]:
        """Whether a row is the holder's."""
        if self.kind == "learner":
            return TermsOverrideRow.user_id == self.id
        return and_(TermsOverrideRow.cohort_id == self.id, TermsOverrideRow.label == self.label)


class Overrides:
    """Changes a lab's terms for some, and what their submissions count by them."""

    def __init__(
        self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock, writer: GradeWriter
    ) -> None:
        """`writer` judges anew what was handed in before."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock
        self._writer = writer

    async def read(self, instructor: Learner, node_id: UUID) -> LabTerms:
        """Return a lab's terms and who has others.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError, NotALabError
        """
        students = await self._cohorts.student_ids(instructor)
        classes = {own.cohort.id for own in await self._cohorts.list_own(instructor)}
        query = (
            select(TermsOverrideRow, Cohort.name, User.display_name)
            .outerjoin(Cohort, Cohort.id == TermsOverrideRow.cohort_id)
            .outerjoin(User, User.id == TermsOverrideRow.user_id)
            .where(
                TermsOverrideRow.node_id == node_id,
                or_(TermsOverrideRow.user_id.in_(students), TermsOverrideRow.cohort_id.in_(classes)),
            )
            .order_by(
                Cohort.name.is_(None), Cohort.name, TermsOverrideRow.label, User.display_name, TermsOverrideRow.id
            )
        )
        async with self._database.reading() as session:
            spec = await _spec(session, node_id)
            rows = (await session.execute(query)).all()
        return LabTerms(
            opens=spec.opens,
            deadline=spec.deadline,
            late_penalty=spec.late_penalty,
            attempts=spec.attempts,
            time_limit_minutes=spec.time_limit_minutes,
            items=[_view(row, class_name or learner_name or "") for row, class_name, learner_name in rows],
        )

    async def set(self, instructor: Learner, node_id: UUID, holder: Holder, wanted: OverrideIn) -> LabTerms:
        """Set an override, in place of one that is there. What was handed in late before counts by the new terms.

        Raises:
            ForbiddenError: students may not.
            UnknownUserError, UnknownCohortError: there is none, or the instructor does not teach them.
            NodeNotFoundError, NotALabError
            OverrideOrderError: the lab would be due before it opens.
        """
        await self._require_taught(instructor, holder)
        terms = wanted.terms()
        async with self._database.transaction() as session:
            _require_order(await _spec(session, node_id), terms)
            await session.execute(delete(TermsOverrideRow).where(TermsOverrideRow.node_id == node_id, holder.is_mine))
            session.add(
                TermsOverrideRow(
                    node_id=node_id,
                    user_id=holder.id if holder.kind == "learner" else None,
                    cohort_id=None if holder.kind == "learner" else holder.id,
                    label=holder.label,
                    terms=terms.model_dump(mode="json", exclude_unset=True),
                    note=wanted.note,
                    created_by=instructor.id,
                    created_at=self._clock.now(),
                )
            )
            self._write_down(session, instructor, "terms.override", node_id, holder)
        await self.reconsider(node_id, holder)
        return await self.read(instructor, node_id)

    async def lift(self, instructor: Learner, node_id: UUID, holder: Holder) -> LabTerms:
        """Take an override away; the lab's own terms hold again.

        Raises:
            ForbiddenError: students may not.
            UnknownUserError, UnknownCohortError: there is none, or the instructor does not teach them.
            NodeNotFoundError, NotALabError, OverrideNotFoundError
        """
        await self._require_taught(instructor, holder)
        async with self._database.transaction() as session:
            await _spec(session, node_id)
            found = delete(TermsOverrideRow).where(TermsOverrideRow.node_id == node_id, holder.is_mine)
            if not (await session.scalars(found.returning(TermsOverrideRow.id))).all():
                raise OverrideNotFoundError
            self._write_down(session, instructor, "terms.lift", node_id, holder)
        await self.reconsider(node_id, holder)
        return await self.read(instructor, node_id)

    async def _require_taught(self, instructor: Learner, holder: Holder) -> None:
        if holder.kind != "learner":
            await self._cohorts.get(instructor, holder.id)
        elif holder.id not in await self._cohorts.student_ids(instructor):
            raise UnknownUserError

    async def reconsider(self, node_id: UUID, holder: Holder) -> None:
        """Judge anew the graded submissions whose lateness now costs something else, a few in each transaction.

        Should the process die in between, setting the override again does the rest. Exams that are sat are looked at,
        too: they may end at another time, or go on again.
        """
        async with self._database.transaction() as session:
            await recheck(session, self._clock.now(), node_id)
        changed = await self._changed(node_id, holder)
        for start in range(0, len(changed), BATCH):
            async with self._database.transaction() as session:
                written = await self._judge(session, node_id, changed[start : start + BATCH])
            for each in written:
                await self._writer.announce(each)

    async def _judge(self, session: AsyncSession, node_id: UUID, submission_ids: list[UUID]) -> list[Written]:
        node = await session.get_one(Node, node_id)
        query = select(Submission).where(Submission.id.in_(submission_ids), Submission.status == "graded")
        return [
            await self._writer.reconsider(session, row)
            for row in await session.scalars(query.order_by(Submission.attempt).with_for_update())
            if await _costs_differently(session, node, row)
        ]

    async def _changed(self, node_id: UUID, holder: Holder) -> list[UUID]:
        members = select(CohortMember.user_id).where(CohortMember.cohort_id == holder.id)
        whose = Submission.user_id == holder.id if holder.kind == "learner" else Submission.user_id.in_(members)
        columns = (Submission.id, Submission.user_id, Submission.received_at, Submission.late_penalty)
        query = select(*columns).where(Submission.node_id == node_id, whose, Submission.status == "graded")
        async with self._database.reading() as session:
            node = await session.get_one(Node, node_id)
            rows = (await session.execute(query.order_by(Submission.attempt))).all()
            return [row.id for row in rows if await _costs_differently(session, node, row)]

    def _write_down(
        self, session: AsyncSession, instructor: Learner, action: str, node_id: UUID, holder: Holder
    ) -> None:
        whose = {"holder": holder.kind, "holder_id": str(holder.id), "label": holder.label}
        self._audit.write(session, instructor.id, action, "node", node_id, **whose)


async def _costs_differently(
    session: AsyncSession, node: Node, row: Submission | Row[UUID, UUID, datetime, float]
) -> bool:
    """Whether a submission's lateness costs something else by today's terms than it did."""
    return decide(await load_terms(session, row.user_id, node), row.received_at).penalty != row.late_penalty


async def _spec(session: AsyncSession, node_id: UUID) -> LabSpec:
    return LabSpec.model_validate((await get_lab(session, node_id)).spec["lab"])


def _require_order(spec: LabSpec, terms: TermsOverride) -> None:
    held = terms_for(spec, [Override(terms)])
    if held.opens is not None and held.deadline is not None and held.opens >= held.deadline:
        raise OverrideOrderError(
            fields={"deadline": phrase("is not after the lab opens, {moment}", moment=held.opens.isoformat())}
        )


def _view(row: TermsOverrideRow, name: str) -> OverrideView:
    terms = TermsOverride.model_validate(row.terms)
    holder_id = row.cohort_id or row.user_id
    assert holder_id is not None  # noqa: S101  a constraint of the table
    return OverrideView(
        holder="learner" if row.cohort_id is None else "label" if row.label else "class",
        holder_id=holder_id,
        name=name,
        label=row.label,
        named=[term for term in TERMS if term in terms.model_fields_set],
        opens=terms.opens,
        deadline=terms.deadline,
        late_penalty=terms.late_penalty,
        attempts=terms.attempts,
        extra_time=terms.extra_time,
        time_limit_minutes=terms.time_limit_minutes,
        note=row.note,
        created_at=row.created_at,
    )
