"""After a crash: learners get the kernels back that outlived the last server."""

import asyncio
from typing import Any

import structlog

from nexus_server.errors import NexusError
from nexus_server.jupyter.kernels.kernel import LearnerKernel
from nexus_server.jupyter.kernels.listening import ANSWER_S
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.kernels.kernel_request import KernelRequest
from nexus_server.tenancy.kernel_registry import RegisteredKernel

log = structlog.get_logger()

#: how many kernels are taken over at the same time
AT_ONCE = 8


async def adopt_kernels(manager: LearnerKernelManager) -> int:
    """Take over every registered kernel that still runs, and write down the end of the others; return how many live."""
    services = manager.services
    await services.kernel_registry.claim_unowned()
    survivors = set(services.kernels.survivors())
    places = asyncio.Semaphore(AT_ONCE)

    async def settle(registered: RegisteredKernel) -> bool:
        async with places:
            if str(registered.id) in survivors and await _adopt(manager, registered):
                return True
            reason = DeathReason.SERVER_RESTART
            await services.kernel_registry.mark_dead(registered.id, reason, forget_sessions=True)
            return False

    living = sum(await asyncio.gather(*map(settle, await services.kernel_registry.list_running())))
    # The rest are nobody's any more: at a site of several servers their learners may be at home elsewhere.
    await services.kernels.end_unclaimed()
    return living


async def _adopt(manager: LearnerKernelManager, registered: RegisteredKernel) -> bool:
    """Start the kernel in Jupyter's eyes; the provisioner finds that it runs already."""
    kernel_id, path = str(registered.id), registered.spec.get("cwd", "")
    manager.taking_over.add(kernel_id)
    try:
        kernel = await manager.launch(kernel_id, registered.kernel_name, registered.user_id, path)
    except Exception as exc:  # noqa: BLE001  a kernelspec may be gone, say: no kernel keeps the server from starting
        manager.taking_over.discard(kernel_id)
        manager.forget_start(kernel_id)
        log.warning("kernel_not_adopted", kernel=str(registered.id), error=repr(exc))
        return False
    info, _, _ = await asyncio.gather(_info_of(kernel), kernel.clock.look(ANSWER_S), manager.listen_again(kernel_id))
    kernel.know_info(info)
    kernel.execution_state = "busy" if kernel.clock.is_running else "idle"
    return True


async def _info_of(kernel: LearnerKernel) -> dict[str, Any]:
    """Return what the kernel says about itself on its control channel, or nothing."""
    try:
        async with asyncio.timeout(ANSWER_S), KernelRequest(kernel.connection_info, "control") as control:
            return await control.ask("kernel_info_request", {})
    except (TimeoutError, NexusError):
        return {}
