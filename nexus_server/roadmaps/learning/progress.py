"""A learner's standing on the nodes of a roadmap, read in two queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, defer

from nexus_server.clock import Clock
from nexus_server.fast_paths.row_memory import RowMemory
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.roadmaps.files.prerequisites import NodeStanding, is_unlocked, missing
from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap, UserProgress
from nexus_server.store.upsert import insert_into

#: large columns that a list does not need
_HEAVY = (defer(Node.content_md), defer(Node.source_notebook), defer(Node.release_notebook))

#: made once: building a statement costs more than running it. One row per node, or one for a roadmap without nodes.
_WAYS = (
    select(
        Roadmap.id,
        Roadmap.slug,
        Roadmap.title,
        Roadmap.description,
        Roadmap.difficulty,
        Roadmap.order_index,
        Node.id.label("node_id"),
        Node.content_hash,
        UserProgress.status,
        UserProgress.score,
        UserProgress.completed_at,
    )
    .outerjoin(Node, and_(Node.roadmap_id == Roadmap.id, Node.archived_at.is_(None)))
    .outerjoin(UserProgress, and_(UserProgress.node_id == Node.id, UserProgress.user_id == bindparam("user_id")))
    .where(Roadmap.archived_at.is_(None))
    .order_by(Roadmap.order_index, Roadmap.slug, Node.order_index, Node.slug)
)
_ROADMAP = ("id", "slug", "title", "description", "difficulty", "order_index")
_WAY = _WAYS.where(Roadmap.slug == bindparam("slug"))
#: a row per roadmap: a list shows no node, and there are hundreds
_COUNTS = (
    select(
        *(getattr(Roadmap, name) for name in _ROADMAP),
        func.count(Node.id).label("node_count"),
        func.count(case((UserProgress.status == NodeStatus.COMPLETED.value, Node.id))).label("completed_count"),
    )
    .outerjoin(Node, and_(Node.roadmap_id == Roadmap.id, Node.archived_at.is_(None)))
    .outerjoin(UserProgress, and_(UserProgress.node_id == Node.id, UserProgress.user_id == bindparam("user_id")))
    .where(Roadmap.archived_at.is_(None))
    .group_by(Roadmap.id)
    .order_by(Roadmap.order_index, Roadmap.slug)
)


@dataclass(frozen=True)
class Way:
    """The nodes of one roadmap in order, with one learner's progress on them."""

    roadmap: Roadmap
    nodes: list[Node]
    progress: dict[UUID, UserProgress]
    with_quiz: frozenset[UUID]
    #: whether every node is open to this person: instructors look at what they like
    unlocks_all: bool = False

    def standings(self) -> dict[str, NodeStanding]:
        """Return how far the learner is, by slug."""
        return {
            node.slug: NodeStanding(row.status == "completed", row.score)
            for node in self.nodes
            if (row := self.progress.get(node.id)) is not None
        }

    def status_of(self, node: Node, standings: dict[str, NodeStanding] | None = None) -> NodeStatus:
        """Return the node's status; what was begun stays open, even when its prerequisites grew since.

        Whoever asks for many nodes passes `standings`, which do not change between them.
        """
        row = self.progress.get(node.id)
        if row is not None and row.status in ("in_progress", "completed"):
            return NodeStatus(row.status)
        if self.unlocks_all or is_unlocked(node.requires, self.standings() if standings is None else standings):
            return NodeStatus.AVAILABLE
        return NodeStatus.LOCKED

    def require_open(self, node: Node) -> None:
        """Do nothing when the learner may open the node.

        Raises:
            NodeLockedError: with what is missing.
        """
        if self.status_of(node) is NodeStatus.LOCKED:
            raise NodeLockedError(missing=missing(node.requires, self.standings()))

    def unlocked_since(self, before: dict[str, NodeStanding]) -> list[Node]:
        """Return the nodes that are unlocked now and were not with the standings `before`."""
        now = self.standings()
        return [
            node
            for node in self.nodes
            if node.id not in self.progress
            and is_unlocked(node.requires, now)
            and not is_unlocked(node.requires, before)
        ]


