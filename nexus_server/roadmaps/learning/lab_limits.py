"""What a lab's kernel may use, found by where the lab lies in the workspace."""

from dataclasses import dataclass

from nexus_server.roadmaps.learning.lab_workspace import LABS, lab_home
from nexus_server.store.database import Database


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
        async with self._database.reading() as session:
            rows = (await session.execute(LABS)).all()
        # A renamed lab stays where learners have it, so its slug does not say where it lies.
        spec = next((node.spec for slug, node in rows if lab_home(slug, node) == home), {})
        limits = spec.get("lab", {}).get("limits", {})
        return LabLimits(limits.get("memory_mb"), limits.get("cpu_share"), limits.get("cell_timeout_s"))
