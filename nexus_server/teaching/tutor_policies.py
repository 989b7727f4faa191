"""Policies of the tutor: set by those who teach a class, and for everybody by administrators."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Row, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.permissions import Permission, may, require
from nexus_server.clock import Clock
from nexus_server.errors import InvalidError, NotFoundError
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeNotFoundError, RoadmapNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.store.models.tutor import TutorPolicyRow
from nexus_server.tutor.policy.decision import TutorMode
from nexus_server.tutor.policy.stored import EVERYWHERE, policies_query

#: in one list: a school has some classes, each with a few labs that differ
LISTED = 500

#: windows that one policy may have
EXAMS = 20

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
ModelName = Literal["none", "gemini", "openai", "scripted"]


class TutorPolicyNotFoundError(NotFoundError):
    """There is no such policy."""

    code = "tutor_policy_not_found"


class ExamIn(BaseModel):
    """A time in which the tutor is off."""

    model_config = ConfigDict(extra="forbid")

    begins_at: AwareDatetime
    ends_at: AwareDatetime

    @model_validator(mode="after")
    def _check_order(self) -> "ExamIn":
        if self.ends_at <= self.begins_at:
            raise ValueError("The end has to be after the beginning.")
        return self


class TutorPolicyIn(BaseModel):
    """A place, and what holds there. What is left out is not said, so that a wider place decides it.

    `roadmap` is a slug; of `roadmap` and `node_id` at most one is given, and neither means everywhere.
    """

    model_config = ConfigDict(extra="forbid")

    roadmap: Annotated[str, StringConstraints(max_length=120)] | None = None
    node_id: UUID | None = None
    mode: TutorMode | None = None
    model: ModelName | None = None
    tokens_per_day: Annotated[int, Field(ge=0, le=10**9)] | None = None
    #: in the unit of the site's prices
    money_per_day: Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)] | None = None
    avoid: Annotated[list[Word], Field(max_length=50)] = []
    context: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""
    level_wait_s: Annotated[int, Field(ge=0, le=3_600)] | None = None
    #: in these times the tutor is off, whatever else is said
    exams: Annotated[list[ExamIn], Field(max_length=EXAMS)] = []

    @model_validator(mode="after")
    def _check_place(self) -> "TutorPolicyIn":
        if self.roadmap is not None and self.node_id is not None:
            raise ValueError("Give a roadmap or a node, not both.")
        return self

    def said(self) -> dict[str, object]:
        """Return what it says, without the place and without what it leaves out."""
        values = self.model_dump(mode="json", exclude={"roadmap", "node_id"})
        return {name: value for name, value in values.items() if value not in (None, "", [])}


class TutorPolicyView(BaseModel):
    """A policy as it is set."""

    id: UUID
    #: as people know the place
    place: str
    cohort_id: UUID | None
    roadmap: str | None
    node_id: UUID | None
    mode: TutorMode | None
    model: ModelName | None
    tokens_per_day: int | None
    money_per_day: float | None
    avoid: list[str]
    context: str
    level_wait_s: int | None
    exams: list[ExamIn]
    set_at: datetime
    #: whether I may change it
    is_mine: bool


class TutorPolicyList(BaseModel):
    """Policies that hold for my classes, the widest places first."""

    items: list[TutorPolicyView]
    next: None = None


class TutorPolicies:
    """Sets, lists and lifts policies."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock) -> None:
        """Join the parts."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock

    async def list_all(self, instructor: Learner) -> TutorPolicyList:
        """Return the policies for everybody and for my classes.

        Raises:
            ForbiddenError: students may not.
        """
        classes = {own.cohort.id for own in await self._cohorts.list_own(instructor)}
        query = (
            policies_query()
            .add_columns(Roadmap.slug)
            .where(or_(TutorPolicyRow.cohort_id.is_(None), TutorPolicyRow.cohort_id.in_(classes)))
            .order_by(
                TutorPolicyRow.node_id.is_not(None),
                TutorPolicyRow.roadmap_id.is_not(None),
                TutorPolicyRow.cohort_id.is_not(None),
                TutorPolicyRow.place,
            )
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query.limit(LISTED))).all()
        return TutorPolicyList(items=[_view(row, instructor) for row in rows])

    async def set(self, instructor: Learner, cohort_id: UUID | None, wanted: TutorPolicyIn) -> TutorPolicyList:
        """Set a policy for a class (None: for every class), in place of the one that the place has.

        Raises:
            ForbiddenError: students may not, and instructors only for classes that they teach.
            UnknownCohortError, RoadmapNotFoundError, NodeNotFoundError
            InvalidError: it says nothing.
        """
        await self._require_mine(instructor, cohort_id)
        said = wanted.said()
        if not said:
            raise InvalidError(fields={"mode": "say at least one thing"})
        async with self._database.transaction() as session:
            roadmap_id = await _find_place(session, wanted)
            parts = (cohort_id, roadmap_id or wanted.node_id)
            place = "/".join(str(part) if part else "-" for part in parts)
            await session.execute(delete(TutorPolicyRow).where(TutorPolicyRow.place == place))
            row = TutorPolicyRow(
                place=place,
                cohort_id=cohort_id,
                roadmap_id=roadmap_id,
                node_id=wanted.node_id,
                said=said,
                set_by=instructor.id,
                set_at=self._clock.now(),
            )
            session.add(row)
            await session.flush()
            self._audit.write(session, instructor.id, "tutor_policy.set", "tutor_policy", row.id, place=place, **said)
        return await self.list_all(instructor)

    async def lift(self, instructor: Learner, policy_id: UUID) -> TutorPolicyList:
        """Take a policy away.

        Raises:
            ForbiddenError: students may not, and instructors only for classes that they teach.
            TutorPolicyNotFoundError, UnknownCohortError
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            row = await session.get(TutorPolicyRow, policy_id)
        if row is None:
            raise TutorPolicyNotFoundError
        await self._require_mine(instructor, row.cohort_id)
        async with self._database.transaction() as session:
            await session.execute(delete(TutorPolicyRow).where(TutorPolicyRow.id == policy_id))
            self._audit.write(session, instructor.id, "tutor_policy.lift", "tutor_policy", policy_id, place=row.place)
        return await self.list_all(instructor)

    async def _require_mine(self, instructor: Learner, cohort_id: UUID | None) -> None:
        require(instructor, Permission.TEACH)
        if cohort_id is None:
            require(instructor, Permission.SET_SITE_POLICY)
        else:
            await self._cohorts.get(instructor, cohort_id)


