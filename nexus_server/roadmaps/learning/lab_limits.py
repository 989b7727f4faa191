"""What a lab's kernel may use, found by where the lab lies in the workspace."""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from nexus_server.roadmaps.learning.lab_workspace import HOME
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


@dataclass(frozen=True, slots=True)
class LabLimits:
    """What `roadmap.yaml` asks for; None leaves the site's default. The site's ceiling holds whatever is asked."""

    memory_mb: int | None = None
    cpu_share: float | None = None
    cell_timeout_s: float | None = None


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
        home = f"{roadmap_slug}/{node_slug}"
        # A renamed lab stays where learners have it, so its slug does not say where it lies.
        written = Node.spec[HOME].as_string()
        by_slug = and_(written.is_(None), Roadmap.slug == roadmap_slug, Node.slug == node_slug)
        query = (
            select(Node.spec)
            .join(Roadmap, Roadmap.id == Node.roadmap_id)
            .where(Node.type == "lab", or_(written == home, by_slug))
            .order_by(Node.archived_at.is_not(None))
            .limit(1)
        )
        async with self._database.reading() as session:
            spec = await session.scalar(query) or {}
        limits = spec.get("lab", {}).get("limits", {})
        return LabLimits(limits.get("memory_mb"), limits.get("cpu_share"), limits.get("cell_timeout_s"))
