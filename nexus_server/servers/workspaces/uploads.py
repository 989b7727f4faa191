"""Stores every few seconds what changed in the workspaces that this server holds. A `Background`."""

import asyncio
from uuid import UUID

import structlog
from prometheus_client import Gauge

from nexus_server.errors import UnavailableError
from nexus_server.servers.workspaces.errors import StaleFenceError
from nexus_server.servers.workspaces.object_workspaces import ObjectWorkspaces
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: workspaces that are looked at at the same time
AT_ONCE = 4

LATE = Gauge("nexus_workspaces_not_uploaded", "Workspaces whose changes could not be stored at the last try.")


class WorkspaceUploads:
    """Looks at one workspace after the other."""

    _part: Part | None = None

    def __init__(self, workspaces: ObjectWorkspaces, *, every_s: float) -> None:
        """Upload every `every_s` seconds."""
        self._workspaces = workspaces
        self._every_s = every_s

    async def start(self) -> None:
        """Begin."""
        self._part = forever("workspace-uploads", self.upload_all, every_s=self._every_s)

    async def stop(self) -> None:
        """Upload once more, and end. The workspaces stay this server's: its kernels wait for its next start."""
        await end_task(self._part)
        if self._part is not None:
            try:
                await self.upload_all()
            except UnavailableError as error:
                log.warning("last_upload_failed", code=error.code)

    async def upload_all(self) -> None:
        """Store the changes of each workspace, whatever becomes of the others.

        Raises:
            UnavailableError: that of one failed; it is tried again.
        """
        turns, failed = asyncio.Semaphore(AT_ONCE), list[UnavailableError]()

        async def upload(owner: UUID) -> None:
            async with turns:
                try:
                    await self._workspaces.upload(owner)
                except StaleFenceError as error:
                    log.warning("workspace_was_taken", user_id=str(owner), newest=error.newest)
                except UnavailableError as error:
                    failed.append(error)

        await asyncio.gather(*(upload(owner) for owner in self._workspaces.owners))
        LATE.set(len(failed))
        if failed:
            raise failed[0]
