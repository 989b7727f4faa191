"""Stores every few seconds what changed in the workspaces that this server holds. A `Background`."""

import asyncio
from functools import partial
from uuid import UUID

import structlog
from prometheus_client import Gauge

from nexus_server.errors import UnavailableError
from nexus_server.servers.workspaces.errors import StaleFenceError
from nexus_server.servers.workspaces.object_workspaces import ObjectWorkspaces
from nexus_server.tasks import Part, end_task, forever, once

log = structlog.get_logger()

#: workspaces that are looked at at the same time
AT_ONCE = 8

LATE = Gauge("nexus_workspaces_not_uploaded", "Workspaces whose changes could not be stored at the last try.")


class WorkspaceUploads:
    """Begins uploads in rounds. One that takes longer than a round holds up nobody else's next one."""

    _part: Part | None = None

    def __init__(self, workspaces: ObjectWorkspaces, *, every_s: float, patience_s: float = 1.0) -> None:
        """Upload every `every_s` seconds; a round ends after `patience_s` at the latest."""
        self._patience_s = patience_s
        self._workspaces = workspaces
        self._every_s = every_s
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        #: whose changes could not be stored at the last try
        self._failed: dict[UUID, UnavailableError] = {}

    async def start(self) -> None:
        """Begin."""
        self._part = forever("workspace-uploads", self.upload_all, every_s=self._every_s)

    async def stop(self) -> None:
        """Upload once more, and end. The workspaces stay this server's: its kernels wait for its next start."""
        await end_task(self._part)
        if self._part is not None:
            try:
                await self._wait(None)
                await self.upload_all(is_last=True)
            except UnavailableError as error:
                log.warning("last_upload_failed", code=error.code)

    async def upload_all(self, *, is_last: bool = False) -> None:
        """Store the changes of each workspace, whatever becomes of the others; the last time of all of them.

        Raises:
            UnavailableError: that of one failed; it is tried again.
        """
        owners = self._workspaces.owners
        for owner in owners:
            if owner not in self._under_way:
                self._under_way[owner] = once("workspace-upload", partial(self._upload, owner, is_paced=not is_last))
        await self._wait(None if is_last else self._patience_s)
        self._failed = {owner: error for owner, error in self._failed.items() if owner in owners}
        LATE.set(len(self._failed))
        for error in self._failed.values():
            raise error

    async def _wait(self, most_s: float | None) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=most_s)

    async def _upload(self, owner: UUID, *, is_paced: bool) -> None:
        try:
            async with self._turns:
                await self._workspaces.upload(owner, is_paced=is_paced)
            self._failed.pop(owner, None)
        except StaleFenceError as error:
            log.warning("workspace_was_taken", user_id=str(owner), newest=error.newest)
        except UnavailableError as error:
            self._failed[owner] = error
        finally:
            del self._under_way[owner]
