"""Groups of a class that hand a lab in together: made by those who run the class, by hand or at random."""

import hashlib
import random
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import STUDENT, ClassRight, get_class
from nexus_server.accounts.permissions import Permission, require
from nexus_server.errors import ConflictError, InvalidError
from nexus_server.learner import Learner
from nexus_server.phrases import phrase
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.groups import WorkGroup, WorkGroupMember
from nexus_server.teaching.labs import get_lab

MAX_GROUPS = 500
MAX_MEMBERS = 50


class GroupsChangedError(ConflictError):
    """Somebody else changed the groups meanwhile. Look at them again."""

    code = "groups_changed"


class ExamAloneError(ConflictError):
    """A timed exam is sat alone: this lab takes no groups."""

    code = "exam_alone"


class GroupIn(BaseModel):
    """A group as it shall be."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    members: list[UUID] = Field(min_length=1, max_length=MAX_MEMBERS)


class GroupsIn(BaseModel):
    """All groups of a class in a lab; who is in none works alone."""

    model_config = ConfigDict(extra="forbid")
    groups: list[GroupIn] = Field(max_length=MAX_GROUPS)
    #: `seen` of what this changes
    seen: str


class ShuffleIn(BaseModel):
    """Make groups at random of who is in none; with `all` of everybody, in place of the groups there are."""

    model_config = ConfigDict(extra="forbid")
    size: int = Field(ge=2, le=MAX_MEMBERS)
    all: bool = False
    seen: str


class GroupStudent(BaseModel):
    """A student of the class."""

    user_id: UUID
    display_name: str


class GroupOut(BaseModel):
    """A group and who is in it, by name."""

    name: str
    members: list[GroupStudent]


class GroupsView(BaseModel):
    """The groups of a class in a lab."""

    groups: list[GroupOut]
    #: who works alone
    alone: list[GroupStudent]
    #: says which groups these are
    seen: str


class WorkGroups:
    """Reads and makes groups."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        """Join the parts."""
        self._database = database
        self._audit = audit

    async def read(self, instructor: Learner, cohort_id: UUID, node_id: UUID) -> GroupsView:
        """Return the groups of a class in a lab.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError, NodeNotFoundError, NotALabError
        """
        require(instructor, Permission.TEACH)
        async with self._database.reading() as session:
            await get_class(session, instructor, cohort_id, ClassRight.RUN)
            await get_lab(session, node_id)
            return await _read(session, cohort_id, node_id)

    async def set(self, instructor: Learner, cohort_id: UUID, node_id: UUID, wanted: GroupsIn) -> GroupsView:
        """Put these groups in place of those there are. What was handed in before stays as it was.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError, NodeNotFoundError, NotALabError
            ExamAloneError: the lab is a timed exam.
            GroupsChangedError: they are not those that were seen.
            InvalidError: two groups of one name, or somebody in two groups or not in the class.
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await _lock(session, instructor, cohort_id, node_id)
            before = await _read(session, cohort_id, node_id)
            if before.seen != wanted.seen:
                raise GroupsChangedError
            await _require_sound(session, cohort_id, node_id, wanted.groups)
            await self._write(session, instructor, cohort_id, node_id, wanted.groups)
            return await _read(session, cohort_id, node_id)

    async def shuffle(self, instructor: Learner, cohort_id: UUID, node_id: UUID, wanted: ShuffleIn) -> GroupsView:
        """Make groups at random. The last ones are larger or smaller by one where the numbers do not fit.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError, NodeNotFoundError, NotALabError
            ExamAloneError, GroupsChangedError
        """
        require(instructor, Permission.TEACH)
        async with self._database.transaction() as session:
            await _lock(session, instructor, cohort_id, node_id)
            before = await _read(session, cohort_id, node_id)
            if before.seen != wanted.seen:
                raise GroupsChangedError
            kept = [] if wanted.all else [GroupIn(name=each.name, members=_ids(each.members)) for each in before.groups]
            elsewhere = await _in_other_classes(session, cohort_id, node_id)
            people = [*before.alone, *(each for group in before.groups for each in group.members if wanted.all)]
            free = [each.user_id for each in people if each.user_id not in elsewhere]
            made = _named(_at_random(free, wanted.size), {each.name for each in kept})
            await self._write(session, instructor, cohort_id, node_id, [*kept, *made])
            return await _read(session, cohort_id, node_id)

    async def _write(
        self, session: AsyncSession, instructor: Learner, cohort_id: UUID, node_id: UUID, groups: Sequence[GroupIn]
    ) -> None:
        mine = (WorkGroup.cohort_id == cohort_id, WorkGroup.node_id == node_id)
        ids = select(WorkGroup.id).where(*mine)
        await session.execute(delete(WorkGroupMember).where(WorkGroupMember.group_id.in_(ids)))
        await session.execute(delete(WorkGroup).where(*mine))
        for group in groups:
            row = WorkGroup(cohort_id=cohort_id, node_id=node_id, name=group.name)
            session.add(row)
            await session.flush()
            session.add_all(
                WorkGroupMember(node_id=node_id, user_id=user_id, group_id=row.id) for user_id in group.members
            )
        await session.flush()
        facts = {"cohort_id": str(cohort_id), "groups": len(groups)}
        self._audit.write(session, instructor.id, "groups.set", "node", node_id, **facts)


