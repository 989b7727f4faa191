"""Everybody's kernels, for administrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nexus_server.accounts.permissions import Permission, require
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.learner import Learner
from nexus_server.tenancy.errors import NoSuchKernelError


@dataclass(frozen=True, slots=True)
class KernelView:
    """A kernel and whose it is."""

    id: UUID
    user_id: UUID
    email: str
    kernel_name: str
    #: "starting", "idle", "busy" or "dead"
    state: str
    reason: str
    connections: int
    created_at: datetime
    last_activity: datetime


async def list_kernels(admin: Learner, manager: LearnerKernelManager) -> list[KernelView]:
    """Return every kernel of the server, the oldest first.

    Raises:
        ForbiddenError: only administrators may.
    """
    require(admin, Permission.MANAGE_KERNELS)
    owners = {owner.kernel_id: owner for owner in await manager.services.kernel_registry.list_owners()}
    views = []
    for kernel_id, owner in owners.items():
        kernel = manager.find_kernel(str(kernel_id))
        if kernel is None:
            continue
        model = manager.kernel_model(str(kernel_id))
        view = KernelView(
            id=kernel_id,
            user_id=owner.user_id,
            email=owner.email,
            kernel_name=kernel.kernel_name,
            state=kernel.execution_state or "starting",
            reason=str(kernel.death_reason or ""),
            connections=model["connections"],
            created_at=owner.created_at,
            last_activity=kernel.last_activity,
        )
        views.append(view)
    return views


async def end_kernel(admin: Learner, manager: LearnerKernelManager, kernel_id: UUID) -> None:
    """End anybody's kernel; its learner is told.

    Raises:
        ForbiddenError: only administrators may.
        NoSuchKernelError: there is none.
    """
    require(admin, Permission.MANAGE_KERNELS)
    kernel = manager.find_kernel(str(kernel_id))
    if kernel is None:
        raise NoSuchKernelError
    services = manager.services
    async with services.database.transaction() as session:
        services.accounts.audit.write(
            session, admin.id, "kernel.ended", "kernel", kernel_id, user_id=str(kernel.owner_id)
        )
    await manager.end_kernel(str(kernel_id), DeathReason.ADMIN)
