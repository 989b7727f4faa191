"""Workspaces on each server's own disk, whose changes go to an object store. A `WorkspaceStore`.

A server takes a workspace by replacing its manifest, and fetches what is newer than on its disk. From then on changes
go up every few seconds, and once more when the learner moves. Whoever had it before finds another manifest than theirs,
and stops.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import NoReturn
from uuid import UUID

import structlog
from pydantic import ValidationError

from nexus_server.clock import Clock
from nexus_server.kernels.limits import MIB
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.errors import (
    ObjectChangedError,
    StaleFenceError,
    StoredFileDamagedError,
    StoreUnavailableError,
    WorkspaceHeldError,
)
from nexus_server.servers.workspaces.held_workspace import HeldWorkspace
from nexus_server.servers.workspaces.local_files import LocalFiles
from nexus_server.servers.workspaces.local_mark import LocalMark
from nexus_server.servers.workspaces.manifest import WorkspaceManifest

log = structlog.get_logger()

#: how often a manifest that changes at the same moment is looked at again
TRIES = 5
#: seconds for which saves that go on are waited for when a learner moves
CLOSING_S = 3.0
MANIFEST = "manifest.json"

#: returns a workspace's files for carrying, given its directory
OpenLocal = Callable[[UUID, Path], LocalFiles]
#: tells a learner that the server with their files was lost, and when these were stored last
TellLoss = Callable[[UUID, datetime], Awaitable[None]]


class ObjectWorkspaces:
    """Those of one server."""

    def __init__(
        self,
        bucket: Bucket,
        server_id: UUID,
        clock: Clock,
        marks: Path,
        *,
        open_local: OpenLocal,
        tell: TellLoss,
        bytes_per_s: float = 2 * MIB,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Remember in `marks` what this disk has; store `bytes_per_s` of one learner's in the long run."""
        self._bytes_per_s = bytes_per_s
        self._now = now
        self._bucket = bucket
        self._server_id = server_id
        self._clock = clock
        self._marks = marks
        self._open_local = open_local
        self._tell = tell
        self._held: dict[UUID, HeldWorkspace] = {}

    @property
    def owners(self) -> list[UUID]:
        """Whose workspaces this server holds."""
        return list(self._held)

    async def take(self, owner: UUID, fence: int, files: Path) -> None:
        """Write the number into the manifest, and fetch what is newer.

        Raises:
            StaleFenceError: somebody had it under a larger number.
            WorkspaceHeldError: others take it at the same moment.
            StoredFileDamagedError, StoreUnavailableError: the store cannot give it.
        """
        await self._bucket.prove()
        local, mark = self._open_local(owner, files), self._mark_of(owner)
        before, held, is_newest = await self._claim(owner, fence, local, mark)
        if not is_newest:
            await held.restore()
            await asyncio.to_thread(mark.write, held.manifest.sequence, is_whole=True)
        await self._delete_orphans(held)
        self._held[owner] = held
        if before.server_id not in {None, self._server_id} and not before.is_handed_on:
            await self._tell(owner, before.at)

    async def _claim(
        self, owner: UUID, fence: int, local: LocalFiles, mark: LocalMark
    ) -> tuple[WorkspaceManifest, HeldWorkspace, bool]:
        """Replace the manifest; return the one before, the workspace, and whether this disk is as new."""
        for _ in range(TRIES):
            before, tag = await self._find_manifest(owner)
            if before.fence > fence or (before.fence == fence and before.server_id != self._server_id):
                raise StaleFenceError(before.fence)
            is_newest = await asyncio.to_thread(mark.is_newest, before, self._server_id)
            taken = before.taken(self._server_id, fence)
            if is_newest:
                await asyncio.to_thread(mark.write, taken.sequence, is_whole=True)
            else:
                await asyncio.to_thread(self._prepare_restore, local, mark)
            try:
                new_tag = await self._write_manifest(owner, taken, tag)
            except ObjectChangedError:
                continue
            return before, HeldWorkspace(owner, self._bucket, local, taken, new_tag), is_newest
        raise WorkspaceHeldError

    def _prepare_restore(self, local: LocalFiles, mark: LocalMark) -> None:
        """Note that the disk is about to be overwritten; what was there before the first time is kept."""
        if not mark.is_there:
            local.set_aside(self._clock.now())
        mark.write(0, is_whole=False)

    @contextmanager
    def writing(self, owner: UUID, fence: int) -> Iterator[None]:
        """Save on this server's disk.

        Raises:
            StaleFenceError: the workspace was handed on.
        """
        held = self._held.get(owner)
        if held is None or held.manifest.fence != fence:
            raise StaleFenceError(fence)
        with held.gate.entered() as may_write:
            if not may_write:
                raise StaleFenceError(fence)
            yield

    async def upload(self, owner: UUID, *, is_paced: bool = True) -> None:
        """Store what changed, unless so much did lately that this learner has to rest (and `is_paced`).

        Raises:
            StaleFenceError: somebody else has the workspace; it is this server's no longer.
            StoreUnavailableError: the store does not answer.
        """
        held = self._held.get(owner)
        if held is None or (is_paced and self._now() < held.rests_until):
            return
        async with held.turn:
            held.sent = 0
            await self._upload(held, is_handed_on=False)
            held.rests_until = self._now() + held.sent / self._bytes_per_s

    async def let_go(self, owner: UUID) -> None:
        """Store what changed once more, and let the next server know that this is all.

        Raises:
            WorkspaceHeldError: a save does not end.
            StoreUnavailableError: the store does not answer.
        """
        held = self._held.get(owner)
        if held is None:
            return
        try:
            await self._close(held)
            async with held.turn:
                await self._upload(held, is_handed_on=True)
        except StaleFenceError:
            return  # somebody has it already
        except BaseException:  # raised again; cancelled, too, the learner stays here and saves on
            held.gate.open()
            raise
        self._forget(held)

    async def _close(self, held: HeldWorkspace) -> None:
        if not await asyncio.to_thread(held.gate.close, CLOSING_S):
            raise WorkspaceHeldError

    def _forget(self, held: HeldWorkspace) -> None:
        """Hold it no longer, unless it was taken anew meanwhile."""
        if self._held.get(held.owner) is held:
            del self._held[held.owner]

    async def erase(self, owner: UUID) -> None:
        """Forget all that is stored of a learner."""
        self._held.pop(owner, None)
        await self._bucket.delete(await self._bucket.list(f"{owner}/"))
        await asyncio.to_thread(self._mark_of(owner).forget)

    async def _upload(self, held: HeldWorkspace, *, is_handed_on: bool) -> None:
        now = self._clock.now()
        seen = await asyncio.to_thread(held.local.look)
        if seen.left_out:
            log.warning("files_not_carried", user_id=str(held.owner), files=seen.left_out)
        files, directories = await held.store_changes(seen), tuple(seen.directories)
        before = held.manifest
        if not is_handed_on and (files, directories) == (before.files, before.directories):
            return held.become(before, held.tag, seen.files)
        changed = before.changed(files, directories, now, is_handed_on=is_handed_on)
        await asyncio.to_thread(self._mark_of(held.owner).write, changed.sequence, is_whole=True)
        try:
            tag = await self._write_manifest(held.owner, changed, held.tag)
        except ObjectChangedError:
            await self._look_who_has(held)
        else:
            held.become(changed, tag, seen.files)
            await self._delete(held.owner, before.keys - changed.keys)

    async def _look_who_has(self, held: HeldWorkspace) -> NoReturn:
        """Find out why the manifest is another one.

        Raises:
            StaleFenceError: somebody else has the workspace.
            StoreUnavailableError: it is this server's own, whose answer never came; so the next try begins with that.
        """
        newest, tag = await self._find_manifest(held.owner)
        if tag is None or (newest.server_id, newest.fence) != (self._server_id, held.manifest.fence):
            self._forget(held)
            raise StaleFenceError(newest.fence)
        held.become(newest, tag, {})
        raise StoreUnavailableError

    async def _delete_orphans(self, held: HeldWorkspace) -> None:
        """Delete what servers before this one stored, and then could not name in a manifest."""
        stored = await self._bucket.list(f"{held.owner}/")
        named = held.manifest.keys | {f"{held.owner}/{MANIFEST}"}
        await self._delete(held.owner, frozenset(stored) - named)

    async def _delete(self, owner: UUID, keys: Collection[str]) -> None:
        try:
            await self._bucket.delete(keys)
        except StoreUnavailableError:
            log.info("old_objects_stay", user_id=str(owner))  # they harm nobody

    async def _find_manifest(self, owner: UUID) -> tuple[WorkspaceManifest, str | None]:
        """Return it with its tag; an empty one where there is none."""
        found = await self._bucket.find(f"{owner}/{MANIFEST}")
        if found is None:
            return WorkspaceManifest(), None
        try:
            return WorkspaceManifest.model_validate_json(found[0]), found[1]
        except ValidationError as error:
            log.exception("stored_file_damaged", key=f"{owner}/{MANIFEST}")
            raise StoredFileDamagedError from error

    async def _write_manifest(self, owner: UUID, manifest: WorkspaceManifest, tag: str | None) -> str:
        """Replace the manifest with this tag; return the new tag.

        Raises:
            ObjectChangedError: another one is there.
            StoreUnavailableError: the store does not answer.
        """
        key, data = f"{owner}/{MANIFEST}", manifest.model_dump_json().encode()
        try:
            return await self._bucket.replace(key, data, tag)
        except (ObjectChangedError, StoreUnavailableError):
            # The store may have taken it, and its answer got lost.
            found, found_tag = await self._find_manifest(owner)
            if found.write_id == manifest.write_id and found_tag is not None:
                return found_tag
            raise

    def _mark_of(self, owner: UUID) -> LocalMark:
        return LocalMark(self._marks / str(owner))
