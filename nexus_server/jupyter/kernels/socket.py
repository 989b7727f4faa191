"""The WebSocket between a learner's tab and the learner's kernel."""

from hashlib import sha256
from typing import cast

import structlog
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import HTTPError

from nexus_server.errors import NexusError
from nexus_server.jupyter.kernels.connection import LearnerKernelConnection
from nexus_server.kernels.malformed import MALFORMED_ERRORS
from nexus_server.learner import Learner
from nexus_server.services import Services

log = structlog.get_logger()

#: WebSocket close codes
POLICY_VIOLATION = 1008
MALFORMED = 1007


class LearnerKernelSocket(KernelWebsocketHandler):
    """A kernel's channels for its owner, for as long as the login lives."""

    connection: LearnerKernelConnection | None = None

    @property
    def learner(self) -> Learner:
        """Who opened the socket."""
        return cast("Learner", self.current_user.learner)

    @property
    def services(self) -> Services:
        """The platform's services."""
        return cast("Services", self.settings["nexus_services"])

    @property
    def max_message_size(self) -> int:
        """Bytes of one incoming message; Tornado closes the socket on more."""
        return int(self.services.tenancy.incoming_message_mb * 1024 * 1024)

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        """Connect to a kernel of the learner, then upgrade.

        Raises:
            HTTPError: 400, it is no WebSocket.
        """
        if self.request.headers.get("Upgrade", "").casefold() != "websocket":
            raise HTTPError(400, "This is a WebSocket.")
        self.kernel_id = kernel_id
        await self.pre_get()
        await super(KernelWebsocketHandler, self).get(kernel_id=kernel_id)

    async def pre_get(self) -> None:
        """Prepare the connection to the kernel."""
        if not self.authorizer.is_authorized(self, self.current_user, "execute", "kernels"):
            raise HTTPError(404)
        kernel = self.kernel_manager.get_kernel(self.kernel_id)
        self.connection = LearnerKernelConnection(parent=kernel, websocket_handler=self, config=self.config)
        # The client chooses `session_id`, and it becomes a ZMQ identity: made one that only this learner can have.
        wanted = f"{self.learner.id}:{self.get_query_argument('session_id', '')}"
        self.connection.session.session = sha256(wanted.encode("utf-8", "replace")).hexdigest()[:32]
        await self.connection.prepare()

    async def open(self, kernel_id: str) -> None:
        """Start to talk: without Nagle's delay, and only until the login ends."""
        self.set_nodelay(True)
        if self.learner.session_id is not None:
            self.services.accounts.watch.add(self.learner.session_id, self.end_with_login)
        await super().open(kernel_id)

    async def on_message(self, ws_message: str | bytes) -> None:
        """Pass a message to the kernel; who sends what is no message is disconnected, and who sends much is slowed."""
        if self.connection is None:
            return
        try:
            self.connection.check(ws_message)
            self.connection.handle_incoming_message(cast("str", ws_message))
        except NexusError as error:
            self.close(POLICY_VIOLATION, error.message)
        except MALFORMED_ERRORS:
            log.info("malformed_message_to_kernel", kernel=self.kernel_id)
            self.close(MALFORMED, "This is not a kernel message.")
        await self.services.incoming.spend(str(self.learner.id), len(ws_message))

    def end_with_login(self) -> None:
        """Close, because the login that opened the socket ended."""
        self.close(POLICY_VIOLATION, "Your login ended.")

    def on_close(self) -> None:
        """Let go of the kernel."""
        if self.learner.session_id is not None:
            self.services.accounts.watch.remove(self.learner.session_id, self.end_with_login)
        if self.connection is not None:
            self.connection.disconnect()
        self.connection = None