async def _find_place(session: AsyncSession, wanted: TutorPolicyIn) -> UUID | None:
    """Return the roadmap's id, if one is named.

    Raises:
        RoadmapNotFoundError, NodeNotFoundError: the place is not there.
    """
    if wanted.node_id is not None:
        there = select(Node.id).where(Node.id == wanted.node_id, Node.archived_at.is_(None))
        if await session.scalar(there) is None:
            raise NodeNotFoundError
    if wanted.roadmap is None:
        return None
    found = await session.scalar(select(Roadmap.id).where(Roadmap.slug == wanted.roadmap))
    if found is None:
        raise RoadmapNotFoundError
    return found


def _view(found: Row[TutorPolicyRow, str, str, str, str], instructor: Learner) -> TutorPolicyView:
    row, cohort, roadmap, node, slug = found
    said = row.said
    return TutorPolicyView(
        id=row.id,
        place=", ".join(part for part in (node or roadmap, cohort) if part) or EVERYWHERE,
        cohort_id=row.cohort_id,
        roadmap=slug,
        node_id=row.node_id,
        mode=said.get("mode"),
        model=said.get("model"),
        tokens_per_day=said.get("tokens_per_day"),
        money_per_day=said.get("money_per_day"),
        avoid=said.get("avoid", []),
        context=said.get("context", ""),
        level_wait_s=said.get("level_wait_s"),
        exams=said.get("exams", []),
        set_at=row.set_at,
        is_mine=row.cohort_id is not None or may(instructor, Permission.SET_SITE_POLICY),
    )
