"""The columns of a gradebook: the steps of a roadmap that are not archived, in their order."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.store.models.roadmaps import Node, Roadmap


async def get_roadmap_id(session: AsyncSession, slug: str) -> UUID:
    """Return a roadmap's id.

    Raises:
        RoadmapNotFoundError
    """
    roadmap_id = await session.scalar(select(Roadmap.id).where(Roadmap.slug == slug))
    if roadmap_id is None:
        raise RoadmapNotFoundError
    return roadmap_id


async def load_columns(session: AsyncSession, roadmap_id: UUID) -> Sequence[Node]:
    """Return the steps, without their texts."""
    query = select(Node).where(Node.roadmap_id == roadmap_id, Node.archived_at.is_(None)).order_by(Node.order_index)
    wanted = load_only(Node.id, Node.slug, Node.title, Node.type, Node.points)
    return list(await session.scalars(query.options(wanted)))
