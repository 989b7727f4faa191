"""Kernels that are no longer this server's: it was silent for too long, and their learners have another home."""

import structlog

from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.kernels.death_reason import DeathReason

log = structlog.get_logger()


async def end_strays(manager: LearnerKernelManager) -> None:
    """End every kernel that the register does not have for running any more."""
    running = {str(kernel.id) for kernel in await manager.services.kernel_registry.list_running()}
    strays = [kernel for kernel in manager.living() if kernel.kernel_id not in running]
    for kernel in strays:
        await manager.end_kernel(kernel.kernel_id, DeathReason.SERVER_GONE)
    if strays:
        log.warning("stray_kernels_ended", kernels=len(strays))
