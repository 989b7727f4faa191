"""A learner's own notebooks as a source: what they wrote themselves."""

import asyncio
from collections import deque
from collections.abc import Sequence

from nexus_server.errors import NexusError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.search.content import MAX_TEXT_CHARS, sources_of
from nexus_server.search.hits import HitView, pieces
from nexus_server.search.matching import match

#: notebooks that are read for one search
MAX_NOTEBOOKS = 100
#: directories that are listed for one search
MAX_DIRECTORIES = 200
#: bytes of one notebook; what is larger is mostly output
MAX_NOTEBOOK_BYTES = 1_000_000


class OwnNotebooks:
    """Searches the learner's workspace, and nobody else's."""

    def __init__(self, open_workspace: OpenWorkspace) -> None:
        """Read the files that `open_workspace` gives."""
        self._open_workspace = open_workspace

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the notebooks that have all of the words."""
        files = await self._open_workspace(learner)
        return await asyncio.to_thread(_matching, files, words)


def _matching(files: ConfinedDirectory, words: Sequence[str]) -> list[HitView]:
    hits = []
    for path in _notebooks(files):
        folder, _, name = path.rpartition("/")
        found = match(words, name, _text(files, path))
        if found is not None:
            hit = HitView(
                kind="notebook", title=name, place=folder, path=path, excerpt=pieces(found), score=found.score
            )
            hits.append(hit)
    return hits


def _notebooks(files: ConfinedDirectory) -> list[str]:
    """Return paths of notebooks, those of the upper directories first; nothing that is hidden."""
    found: list[str] = []
    folders = deque([""])
    for _ in range(MAX_DIRECTORIES):
        if not folders or len(found) >= MAX_NOTEBOOKS:
            break
        entries = [entry for entry in _listed(files, folders.popleft()) if not entry.is_hidden]
        folders.extend(entry.path for entry in entries if entry.is_directory)
        found += [entry.path for entry in entries if not entry.is_directory and entry.name.endswith(".ipynb")]
    return found[:MAX_NOTEBOOKS]


def _listed(files: ConfinedDirectory, folder: str) -> list[Entry]:
    """Return what is in a directory, which may be gone by now."""
    try:
        return files.scan(folder)
    except NexusError:
        return []


def _text(files: ConfinedDirectory, path: str) -> str:
    """Return what is written in a notebook; nothing of one that is gone by now, or too large."""
    try:
        return sources_of(files.read(path, max_bytes=MAX_NOTEBOOK_BYTES)[1])[:MAX_TEXT_CHARS]
    except NexusError:
        return ""
