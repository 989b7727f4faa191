"""Roadmaps and progress, for reading."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from nexus_server.gamify.rules import earned_xp
from nexus_server.learner import Learner
from nexus_server.learning import Difficulty
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.roadmaps.files.prerequisites import NodeStanding
from nexus_server.roadmaps.learning.progress import Way, WayReader, completed_count, read_counts
from nexus_server.roadmaps.learning.views import (
    NodeView,
    ProgressList,
    ProgressRow,
    RoadmapDetail,
    RoadmapList,
    RoadmapView,
)
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


class Catalogue:
    """What there is to learn, and how far a learner is."""

    def __init__(self, database: Database, ways: WayReader) -> None:
        """Read from `database`, roadmaps by `ways`."""
        self._database = database
        self._ways_reader = ways

    async def list_roadmaps(self, learner: Learner) -> RoadmapList:
        """Return every roadmap with the learner's completion."""
        rows = await self._database.read(lambda connection: read_counts(connection, learner))
        return RoadmapList(items=[roadmap_view(row, row.node_count, row.completed_count) for row in rows])

    async def get_roadmap(self, learner: Learner, slug: str) -> RoadmapDetail:
        """Return a roadmap with its nodes.

        Raises:
            RoadmapNotFoundError: there is none, or it is archived.
        """
        ways = await self._database.read(lambda connection: self._ways_reader.read_ways(connection, learner, slug))
        if not ways:
            raise RoadmapNotFoundError
        way = ways[0]
        view = roadmap_view(way.roadmap, len(way.nodes), completed_count(way))
        return RoadmapDetail(**dict(view), nodes=node_views(way))

    async def list_progress(self, learner: Learner) -> ProgressList:
        """Return the learner's standing on every node."""
        ways = [(way, way.standings()) for way in await self._ways(learner)]
        return ProgressList(items=[_row(way, node, standings) for way, standings in ways for node in way.nodes])

    async def _ways(self, learner: Learner) -> list[Way]:
        return await self._database.read(lambda connection: self._ways_reader.read_ways(connection, learner))


def roadmap_view(roadmap: Roadmap | Row[*tuple[Any, ...]], count: int, done: int) -> RoadmapView:
    """Return a roadmap for a list, given its number of nodes and of those that are done."""
    return RoadmapView(
        id=roadmap.id,
        slug=roadmap.slug,
        title=roadmap.title,
        description=roadmap.description,
        difficulty=Difficulty(roadmap.difficulty),
        order_index=roadmap.order_index,
        node_count=count,
        completed_count=done,
        completion=done / count if count else 0.0,
    )


def node_views(way: Way) -> list[NodeView]:
    """Return a roadmap's nodes for a list; those on which nothing was done are the same objects for everybody."""
    difficulty = way.roadmap.difficulty
    outlines = way.outlines.get(difficulty)
    if outlines is None:
        nobody = replace(way, progress={}, unlocks_all=False)
        outlines = way.outlines[difficulty] = [node_view(nobody, node, {}) for node in way.nodes]
    standings = way.standings()
    return [_as_it_stands(outline, way, node, standings) for outline, node in zip(outlines, way.nodes, strict=True)]


def _as_it_stands(outline: NodeView, way: Way, node: Node, standings: dict[str, NodeStanding]) -> NodeView:
    status, row = way.status_of(node, standings), way.progress.get(node.id)
    if row is None and status is outline.status:
        return outline
    return outline.model_copy(update={"status": status, "score": row.score if row else None})


def node_view(way: Way, node: Node, standings: dict[str, NodeStanding] | None = None) -> NodeView:
    """Return a node for a list."""
    row = way.progress.get(node.id)
    return NodeView(
        id=node.id,
        slug=node.slug,
        title=node.title,
        type=node.type,
        order_index=node.order_index,
        requires=node.requires,
        status=way.status_of(node, standings),
        score=row.score if row else None,
        points=node.points,
        xp=earned_xp(Difficulty(way.roadmap.difficulty), node.points),
        summary=node.spec.get("summary", ""),
        minutes=node.spec.get("minutes"),
        has_quiz=node.id in way.with_quiz,
    )


def _row(way: Way, node: Node, standings: dict[str, NodeStanding]) -> ProgressRow:
    row = way.progress.get(node.id)
    return ProgressRow(
        node_id=node.id,
        roadmap_slug=way.roadmap.slug,
        slug=node.slug,
        title=node.title,
        type=node.type,
        status=way.status_of(node, standings),
        score=row.score if row else None,
        points=node.points,
        completed_at=row.completed_at if row else None,
    )
