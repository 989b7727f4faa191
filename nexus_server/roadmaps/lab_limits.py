"""What a lab's kernel may use, found by where the lab lies in the workspace."""

from dataclasses import dataclass

from sqlalchemy import select

from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


@dataclass(frozen=True, slots=True)
class LabLimits:
    """What `roadmap.yaml` asks for; None leaves the site's default. The site's ceiling holds whatever is asked."""

    memory_mb: int | None = None
    cpu_share: float | None = None


NO_LIMITS = LabLimits()


class LabLimitsReader:
    """Reads limits from the synced nodes."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def for_directory(self, directory: str) -> LabLimits:
        """Return the limits of the lab whose directory (``<roadmap>/<node>/…``) this is, or none in particular."""
        roadmap_slug, _, rest = directory.partition("/")
        node_slug = rest.partition("/")[0]
        if not node_slug:
            return NO_LIMITS
        query = select(Node.spec).join(Roadmap, Roadmap.id == Node.roadmap_id)
        query = query.where(Roadmap.slug == roadmap_slug, Node.slug == node_slug, Node.type == "lab")
        async with self._database.transaction() as session:
            spec = await session.scalar(query)
        limits = (spec or {}).get("lab", {}).get("limits", {})
        return LabLimits(limits.get("memory_mb"), limits.get("cpu_share"))
