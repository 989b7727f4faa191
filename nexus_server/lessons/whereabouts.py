"""Where learners stand, for the forecast: a few statements for all of them together."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.store.models.accounts import Cohort, CohortMember
from nexus_server.store.models.kernels import Kernel
from nexus_server.store.models.roadmaps import Node, Roadmap, UserProgress
from nexus_server.tenancy.kernel_registry import DEAD


@dataclass(frozen=True, slots=True)
class Step:
    """A node, as far as kernels go."""

    #: the kernel of the lab that it is; None: it is none
    kernel_name: str | None
    #: the same of the node after it
    next_kernel_name: str | None

    def wanted(self, status: str) -> str | None:
        """Return the kernel that whoever is on it will want soon."""
        if self.kernel_name is not None and status != NodeStatus.COMPLETED:
            return self.kernel_name
        return self.next_kernel_name


async def read_steps(session: AsyncSession) -> dict[UUID, Step]:
    """Return every node by its id."""
    query = (
        select(Node.id, Node.roadmap_id, Node.type, Node.spec["lab"]["kernel"].as_string())
        .join(Roadmap, Roadmap.id == Node.roadmap_id)
        .where(Node.archived_at.is_(None), Roadmap.archived_at.is_(None))
        .order_by(Node.roadmap_id, Node.order_index, Node.slug)
    )
    rows = [
        (node_id, roadmap_id, kernel if kind == "lab" else None)
        for node_id, roadmap_id, kind, kernel in await session.execute(query)
    ]
    return {
        node_id: Step(kernel, following[2] if following is not None and following[1] == roadmap_id else None)
        for (node_id, roadmap_id, kernel), following in zip_longest(rows, rows[1:])
    }


async def read_positions(session: AsyncSession, learners: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return the node that each learner did something on last, with its status; who did nothing yet is left out."""
    latest = (
        select(UserProgress.user_id, func.max(UserProgress.updated_at).label("at"))
        .where(UserProgress.user_id.in_(learners))
        .group_by(UserProgress.user_id)
        .subquery()
    )
    query = select(UserProgress.user_id, UserProgress.node_id, UserProgress.status).join(
        latest, and_(latest.c.user_id == UserProgress.user_id, latest.c.at == UserProgress.updated_at)
    )
    return {user_id: (node_id, status) for user_id, node_id, status in await session.execute(query)}


async def read_served(session: AsyncSession) -> set[UUID]:
    """Return whoever has a kernel, or one that starts."""
    return set(await session.scalars(select(Kernel.user_id).where(Kernel.state != DEAD).distinct()))


async def read_classes(session: AsyncSession, learners: Collection[UUID]) -> list[AbstractSet[UUID]]:
    """Return the students of each open class that one of the learners is in."""
    theirs = select(CohortMember.cohort_id).where(CohortMember.user_id.in_(learners), CohortMember.role == "student")
    query = (
        select(CohortMember.cohort_id, CohortMember.user_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.cohort_id.in_(theirs), CohortMember.role == "student", Cohort.archived_at.is_(None))
    )
    found: dict[UUID, set[UUID]] = {}
    for cohort_id, user_id in await session.execute(query):
        found.setdefault(cohort_id, set()).add(user_id)
    return list(found.values())
