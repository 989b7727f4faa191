"""Everybody's kernels, for administrators."""

from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.jupyter.kernels import admin as kernel_admin

if TYPE_CHECKING:
    from nexus_server.jupyter.kernels.manager import LearnerKernelManager


class KernelOut(FromAttributes):
    """A kernel and whose it is."""

    id: UUID
    user_id: UUID
    email: str
    kernel_name: str
    state: str
    reason: str
    #: null: it is another server's, which alone knows
    connections: int | None
    created_at: datetime
    last_activity: datetime | None
    #: what its server is called; empty where the site has one
    server: str


class KernelsOut(BaseModel):
    """Kernels, the oldest first."""

    items: list[KernelOut]
    next: str | None = None


class AdminKernelsHandler(NexusHandler):
    """GET /admin/kernels."""

    @operation("List every kernel of the site", reply=KernelsOut)
    async def get(self) -> KernelsOut:
        """Answer."""
        views = await kernel_admin.list_kernels(self.learner, cast("LearnerKernelManager", self.kernel_manager))
        return KernelsOut(items=[KernelOut.model_validate(view) for view in views])


class AdminKernelHandler(NexusHandler):
    """DELETE /admin/kernels/{id}."""

    @operation("End a kernel", status=204)
    async def delete(self, kernel_id: UUID) -> None:
        """End it."""
        manager = cast("LearnerKernelManager", self.kernel_manager)
        await kernel_admin.end_kernel(self.learner, manager, kernel_id)


ROUTES = [Route("/admin/kernels", AdminKernelsHandler), Route("/admin/kernels/{kernel_id}", AdminKernelHandler)]
