"""After a crash: learners get the kernels back that outlived the last server."""

import logging

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from nexus_server.errors import NexusError
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.tenancy.death import DeathReason
from nexus_server.tenancy.kernel_manager import LearnerKernelManager
from nexus_server.tenancy.register import RegisteredKernel

log = logging.getLogger(__name__)


async def adopt_kernels(manager: LearnerKernelManager) -> int:
    """Take over every registered kernel that still runs, and write down the end of the others; return how many live."""
    services = manager.services
    survivors = set(services.kernels.survivors())
    adopted = 0
    for registered in await services.kernel_register.list_running():
        if str(registered.id) in survivors and await _adopt(manager, registered):
            adopted += 1
        else:
            reason = DeathReason.SERVER_RESTART
            await services.kernel_register.mark_dead(registered.id, reason, forget_sessions=True)
    return adopted


async def _adopt(manager: LearnerKernelManager, registered: RegisteredKernel) -> bool:
    """Start the kernel in Jupyter's eyes; the provisioner finds that it runs already."""
    services = manager.services
    try:
        request = SandboxRequest(
            workspace=await services.kernels.workspaces.open(registered.user_id),
            cwd=registered.spec.get("cwd", ""),
            owner=str(registered.user_id),
        )
        await AsyncMappingKernelManager._async_start_kernel(  # noqa: SLF001  Jupyter's own way to add a kernel
            manager, kernel_id=str(registered.id), kernel_name=registered.kernel_name, sandbox=request
        )
    except NexusError as exc:
        log.warning("Kernel %s could not be taken over: %s", registered.id, exc)
        return False
    manager.get_kernel(str(registered.id)).owner_id = registered.user_id
    return True
