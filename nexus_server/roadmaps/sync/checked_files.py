"""What is in the content files and wrong with them, found anew only when one of them changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from nexus_server.roadmaps.checks.checks import check_sources
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.problem import Problem
from nexus_server.roadmaps.sync.watch import Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """The files as they were read once. Nodes are named ``roadmap/node``."""

    roadmaps: int
    #: every node that a roadmap.yaml names
    named: tuple[str, ...]
    #: the hash of each node that could be read
    hashes: Mapping[str, str]
    problems: tuple[Problem, ...]


class FileChecks:
    """Reads and checks every file, which takes seconds, and keeps what came of it until a file changes."""

    def __init__(self, content: ContentLayers) -> None:
        """Check these directories when somebody asks."""
        self._content = content
        self._one_at_a_time = asyncio.Lock()
        self._seen: Snapshot | None = None
        self._checked: CheckedFiles | None = None

    async def latest(self) -> CheckedFiles:
        """Return what is in the files now, and wrong with them."""
        async with self._one_at_a_time:
            # Before the files are read: one that changes meanwhile is read again by whoever asks next.
            seen = await asyncio.to_thread(snapshot, self._content)
            if self._checked is None or seen != self._seen:
                self._checked, self._seen = await asyncio.to_thread(_check, self._content), seen
            return self._checked


def _check(content: ContentLayers) -> CheckedFiles:
    sources, problems = check_sources(content.load(), str(content))
    return CheckedFiles(
        roadmaps=len(sources),
        named=tuple(
            f"{source.folder.name}/{entry.slug}" for source in sources if source.file for entry in source.file.nodes
        ),
        hashes={
            f"{source.folder.name}/{node.entry.slug}": node.content_hash for source in sources for node in source.nodes
        },
        problems=tuple(problems),
    )
