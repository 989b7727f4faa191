"""Kernels that are no longer this server's: it was silent for too long, and their learners have another home."""

import structlog

from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.servers.homes import Homes

log = structlog.get_logger()


async def end_strays(manager: LearnerKernelManager, homes: Homes) -> None:
    """End every kernel that the register does not have for running any more, or whose learner moved."""
    running = {str(kernel.id) for kernel in await manager.services.kernel_registry.list_running()}
    living = manager.living()
    moved = await homes.moved({kernel.owner_id for kernel in living if kernel.owner_id is not None})
    strays = [kernel for kernel in living if kernel.kernel_id not in running or kernel.owner_id in moved]
    for kernel in strays:
        await manager.end_kernel(kernel.kernel_id, DeathReason.SERVER_GONE)
    if strays:
        log.warning("stray_kernels_ended", kernels=len(strays))
