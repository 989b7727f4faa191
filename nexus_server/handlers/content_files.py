"""Images and media of roadmaps, for whoever is logged in."""

from pathlib import Path

from tornado.web import StaticFileHandler

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.roadmaps.learning.content_files import MEDIA_TYPES, find_public_file

#: an SVG opened by itself must not be able to run anything
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"


class ContentFileHandler(NexusHandler, StaticFileHandler):
    """GET /content-files/{roadmap}/{path}: one file, also in parts (videos are sought)."""

    # Tornado's HEAD would call `get` past our decorator; nothing here needs it.
    SUPPORTED_METHODS = ("GET", "OPTIONS")

    def initialize(self) -> None:  # type: ignore[override]
        """Serve from the directory of the roadmap, which `get` finds."""
        self.default_filename = None

    @operation("Fetch an image or a video of a roadmap", media_types=tuple(sorted(set(MEDIA_TYPES.values()))))
    async def get(self, roadmap: str, path: str) -> None:
        """Fetch it, or the asked part of it."""
        found = find_public_file(self.services.roadmaps.content, roadmap, path)
        self.root = str(found.parent)
        await StaticFileHandler.get(self, found.name)

    def get_content_type(self) -> str:
        """Return the type by the suffix; only known ones get here."""
        return MEDIA_TYPES[Path(str(self.absolute_path)).suffix.lower()]

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002  Tornado's signature
        """Let only this browser keep the file, and nothing in it run."""
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, max-age=300")


ROUTES = [Route("/content-files/{roadmap}/{path*}", ContentFileHandler)]
