"""Hot reload: changed content files reach learners without a restart."""

import asyncio
import os
from contextlib import suppress
from itertools import chain
from stat import S_ISREG

import structlog

from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import ContentChanged
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.sync.sync import ContentSync, SyncReport
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: path, time of the last change, size
Snapshot = frozenset[tuple[str, int, int]]


def snapshot(content: ContentLayers) -> Snapshot:
    """Return what can be seen of every file without reading it."""
    found: set[tuple[str, int, int]] = set()
    for folder, _, names in chain.from_iterable(os.walk(each) for each in content.directories):
        for name in names:
            path = f"{folder}/{name}"
            with suppress(OSError):  # it went while we looked
                # Looked at every few seconds: a thousand Path objects would take several times as long.
                status = os.stat(path)  # noqa: PTH116
                if S_ISREG(status.st_mode):
                    found.add((path, status.st_mtime_ns, status.st_size))
    return frozenset(found)


class ContentWatch:
    """Syncs when a file changes. A `Background`."""

    def __init__(self, sync: ContentSync, bus: EventPublisher, content: ContentLayers, *, every_s: float) -> None:
        """Look at `content` every `every_s` seconds; 0 never."""
        self._sync = sync
        self._bus = bus
        self._content = content
        self._every_s = every_s
        self._seen: Snapshot | None = None
        self._part: Part | None = None

    async def start(self) -> None:
        """Begin to look."""
        if self._every_s > 0:
            self._seen = await asyncio.to_thread(snapshot, self._content)
            self._part = forever("content-watch", self._look, every_s=self._every_s, delay_s=self._every_s)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def _look(self) -> None:
        """Reload when something changed; a reload that fails leaves the change unseen."""
        now = await asyncio.to_thread(snapshot, self._content)
        if now != self._seen:
            await self.reload()
            self._seen = now

    async def reload(self) -> SyncReport:
        """Sync, tell open tabs when something changed for them, and return what was done."""
        report = await self._sync.run()
        for problem in report.problems:
            log.warning("content_problem", problem=str(problem))
        if changed := [*report.created, *report.updated, *report.archived]:
            log.info("content_reloaded", changed=changed)
            self._bus.publish(None, ContentChanged(nodes=changed))
        return report
