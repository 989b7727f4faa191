"""One lab, for those who teach."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.roadmaps.learning.progress import get_node
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.errors import NotALabError


async def get_lab(session: AsyncSession, node_id: UUID) -> Node:
    """Return a lab.

    Raises:
        NodeNotFoundError: there is no such node, or it is archived.
        NotALabError: it is another kind of step.
    """
    node = await get_node(session, node_id)
    if node.type != "lab":
        raise NotALabError(type=node.type)
    return node