async def _lock(session: AsyncSession, instructor: Learner, cohort_id: UUID, node_id: UUID) -> None:
    """Let nobody else change the groups of the class meanwhile."""
    await get_class(session, instructor, cohort_id, ClassRight.RUN)
    await session.get(Cohort, cohort_id, with_for_update=True)
    node = await get_lab(session, node_id)
    if LabSpec.model_validate(node.spec["lab"]).time_limit_minutes is not None:
        raise ExamAloneError


async def _read(session: AsyncSession, cohort_id: UUID, node_id: UUID) -> GroupsView:
    students = {
        user_id: GroupStudent(user_id=user_id, display_name=name)
        for user_id, name in await session.execute(
            select(User.id, User.display_name)
            .join(CohortMember, CohortMember.user_id == User.id)
            .where(CohortMember.cohort_id == cohort_id, CohortMember.role == STUDENT)
            .order_by(User.display_name, User.id)
        )
    }
    rows = await session.execute(
        select(WorkGroup.name, WorkGroupMember.user_id)
        .join(WorkGroupMember, WorkGroupMember.group_id == WorkGroup.id)
        .where(WorkGroup.cohort_id == cohort_id, WorkGroup.node_id == node_id)
    )
    group_of = {user_id: name for name, user_id in rows if user_id in students}
    names = sorted(set(group_of.values()), key=_natural)
    groups = [
        GroupOut(name=name, members=[who for who in students.values() if group_of.get(who.user_id) == name])
        for name in names
    ]
    alone = [who for who in students.values() if who.user_id not in group_of]
    return GroupsView(groups=groups, alone=alone, seen=_digest(groups))


async def _require_sound(session: AsyncSession, cohort_id: UUID, node_id: UUID, groups: Sequence[GroupIn]) -> None:
    names = [group.name.casefold() for group in groups]
    if len(set(names)) < len(names):
        raise InvalidError(fields={"groups": "two groups have one name"})
    members = [user_id for group in groups for user_id in group.members]
    if len(set(members)) < len(members):
        raise InvalidError(fields={"groups": "somebody is in two groups"})
    theirs = select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id, CohortMember.role == STUDENT)
    if set(members) - set(await session.scalars(theirs)):
        raise InvalidError(fields={"groups": "somebody is no student of this class"})
    taken = await _in_other_classes(session, cohort_id, node_id) & set(members)
    if taken:
        name = await session.scalar(select(User.display_name).where(User.id == min(taken)))
        text = phrase("{name} is in a group of another class", name=name or "")
        raise InvalidError(fields={"groups": text})


async def _in_other_classes(session: AsyncSession, cohort_id: UUID, node_id: UUID) -> set[UUID]:
    """Return who is in a group of another class for the lab."""
    query = (
        select(WorkGroupMember.user_id)
        .join(WorkGroup, WorkGroup.id == WorkGroupMember.group_id)
        .where(WorkGroupMember.node_id == node_id, WorkGroup.cohort_id != cohort_id)
    )
    return set(await session.scalars(query))


def _at_random(people: Collection[UUID], size: int) -> list[list[UUID]]:
    """Deal people out to groups of about a size, so that no two differ by more than one; one left over is alone."""
    shuffled = random.SystemRandom().sample(sorted(people), len(people))
    number = max(1, round(len(shuffled) / size))
    dealt = [shuffled[at::number] for at in range(number)]
    return [group for group in dealt if len(group) > 1]


def _named(groups: Iterable[list[UUID]], taken: Collection[str]) -> list[GroupIn]:
    numbers = (str(number) for number in range(1, MAX_GROUPS * 2) if str(number) not in taken)
    return [GroupIn(name=name, members=members) for name, members in zip(numbers, groups, strict=False)]


def _ids(students: Iterable[GroupStudent]) -> list[UUID]:
    return [each.user_id for each in students]


def _natural(name: str) -> tuple[int, str]:
    """Order names that are numbers as numbers, before all others."""
    return (int(name), "") if name.isdecimal() else (MAX_GROUPS * 10, name.casefold())


def _digest(groups: Iterable[GroupOut]) -> str:
    parts = sorted(f"{group.name}:{','.join(sorted(map(str, _ids(group.members))))}" for group in groups)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
