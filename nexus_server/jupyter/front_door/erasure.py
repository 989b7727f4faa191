"""What a deleted account leaves outside the database: kernels that run, and files."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import structlog

from nexus_server.jupyter.contents.learner_dirs import home_of
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.services import Services
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()


class FootprintEraser:
    """Ends the kernels, then removes the workspace; the other way round the files would still be in use."""

    def __init__(self, manager: LearnerKernelManager, services: Services) -> None:
        """End kernels through `manager`."""
        self._manager = manager
        self._services = services

    async def erase(self, user_id: UUID) -> None:
        """Leave nothing of the learner's on this machine."""
        for kernel in self._manager.kernels_of(user_id):
            await self._manager.shutdown_kernel(kernel.kernel_id, now=True)
        await self._services.kernels.workspaces.delete(user_id)
        await asyncio.to_thread(shutil.rmtree, home_of(self._services.settings, user_id), ignore_errors=True)


class ErasureSweep:
    """Erases here what accounts left that were deleted through another server, or without one. A `Background`.

    Files of an unknown id are not enough: they go only where the audit log says that their account was deleted. A
    server that was pointed at the wrong database by mistake must not empty the workspaces.
    """

    def __init__(self, eraser: FootprintEraser, services: Services) -> None:
        """Erase with `eraser`."""
        self._eraser = eraser
        self._services = services
        self._part: Part | None = None

    async def start(self) -> None:
        """Look now, and from time to time."""
        self._part = forever("erasure-sweep", self.sweep, every_s=self._services.tenancy.erasure_sweep_s)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def sweep(self) -> None:
        """Erase what is left of deleted accounts."""
        places = (self._services.kernels.workspaces.root, self._services.settings.data_path / "learners")
        owners = await asyncio.to_thread(lambda: {owner for place in places for owner in _owners(place)})
        for user_id in await self._services.accounts.personal_data.deleted_among(owners):
            await self._eraser.erase(user_id)
            log.info("left_files_erased", user_id=str(user_id))


def _owners(place: Path) -> Iterator[UUID]:
    """Yield whose directories and workspaces' files lie in a directory."""
    for path in place.iterdir() if place.is_dir() else ():
        with suppress(ValueError):
            yield UUID(path.name.partition(".")[0])
