"""Hot reload: changed content files reach learners without a restart."""

import asyncio
from contextlib import suppress
from pathlib import Path

import structlog

from nexus_server.bus import EventPublisher
from nexus_server.errors import NexusError
from nexus_server.roadmaps.sync import ContentSync, SyncReport
from nexus_server.tasks import end_task

log = structlog.get_logger()

#: path, time of the last change, size
Snapshot = frozenset[tuple[str, int, int]]


def snapshot(content_dir: Path) -> Snapshot:
    """Return what can be seen of every file without reading it."""
    found: set[tuple[str, int, int]] = set()
    for path in content_dir.rglob("*"):
        with suppress(OSError):  # it went while we looked
            status = path.stat()
            if path.is_file():
                found.add((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)


class ContentWatch:
    """Syncs when a file changes. A `Background`."""

    def __init__(self, sync: ContentSync, bus: EventPublisher, content_dir: Path, *, every_s: float) -> None:
        """Look at `content_dir` every `every_s` seconds; 0 never."""
        self._sync = sync
        self._bus = bus
        self._content_dir = content_dir
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        if self._every_s > 0:
            seen = await asyncio.to_thread(snapshot, self._content_dir)
            self._task = asyncio.create_task(self._watch(seen))

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._task)

    async def _watch(self, seen: Snapshot) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            now = await asyncio.to_thread(snapshot, self._content_dir)
            if now == seen:
                continue
            try:
                await self.reload()
            except NexusError as error:
                log.warning("content_reload_failed", code=error.code)
                continue  # the database is away; the change is still unseen
            seen = now

    async def reload(self) -> SyncReport:
        """Sync, tell open tabs when something changed for them, and return what was done."""
        report = await self._sync.run()
        for problem in report.problems:
            log.warning("content_problem", problem=str(problem))
        if changed := [*report.created, *report.updated, *report.archived]:
            log.info("content_reloaded", changed=changed)
            self._bus.publish(None, {"type": "content.changed", "nodes": changed})
        return report
