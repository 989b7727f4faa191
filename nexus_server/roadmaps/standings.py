"""A learner's standing on the nodes of a roadmap, read in two queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.roadmaps.prerequisites import Standing, is_unlocked, missing
from nexus_server.roadmaps.views import NodeStatus
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap, UserProgress

#: large columns that a list does not need
_HEAVY = (defer(Node.content_md), defer(Node.source_notebook), defer(Node.release_notebook))


@dataclass(frozen=True)
class Way:
    """The nodes of one roadmap in order, with one learner's progress on them."""

    roadmap: Roadmap
    nodes: list[Node]
    progress: dict[UUID, UserProgress]
    with_quiz: frozenset[UUID]
    #: whether every node is open to this person: instructors look at what they like
    unlocks_all: bool = False

    def standings(self) -> dict[str, Standing]:
        """Return how far the learner is, by slug."""
        return {
            node.slug: Standing(row.status == "completed", row.score)
            for node in self.nodes
            if (row := self.progress.get(node.id)) is not None
        }

    def status_of(self, node: Node) -> NodeStatus:
        """Return the node's status; what was begun stays open, even when its prerequisites grew since."""
        row = self.progress.get(node.id)
        if row is not None and row.status in ("in_progress", "completed"):
            return NodeStatus(row.status)
        if self.unlocks_all or is_unlocked(node.requires, self.standings()):
            return NodeStatus.AVAILABLE
        return NodeStatus.LOCKED

    def require_open(self, node: Node) -> None:
        """Do nothing when the learner may open the node.

        Raises:
            NodeLockedError: with what is missing.
        """
        if self.status_of(node) is NodeStatus.LOCKED:
            raise NodeLockedError(missing=missing(node.requires, self.standings()))

    def unlocked_since(self, before: dict[str, Standing]) -> list[Node]:
        """Return the nodes that are unlocked now and were not with the standings `before`."""
        now = self.standings()
        return [
            node
            for node in self.nodes
            if node.id not in self.progress
            and is_unlocked(node.requires, now)
            and not is_unlocked(node.requires, before)
        ]


async def load_way(session: AsyncSession, roadmap: Roadmap, learner: Learner) -> Way:
    """Read a roadmap's nodes and the learner's progress on them."""
    query = select(Node).where(Node.roadmap_id == roadmap.id, Node.archived_at.is_(None))
    nodes = list(await session.scalars(query.order_by(Node.order_index, Node.slug).options(*_HEAVY)))
    ids = [node.id for node in nodes]
    rows = await session.scalars(
        select(UserProgress).where(UserProgress.user_id == learner.id, UserProgress.node_id.in_(ids))
    )
    quizzes = await session.scalars(select(Quiz.topic_id).where(Quiz.topic_id.in_(ids)))
    return Way(roadmap, nodes, {row.node_id: row for row in rows}, frozenset(quizzes), unlocks_all=learner.is_staff)


async def load_way_of_node(session: AsyncSession, node_id: UUID, learner: Learner) -> tuple[Way, Node]:
    """Read the way that a node is on.

    Raises:
        NodeNotFoundError: there is no such node, or it is archived.
    """
    node = await session.scalar(select(Node).where(Node.id == node_id, Node.archived_at.is_(None)))
    if node is None:
        raise NodeNotFoundError
    roadmap = await session.get_one(Roadmap, node.roadmap_id)
    if roadmap.archived_at is not None:
        raise NodeNotFoundError
    return await load_way(session, roadmap, learner), node


async def begin(session: AsyncSession, user_id: UUID, node_id: UUID, clock: Clock) -> UserProgress:
    """Return the learner's progress row on a node, locked, made when missing.

    Two tabs may open the same node at once: whoever comes second finds the row of the first.
    """
    now = clock.now()
    values = {"user_id": user_id, "node_id": node_id, "status": "in_progress", "opened_at": now, "updated_at": now}
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    await session.execute(insert(UserProgress).values(**values).on_conflict_do_nothing())
    query = select(UserProgress).where(UserProgress.user_id == user_id, UserProgress.node_id == node_id)
    row = await session.scalar(query.with_for_update().execution_options(populate_existing=True))
    assert row is not None  # noqa: S101  just made
    return row


def completed_count(way: Way) -> int:
    """Count the nodes that the learner completed."""
    return _count(way.nodes, way)


def _count(nodes: Iterable[Node], way: Way) -> int:
    return sum(1 for node in nodes if way.status_of(node) is NodeStatus.COMPLETED)