class WayReader:
    """Reads roadmaps with a learner's progress. Nodes are remembered by content hash: they are the same for everybody.

    Nodes that are handed out belong to no session: for reading only.
    """

    def __init__(self, *, fast_paths: bool) -> None:
        """Know no node. Without `fast_paths` each page reads them all."""
        self._nodes: RowMemory[tuple[Node, bool]] = RowMemory(is_on=fast_paths)

    def read_ways(self, connection: Connection, learner: Learner, slug: str | None = None) -> list[Way]:
        """Return every roadmap with the learner's progress, or that with a slug, by one statement (nodes known)."""
        arguments = {"user_id": learner.id} if slug is None else {"user_id": learner.id, "slug": slug}
        rows = connection.execute(_WAYS if slug is None else _WAY, arguments).all()
        hashes = {row.node_id: row.content_hash for row in rows if row.node_id is not None}
        nodes = self._nodes.read(hashes, partial(_load_nodes, connection))
        return [_way(list(group), nodes, learner) for _, group in groupby(rows, key=lambda row: row.id)]


def read_counts(connection: Connection, learner: Learner) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every roadmap's own columns, with its number of nodes and of those that the learner completed."""
    return connection.execute(_COUNTS, {"user_id": learner.id}).all()


def _load_nodes(connection: Connection, keys: list[UUID]) -> list[tuple[UUID, str, tuple[Node, bool]]]:
    """Return nodes with their version, and whether they have a quiz."""
    query = (
        select(Node, Quiz.id)
        .outerjoin(Quiz, and_(Quiz.topic_id == Node.id, Quiz.archived_at.is_(None)))
        .where(Node.id.in_(keys))
    )
    with Session(connection) as session:
        found = session.execute(query.options(*_HEAVY))
        return [(node.id, node.content_hash, (node, quiz_id is not None)) for node, quiz_id in found]


def _way(rows: Sequence[Row[*tuple[Any, ...]]], nodes: Mapping[UUID, tuple[Node, bool]], learner: Learner) -> Way:
    found = [nodes[row.node_id] for row in rows if row.node_id is not None]
    return Way(
        Roadmap(**{name: getattr(rows[0], name) for name in _ROADMAP}),
        [node for node, _ in found],
        {
            row.node_id: UserProgress(
                node_id=row.node_id, status=row.status, score=row.score, completed_at=row.completed_at
            )
            for row in rows
            if row.status is not None
        },
        frozenset(node.id for node, has_quiz in found if has_quiz),
        unlocks_all=learner.is_staff,
    )


async def load_way(session: AsyncSession, roadmap: Roadmap, learner: Learner) -> Way:
    """Read a roadmap's nodes and the learner's progress on them."""
    query = select(Node).where(Node.roadmap_id == roadmap.id, Node.archived_at.is_(None))
    nodes = list(await session.scalars(query.order_by(Node.order_index, Node.slug).options(*_HEAVY)))
    ids = [node.id for node in nodes]
    rows = await session.scalars(
        select(UserProgress).where(UserProgress.user_id == learner.id, UserProgress.node_id.in_(ids))
    )
    quizzes = await session.scalars(select(Quiz.topic_id).where(Quiz.topic_id.in_(ids), Quiz.archived_at.is_(None)))
    return Way(roadmap, nodes, {row.node_id: row for row in rows}, frozenset(quizzes), unlocks_all=learner.is_staff)


async def get_node(session: AsyncSession, node_id: UUID) -> Node:
    """Return a node, of whatever roadmap.

    Raises:
        NodeNotFoundError: there is no such node, or it is archived.
    """
    node = await session.scalar(select(Node).where(Node.id == node_id, Node.archived_at.is_(None)))
    if node is None:
        raise NodeNotFoundError
    return node


async def load_way_of_node(session: AsyncSession, node_id: UUID, learner: Learner) -> tuple[Way, Node]:
    """Read the way that a node is on.

    Raises:
        NodeNotFoundError: there is no such node, or it is archived.
    """
    node = await get_node(session, node_id)
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
    await session.execute(insert_into(session, UserProgress).values(**values).on_conflict_do_nothing())
    query = select(UserProgress).where(UserProgress.user_id == user_id, UserProgress.node_id == node_id)
    row = await session.scalar(query.with_for_update().execution_options(populate_existing=True))
    assert row is not None  # noqa: S101  just made
    return row


def completed_count(way: Way) -> int:
    """Count the nodes that the learner completed."""
    rows = (way.progress.get(node.id) for node in way.nodes)
    return sum(1 for row in rows if row is not None and row.status == NodeStatus.COMPLETED)
