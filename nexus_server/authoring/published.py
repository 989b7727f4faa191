"""The sources of what is published: read from the content directories, written into the site's own."""

from dataclasses import dataclass
from pathlib import Path

from nexus_server.authoring.trees import Tree, read_folder
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.loader import ROADMAP_FILE, load_roadmap_file


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """A published roadmap."""

    slug: str
    title: str
    #: whether its files are in the site's own directory
    is_own: bool


class PublishedSources:
    """Finds roadmaps' sources. Everything here blocks."""

    def __init__(self, content: ContentLayers) -> None:
        """Of `content`, the last directory is the site's own."""
        self._content = content

    @property
    def own(self) -> Path:
        """The directory that publishing writes into."""
        return self._content.directories[-1]

    def all(self) -> list[PublishedSource]:
        """Return every roadmap, by slug; one whose `roadmap.yaml` is broken bears its slug as title."""
        sources = []
        for folder in self._content.folders():
            file = load_roadmap_file(folder)
            sources.append(PublishedSource(folder.name, file.title if file else folder.name, folder.parent == self.own))
        return sources

    def find(self, slug: str) -> Tree | None:
        """Return a roadmap's published files, if there is one of this name."""
        folder = self._content.folder(slug)
        return read_folder(folder) if (folder / ROADMAP_FILE).is_file() else None

    def tree(self, slug: str) -> Tree:
        """Return a roadmap's published files.

        Raises:
            RoadmapNotFoundError
        """
        found = self.find(slug)
        if found is None:
            raise RoadmapNotFoundError(slug=slug)
        return found
