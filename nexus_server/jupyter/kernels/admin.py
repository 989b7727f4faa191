"""Everybody's kernels, for administrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nexus_server.accounts.permissions import Permission, require
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.learner import Learner
from nexus_server.tenancy.errors import NoSuchKernelError
from nexus_server.tenancy.kernel_registry import KernelOwner


@dataclass(frozen=True, slots=True)
class KernelView:
    """A kernel and whose it is."""

    id: UUID
    user_id: UUID
    email: str
    kernel_name: str
    #: "starting", "idle", "busy" or "dead"; "alive" at another server
    state: str
    reason: str
    #: None: it is another server's, which alone knows
    connections: int | None
    created_at: datetime
    last_activity: datetime | None
    #: what its server is called; empty where the site has one
    server: str


async def list_kernels(admin: Learner, manager: LearnerKernelManager) -> list[KernelView]:
    """Return every kernel of the site, the oldest first.

    Raises:
        ForbiddenError: only administrators may.
    """
    require(admin, Permission.MANAGE_KERNELS)
    views = (_view(owner, manager) for owner in await manager.services.kernel_registry.list_site())
    return [view for view in views if view is not None]


def _view(owner: KernelOwner, manager: LearnerKernelManager) -> KernelView | None:
    kernel_id = str(owner.kernel_id)
    kernel = manager.find_kernel(kernel_id)
    if kernel is None and not owner.is_elsewhere:
        return None
    return KernelView(
        id=owner.kernel_id,
        user_id=owner.user_id,
        email=owner.email,
        kernel_name=owner.kernel_name,
        state=owner.state if kernel is None else kernel.execution_state or "starting",
        reason="" if kernel is None else str(kernel.death_reason or ""),
        connections=None if kernel is None else manager.kernel_model(kernel_id)["connections"],
        created_at=owner.created_at,
        last_activity=None if kernel is None else kernel.last_activity,
        server=owner.server,
    )


async def end_kernel(admin: Learner, manager: LearnerKernelManager, kernel_id: UUID) -> None:
    """End anybody's kernel; its learner is told. Another server ends its own with its next sign of life.

    Raises:
        ForbiddenError: only administrators may.
        NoSuchKernelError: there is none.
    """
    require(admin, Permission.MANAGE_KERNELS)
    kernel, services = manager.find_kernel(str(kernel_id)), manager.services
    async with services.database.transaction() as session:
        if kernel is not None:
            owner_id = kernel.owner_id
        else:
            owner_id = await services.kernel_registry.ask_for_end(session, kernel_id, DeathReason.ADMIN)
        if owner_id is None:
            raise NoSuchKernelError
        services.accounts.audit.write(session, admin.id, "kernel.ended", "kernel", kernel_id, user_id=str(owner_id))
    if kernel is not None:
        await manager.end_kernel(str(kernel_id), DeathReason.ADMIN)


async def end_asked(manager: LearnerKernelManager) -> None:
    """End the kernels whose end an administrator asked another server for."""
    living = {UUID(kernel.kernel_id) for kernel in manager.living()}
    for kernel_id in await manager.services.kernel_registry.asked_to_end(living, DeathReason.ADMIN):
        await manager.end_kernel(str(kernel_id), DeathReason.ADMIN)
