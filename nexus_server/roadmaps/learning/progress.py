"""A learner's standing on the nodes of a roadmap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, String, and_, bindparam, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased, defer

from nexus_server.clock import Clock
from nexus_server.fast_paths.row_memory import RowMemory
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.roadmaps.files.prerequisites import NodeStanding, is_unlocked, missing
from nexus_server.roadmaps.learning.views import NodeStatus, NodeView
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap, UserProgress
from nexus_server.store.upsert import insert_into

#: large columns that a list does not need
_HEAVY = (defer(Node.content_md), defer(Node.source_notebook), defer(Node.release_notebook))

_ROADMAP = ("id", "slug", "title", "description", "difficulty", "order_index")
_PROGRESS = ("node_id", "status", "score", "completed_at")
#: what a roadmap's nodes are and say, in one text; None: it has no node
_OF_ROADMAP = aliased(Node)
_NODES_VERSION = (
    select(func.aggregate_strings(cast(_OF_ROADMAP.id, String) + _OF_ROADMAP.content_hash, " "))
    .where(_OF_ROADMAP.roadmap_id == Roadmap.id, _OF_ROADMAP.archived_at.is_(None))
    .correlate(Roadmap)
    .scalar_subquery()
)


def _ways(*chosen: ColumnElement[bool]) -> Select[tuple[Any, ...]]:
    """Return a row for each node that the learner began, or one for a roadmap on which nothing was begun.

    The version is found once for each roadmap, not for each row: hence the fence (`MATERIALIZED`).
    """
    columns = (getattr(Roadmap, name) for name in _ROADMAP)
    roadmaps = (
        select(*columns, _NODES_VERSION.label("nodes_version"))
        .where(Roadmap.archived_at.is_(None), *chosen)
        .cte("roadmaps_read")
        .prefix_with("MATERIALIZED")
    )
    begun = (
        select(Node.roadmap_id, *(getattr(UserProgress, name) for name in _PROGRESS))
        .join(Node, and_(Node.id == UserProgress.node_id, Node.archived_at.is_(None)))
        .where(UserProgress.user_id == bindparam("user_id"))
        .subquery("begun")
    )
    return (
        select(*roadmaps.c, *(begun.c[name] for name in _PROGRESS))
        .outerjoin_from(roadmaps, begun, begun.c.roadmap_id == roadmaps.c.id)
        .order_by(roadmaps.c.order_index, roadmaps.c.slug)
    )


#: made once: building a statement costs more than running it
_WAYS = _ways()
_WAY = _ways(Roadmap.slug == bindparam("slug"))
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
    #: see `NodesOfRoadmap`
    outlines: dict[str, list[NodeView]] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class NodesOfRoadmap:
    """A roadmap's nodes in order: the same for everybody."""

    nodes: tuple[Node, ...] = ()
    with_quiz: frozenset[UUID] = frozenset()
    #: how a list shows them to whoever did nothing, by the roadmap's difficulty; made by who lists them first
    outlines: dict[str, list[NodeView]] = field(default_factory=dict)


class WayReader:
    """Reads roadmaps with a learner's progress. Nodes are remembered until one of them changes: all have the same.

    Nodes that are handed out belong to no session: for reading only.
    """

    def __init__(self, *, fast_paths: bool) -> None:
        """Know no node. Without `fast_paths` each page reads them all."""
        self._nodes: RowMemory[NodesOfRoadmap] = RowMemory(is_on=fast_paths)

    def read_ways(self, connection: Connection, learner: Learner, slug: str | None = None) -> list[Way]:
        """Return every roadmap with the learner's progress, or that with a slug, by one statement (nodes known)."""
        arguments = {"user_id": learner.id} if slug is None else {"user_id": learner.id, "slug": slug}
        rows = connection.execute(_WAYS if slug is None else _WAY, arguments).all()
        versions = {row.id: row.nodes_version for row in rows if row.nodes_version is not None}
        nodes = self._nodes.read(versions, partial(_load_nodes, connection))
        return [
            _way(list(group), nodes.get(key, NodesOfRoadmap()), learner)
            for key, group in groupby(rows, key=lambda row: row.id)
        ]


def read_counts(connection: Connection, learner: Learner) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every roadmap's own columns, with its number of nodes and of those that the learner completed."""
    return connection.execute(_COUNTS, {"user_id": learner.id}).all()


def _load_nodes(connection: Connection, keys: list[UUID]) -> list[tuple[UUID, str, NodesOfRoadmap]]:
    """Return the nodes of roadmaps with their version, which is read by the same statement; none for none."""
    query = (
        select(Node, Quiz.id, _NODES_VERSION)
        .join(Roadmap, Roadmap.id == Node.roadmap_id)
        .outerjoin(Quiz, and_(Quiz.topic_id == Node.id, Quiz.archived_at.is_(None)))
        .where(Node.roadmap_id.in_(keys), Node.archived_at.is_(None))
        .order_by(Node.roadmap_id, Node.order_index, Node.slug)
    )
    loaded = {key: (key, "", NodesOfRoadmap()) for key in keys}  # what went meanwhile has none
    with Session(connection) as session:
        found = session.execute(query.options(*_HEAVY))
        for key, group in groupby(found, key=lambda row: row[0].roadmap_id):
            rows = list(group)
            quizzed = frozenset(node.id for node, quiz_id, _ in rows if quiz_id is not None)
            loaded[key] = key, rows[0][2], NodesOfRoadmap(tuple(node for node, _, _ in rows), quizzed)
    return list(loaded.values())


def _way(rows: Sequence[Row[*tuple[Any, ...]]], nodes: NodesOfRoadmap, learner: Learner) -> Way:
    return Way(
        Roadmap(**{name: getattr(rows[0], name) for name in _ROADMAP}),
        list(nodes.nodes),
        {
            row.node_id: UserProgress(**{name: getattr(row, name) for name in _PROGRESS})
            for row in rows
            if row.node_id is not None
        },
        nodes.with_quiz,
        unlocks_all=learner.is_staff,
        outlines=nodes.outlines,
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
