"""The directories that hold roadmaps: those that come with the product, and the site's own, which lie over them."""

from dataclasses import dataclass
from pathlib import Path

from nexus_server.files.links import is_file
from nexus_server.files.names import is_nobodys
from nexus_server.roadmaps.files.loader import NOTHING_KNOWN, ROADMAP_FILE, Known, load_roadmap
from nexus_server.roadmaps.files.source import RoadmapSource


@dataclass(frozen=True, slots=True)
class ContentLayers:
    """Directories with a folder per roadmap. Of two folders of one name the last directory's is meant, as a whole."""

    directories: tuple[Path, ...]

    def folder(self, slug: str) -> Path:
        """Return where a roadmap's files are; where they would be, if it has none."""
        found = (each / slug for each in reversed(self.directories) if is_file(each / slug / ROADMAP_FILE))
        return next(found, self.directories[-1] / slug)

    def folders(self) -> list[Path]:
        """Return every roadmap's folder, in the order of their names."""
        names = {
            path.parent.name
            for each in self.directories
            for path in each.glob(f"*/{ROADMAP_FILE}")
            if not is_nobodys(path.relative_to(each))
        }
        return [self.folder(name) for name in sorted(names)]

    def load(self, known: Known = NOTHING_KNOWN) -> list[RoadmapSource]:
        """Read every roadmap, and parse its nodes but for those whose hash is `known`."""
        return [load_roadmap(folder, known) for folder in self.folders()]

    @property
    def exists(self) -> bool:
        """Whether there is any of the directories."""
        return any(each.is_dir() for each in self.directories)

    def __str__(self) -> str:
        """Name the directories for a person."""
        return ", ".join(map(str, self.directories))
