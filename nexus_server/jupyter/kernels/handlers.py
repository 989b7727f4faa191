"""``/api/kernels``: Jupyter's routes with our causes of failure. The gate has checked whose kernel it is."""

from typing import TYPE_CHECKING, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from nexus_server.web.replies import answer

if TYPE_CHECKING:
    from nexus_server.jupyter.kernels.manager import LearnerKernelManager


class KernelsHandler(APIHandler):
    """GET and POST /api/kernels."""

    auth_resource = "kernels"

    @authenticated
    @authorized(action="read", resource="kernels")
    async def get(self) -> None:
        """List the learner's kernels."""
        answer(self, self.kernel_manager.list_kernels())

    @authenticated
    @authorized(action="write", resource="kernels")
    async def post(self) -> None:
        """Start a kernel."""
        wanted = self.get_json_body() or {}
        manager = self.kernel_manager
        kernel_id = await manager.start_kernel(
            kernel_name=wanted.get("name"), kernel_id=wanted.get("kernel_id"), path=wanted.get("path")
        )
        self.set_header("Location", url_path_join(self.base_url, "api", "kernels", kernel_id))
        answer(self, manager.kernel_model(kernel_id), status=201)


class KernelHandler(APIHandler):
    """GET and DELETE /api/kernels/{id}."""

    auth_resource = "kernels"

    @authenticated
    @authorized(action="read", resource="kernels")
    async def get(self, kernel_id: str) -> None:
        """Show a kernel, and why it ended if it did."""
        answer(self, self.kernel_manager.kernel_model(kernel_id))

    @authenticated
    @authorized(action="write", resource="kernels")
    async def delete(self, kernel_id: str) -> None:
        """End a kernel."""
        await self.kernel_manager.shutdown_kernel(kernel_id)
        self.set_status(204)
        self.finish()


class KernelActionHandler(APIHandler):
    """POST /api/kernels/{id}/interrupt and /restart."""

    auth_resource = "kernels"

    @authenticated
    @authorized(action="write", resource="kernels")
    async def post(self, kernel_id: str, action: str) -> None:
        """Interrupt or restart a kernel."""
        manager = cast("LearnerKernelManager", self.kernel_manager)
        if action == "restart":
            await manager.restart_kernel(kernel_id)
            answer(self, manager.kernel_model(kernel_id))
            return
        await manager.interrupt_kernel(kernel_id)
        self.set_status(204)
        self.finish()
