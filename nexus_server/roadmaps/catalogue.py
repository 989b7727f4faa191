"""Roadmaps and progress, for reading."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.learner import Learner
from nexus_server.learning import Difficulty
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.roadmaps.standings import Way, completed_count, load_way
from nexus_server.roadmaps.views import NodeView, ProgressList, ProgressRow, RoadmapDetail, RoadmapList, RoadmapView
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


class Catalogue:
    """What there is to learn, and how far a learner is."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_roadmaps(self, learner: Learner) -> RoadmapList:
        """Return every roadmap with the learner's completion."""
        return RoadmapList(items=[roadmap_view(way) for way in await self._ways(learner)])

    async def get_roadmap(self, learner: Learner, slug: str) -> RoadmapDetail:
        """Return a roadmap with its nodes.

        Raises:
            RoadmapNotFoundError: there is none, or it is archived.
        """
        async with self._database.transaction() as session:
            query = select(Roadmap).where(Roadmap.slug == slug, Roadmap.archived_at.is_(None))
            roadmap = await session.scalar(query)
            if roadmap is None:
                raise RoadmapNotFoundError
            way = await load_way(session, roadmap, learner)
        return RoadmapDetail(**roadmap_view(way).model_dump(), nodes=[node_view(way, node) for node in way.nodes])

    async def list_progress(self, learner: Learner) -> ProgressList:
        """Return the learner's standing on every node."""
        return ProgressList(items=[_row(way, node) for way in await self._ways(learner) for node in way.nodes])

    async def _ways(self, learner: Learner) -> list[Way]:
        async with self._database.transaction() as session:
            return [await load_way(session, roadmap, learner) for roadmap in await _roadmaps(session)]


async def _roadmaps(session: AsyncSession) -> list[Roadmap]:
    query = select(Roadmap).where(Roadmap.archived_at.is_(None)).order_by(Roadmap.order_index, Roadmap.slug)
    return list(await session.scalars(query))


def roadmap_view(way: Way) -> RoadmapView:
    """Return a roadmap for a list."""
    roadmap, done = way.roadmap, completed_count(way)
    return RoadmapView(
        id=roadmap.id,
        slug=roadmap.slug,
        title=roadmap.title,
        description=roadmap.description,
        difficulty=Difficulty(roadmap.difficulty),
        order_index=roadmap.order_index,
        node_count=len(way.nodes),
        completed_count=done,
        completion=done / len(way.nodes) if way.nodes else 0.0,
    )


def node_view(way: Way, node: Node) -> NodeView:
    """Return a node for a list."""
    row = way.progress.get(node.id)
    return NodeView(
        id=node.id,
        slug=node.slug,
        title=node.title,
        type=node.type,
        order_index=node.order_index,
        requires=node.requires,
        status=way.status_of(node),
        score=row.score if row else None,
        points=node.points,
        summary=node.spec.get("summary", ""),
        minutes=node.spec.get("minutes"),
        has_quiz=node.id in way.with_quiz,
    )


def _row(way: Way, node: Node) -> ProgressRow:
    row = way.progress.get(node.id)
    return ProgressRow(
        node_id=node.id,
        roadmap_slug=way.roadmap.slug,
        slug=node.slug,
        title=node.title,
        type=node.type,
        status=way.status_of(node),
        score=row.score if row else None,
        points=node.points,
        completed_at=row.completed_at if row else None,
    )
