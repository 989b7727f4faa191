"""A workspace that this server took from the object store: what of its files is stored, and what is still to be."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import structlog

from nexus_server.files.errors import FileExistsHereError
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.errors import StoredFileDamagedError
from nexus_server.servers.workspaces.local_files import LocalFiles, Seen, Stamp, digest, is_set_aside
from nexus_server.servers.workspaces.manifest import StoredFile, WorkspaceManifest
from nexus_server.servers.workspaces.writer_gate import WriterGate

log = structlog.get_logger()

#: files of one workspace that are on their way at the same time
AT_ONCE = 8


@dataclass(slots=True)
class HeldWorkspace:
    """One learner's."""

    owner: UUID
    bucket: Bucket
    local: LocalFiles
    manifest: WorkspaceManifest
    #: tag of the manifest's object
    tag: str
    #: how each file looked when it was stored or fetched
    stamps: dict[str, Stamp] = field(default_factory=dict)
    #: bytes that were stored since they were asked for last
    sent: int = 0
    #: second of the monotonic clock before which nothing more goes up by itself
    rests_until: float = 0.0
    gate: WriterGate = field(default_factory=WriterGate)
    #: held by whoever brings the manifest up to date
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def store_changes(self, seen: Seen) -> dict[str, StoredFile]:
        """Store the bytes of each file that changed; return all files as the next manifest names them.

        What is to be looked at again is known by `stamps`, which belong to the manifest and change along with it.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        turns = asyncio.Semaphore(AT_ONCE)

        async def store(name: str, stamp: Stamp) -> StoredFile | None:
            async with turns:
                return await self._store(seen, name, stamp)

        found = await asyncio.gather(*(store(name, stamp) for name, stamp in seen.files.items()))
        stored = {name: file for name, file in zip(seen.files, found, strict=True) if file is not None}
        unread = tuple(f"{directory}/" for directory in seen.unread)
        if not unread:
            return stored
        # What could not be read may still be there.
        seen.directories = sorted({*seen.directories, *(d for d in self.manifest.directories if d.startswith(unread))})
        return {name: file for name, file in self.manifest.files.items() if name.startswith(unread)} | stored

    async def _store(self, seen: Seen, name: str, stamp: Stamp) -> StoredFile | None:
        before = self.manifest.files.get(name)
        if before is not None and self.stamps.get(name) == stamp:
            return before
        data = await asyncio.to_thread(self.local.find, name)
        if data is None:
            seen.files[name] = replace(stamp, is_fresh=True)  # so it is looked at again
            return before
        found = digest(data)
        if before is not None and before.sha256 == found:
            return before.model_copy(update={"modified": stamp.modified})
        key = f"{self.owner}/{self.manifest.fence}-{self.manifest.sequence + 1}-{found}"
        self.sent += len(data)
        await self.bucket.put(key, data)
        return StoredFile(key=key, size=len(data), sha256=found, modified=stamp.modified)

    def become(self, manifest: WorkspaceManifest, tag: str, stamps: dict[str, Stamp]) -> None:
        """Note that this manifest is stored, and how its files looked."""
        self.manifest, self.tag = manifest, tag
        self.stamps = {name: stamp for name, stamp in stamps.items() if not stamp.is_fresh}

    async def restore(self) -> None:
        """Bring the disk to what the manifest says.

        Raises:
            StoredFileDamagedError: the store returns something else than was stored.
            StoreUnavailableError: it does not answer.
            NexusError: there is no room.
        """
        seen = await asyncio.to_thread(self.local.look)
        await asyncio.to_thread(self._clear, seen)
        turns = asyncio.Semaphore(AT_ONCE)

        async def fetch(name: str, file: StoredFile) -> None:
            async with turns:
                await self._fetch(name, file, is_there=name in seen.files)

        await asyncio.gather(*(fetch(name, file) for name, file in self.manifest.files.items()))

    def _clear(self, seen: Seen) -> None:
        """Remove what the manifest does not have, and make its directories."""
        surplus = {*seen.files, *seen.directories} - {*self.manifest.files, *self.manifest.directories}
        for name in _highest([name for name in surplus if not is_set_aside(name)]):
            self.local.remove(name)
        for name in sorted(self.manifest.directories):
            self._in_place_of_other(partial(self.local.make_directory, name), name)

    async def _fetch(self, name: str, file: StoredFile, *, is_there: bool) -> None:
        if is_there:
            here = await asyncio.to_thread(self.local.find, name)
            if here is not None and digest(here) == file.sha256:
                return
        found = await self.bucket.find(file.key)
        if found is None or digest(found[0]) != file.sha256:
            log.error("stored_file_damaged", key=file.key, file=name, is_missing=found is None)
            raise StoredFileDamagedError(file=name)
        data = found[0]
        await asyncio.to_thread(self._in_place_of_other, partial(self.local.write, name, data, file.modified), name)

    def _in_place_of_other(self, make: Callable[[], None], name: str) -> None:
        """Make something where a link, a pipe or the like may have its name."""
        try:
            make()
        except FileExistsHereError:
            self.local.remove(name)
            make()


def _highest(names: Collection[str]) -> list[str]:
    """Return those that no other one contains."""
    kept: list[str] = []
    for name in sorted(names):
        if not kept or not name.startswith(f"{kept[-1]}/"):
            kept.append(name)
    return kept
