"""``/api/status``: the server as one learner may know it."""

from jupyter_server._tz import isoformat
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import authenticated


class StatusHandler(APIHandler):
    """Counts the learner's own kernels; Jupyter's handler counts everybody's."""

    auth_resource = "api"
    _track_activity = False

    @authenticated
    @authorized(action="read", resource="api")
    async def get(self) -> None:
        """Answer in Jupyter's shape."""
        kernels = self.kernel_manager.list_kernels()
        started = isoformat(self.settings["started"])
        self.finish(
            {
                "started": started,
                "last_activity": max((kernel["last_activity"] for kernel in kernels), default=started),
                "kernels": len(kernels),
                "connections": sum(kernel["connections"] for kernel in kernels),
            }
        )
