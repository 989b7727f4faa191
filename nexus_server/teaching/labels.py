"""Labels of a class's students, by which terms may differ: accommodations such as "+25% time"."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember
from nexus_server.store.models.terms import TermsOverrideRow
from nexus_server.teaching.overrides import Holder, Overrides


class LabelView(BaseModel):
    """A label, and how many of a class have it."""

    cohort_id: UUID
    label: str
    students: int


class Labels:
    """Reads and sets them, for those who teach the class."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, overrides: Overrides) -> None:
        """`overrides` judges anew what was handed in before."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._overrides = overrides

    async def list_all(self, instructor: Learner) -> list[LabelView]:
        """Return the labels of the instructor's classes, those of one class together, by name.

        Raises:
            ForbiddenError: students may not.
        """
        classes = [own.cohort.id for own in await self._cohorts.list_own(instructor)]
        query = select(CohortMember.cohort_id, CohortMember.labels).where(
            CohortMember.cohort_id.in_(classes), CohortMember.role == "student"
        )
        counts: dict[tuple[UUID, str], int] = {}
        async with self._database.reading() as session:
            for cohort_id, labels in await session.execute(query):
                for label in labels:
                    counts[cohort_id, label] = counts.get((cohort_id, label), 0) + 1
        order = {cohort_id: at for at, cohort_id in enumerate(classes)}
        named = sorted(counts.items(), key=lambda item: (order[item[0][0]], item[0][1]))
        return [LabelView(cohort_id=cohort_id, label=label, students=n) for (cohort_id, label), n in named]

    async def set(self, instructor: Learner, cohort_id: UUID, user_id: UUID, labels: Iterable[str]) -> list[str]:
        """Give a student of a class these labels and no others; late work counts by the terms that hold then.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
            UnknownUserError: no such student is in the class.
        """
        await self._cohorts.get(instructor, cohort_id)
        wanted = sorted(set(labels))
        async with self._database.transaction() as session:
            member = await session.get(CohortMember, (cohort_id, user_id), with_for_update=True)
            if member is None or member.role != "student":
                raise UnknownUserError
            changed = set(member.labels) ^ set(wanted)
            member.labels = wanted
            facts = {"user_id": str(user_id), "labels": wanted}
            self._audit.write(session, instructor.id, "cohort.labels", "cohort", cohort_id, **facts)
            nodes = await _nodes_that_differ(session, cohort_id, changed)
        for node_id in nodes:
            await self._overrides.reconsider(node_id, Holder(kind="learner", id=user_id))
        return wanted


async def _nodes_that_differ(session: AsyncSession, cohort_id: UUID, labels: set[str]) -> list[UUID]:
    query = select(TermsOverrideRow.node_id).where(
        TermsOverrideRow.cohort_id == cohort_id, TermsOverrideRow.label.in_(labels)
    )
    return list(dict.fromkeys(await session.scalars(query)))
