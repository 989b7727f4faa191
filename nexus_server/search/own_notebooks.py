"""A learner's own notebooks as a source: what they wrote themselves."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from nexus_server.errors import NexusError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.learner import Learner
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.search.hits import ExcerptPieceView, HitView
from nexus_server.search.notebook_task import find_in_notebooks

#: notebooks that are read for one search
MAX_NOTEBOOKS = 100
#: directories that are listed for one search
MAX_DIRECTORIES = 200
#: bytes of one notebook; what is larger is mostly output
MAX_NOTEBOOK_BYTES = 1_000_000
#: bytes of all notebooks that are read for one search
MAX_BYTES = 8_000_000


class OwnNotebooks:
    """Searches the learner's workspace, and nobody else's."""

    def __init__(self, open_workspace: OpenWorkspace, offload: Offload) -> None:
        """Read the files that `open_workspace` gives, and look into them with `offload`."""
        self._open_workspace = open_workspace
        self._offload = offload

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the notebooks that have all of the words."""
        files = await self._open_workspace(learner)
        found = await asyncio.to_thread(_read, files)
        if not found:
            return []
        paths, parts = [path for path, _ in found], [data for _, data in found]
        told, _ = await self._offload.run(
            str(learner.id),
            find_in_notebooks,
            b"".join(parts),
            sizes=[len(part) for part in parts],
            titles=[_name(path) for path in paths],
            words=list(words),
        )
        return [_hit(paths[match["number"]], match) for match in told]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _hit(path: str, match: dict[str, Any]) -> HitView:
    excerpt = [ExcerptPieceView.model_validate(piece) for piece in match["excerpt"]]
    place = path.rpartition("/")[0]
    return HitView(kind="notebook", title=_name(path), place=place, path=path, excerpt=excerpt, score=match["score"])


def _read(files: ConfinedDirectory) -> list[tuple[str, bytes]]:
    """Return notebooks with their content, those of the upper directories first, as far as they fit into one search."""
    found: list[tuple[str, bytes]] = []
    left = MAX_BYTES
    for path in _notebooks(files):
        data = _content(files, path)
        if 0 < len(data) <= left:
            found.append((path, data))
            left -= len(data)
    return found


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


def _content(files: ConfinedDirectory, path: str) -> bytes:
    """Return a notebook's bytes; nothing of one that is gone by now, or too large."""
    try:
        return files.read(path, max_bytes=MAX_NOTEBOOK_BYTES)[1]
    except NexusError:
        return b""
