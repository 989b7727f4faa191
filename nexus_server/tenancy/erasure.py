"""What a deleted account leaves outside the database: kernels that run, and files."""

import asyncio
import shutil
from uuid import UUID

from nexus_server.services import Services
from nexus_server.tenancy.home import home_of
from nexus_server.tenancy.kernel_manager import LearnerKernelManager


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
