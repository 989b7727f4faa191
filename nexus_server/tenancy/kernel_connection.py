"""Between a kernel's ZMQ sockets and one tab's WebSocket: bounded both ways, and frank about the kernel's end."""

import asyncio
import json
from typing import Any, cast

from jupyter_client.jsonutil import json_default
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import IOLoop

from nexus_server.services import Services
from nexus_server.tenancy.flood import FloodGate
from nexus_server.tenancy.kernel import LearnerKernel

#: WebSocket close code: try again later
TRY_AGAIN_LATER = 1013
#: small, and worth more than their bytes: without them a tab would show a cell as running for ever
ALWAYS_PASS = {"status", "execute_reply", "kernel_info_reply", "shutdown_reply"}
SMALL_BYTES = 64 * 1024

BUSY = b'"busy"}'
V1_PROTOCOL = "v1.kernel.websocket.jupyter.org"

FLOOD_NOTICE = (
    "Output limit reached: this kernel sends more than a page can show, so some of its output is left out. "
    "Print less, or write it to a file."
)
REPLAY_NOTICE = "{count} messages were left out while this page was not connected."


class LearnerKernelConnection(ZMQChannelsWebsocketConnection):
    """One tab's connection to its learner's kernel."""

    # Jupyter limits streams only, per message type; the gate below counts everything.
    limit_rate = False

    def __init__(self, **kwargs: Any) -> None:
        """Prepare a connection; nothing is connected yet."""
        super().__init__(**kwargs)
        self._gate = FloodGate(self._services.tenancy.flood_limits(), IOLoop.current().time())
        self._has_notice = False
        #: packed header of the request that the kernel worked on last
        self._busy_with = b"{}"

    @property
    def _services(self) -> Services:
        return cast("Services", self.websocket_handler.settings["nexus_services"])

    @property
    def _kernel(self) -> LearnerKernel:
        return cast("LearnerKernel", self.parent)

    async def prepare(self) -> None:
        """Make sure that the kernel answers; a dead kernel has nothing to wait for."""
        if self._kernel.is_dead:
            await self._register_session()
            self.session.key = self._kernel.session.key
            return
        await super().prepare()

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]
        """Join the kernel's channels; of a dead kernel only the reason is told."""
        self._kernel.on_death.add(self._tell_death)
        self._close_oldest()
        if not self._kernel.is_dead:
            return self._connect_alive()
        self.multi_kernel_manager.notify_connect(self.kernel_id)
        ZMQChannelsWebsocketConnection._open_sockets.add(self)  # noqa: SLF001  Jupyter's registry
        self._tell_death()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _connect_alive(self) -> asyncio.Future[None] | None:
        kept = self.multi_kernel_manager.find_replay(self.kernel_id, self.session_key)
        connected: asyncio.Future[None] | None = super().connect()
        if connected is not None and kept is not None and kept.dropped:
            notice = REPLAY_NOTICE.format(count=kept.dropped)
            connected.add_done_callback(lambda _: self.write_stderr(notice, self._running_parent()))
        return connected

    def disconnect(self) -> None:  # type: ignore[override]
        """Let go of the kernel; what it says from now on is kept for this tab if it was the last."""
        self._kernel.on_death.discard(self._tell_death)
        super().disconnect()

    def _close_oldest(self) -> None:
        mine = [each for each in self._open_sockets if each.parent is self.parent and each is not self]
        if len(mine) >= self._services.tenancy.sockets_per_kernel:
            mine[0].websocket_handler.close(TRY_AGAIN_LATER, "Too many pages are connected to this kernel.")

    # ---- out ----

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[bytes]) -> None:
        """Pass a message on to the tab, unless the kernel floods it or the tab does not read."""
        size = sum(len(frame) for frame in outgoing_msg)
        if size < SMALL_BYTES and outgoing_msg[-1].endswith(BUSY):
            self._busy_with = outgoing_msg[-3]
        if not self._may_pass(outgoing_msg, size):
            return
        if self._unread_bytes() + size > self._services.tenancy.unread_mb * 1024 * 1024:
            self.websocket_handler.close(TRY_AGAIN_LATER, "This page does not read its kernel's output.")
            return
        super().handle_outgoing_message(stream, outgoing_msg)

    def _may_pass(self, frames: list[bytes], size: int) -> bool:
        if self._gate.admits(size, IOLoop.current().time()):
            self._has_notice = False
            return True
        header, parent = self._headers(frames)
        if size <= SMALL_BYTES and header.get("msg_type") in ALWAYS_PASS:
            return True
        if not self._has_notice:
            self._has_notice = True
            self.write_stderr(FLOOD_NOTICE, parent)
        return False

    def _headers(self, frames: list[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            _, parts = self.session.feed_identities(frames)
            return self.session.unpack(parts[1]), self.session.unpack(parts[2])
        except (ValueError, IndexError, TypeError):  # a kernel may send anything
            return {}, {}

    def _unread_bytes(self) -> int:
        connection = self.websocket_handler.ws_connection
        stream = getattr(connection, "stream", None)
        return len(stream._write_buffer) if stream is not None else 0  # noqa: SLF001  no public figure exists

    # ---- the end ----

    def on_restart_failed(self) -> None:
        """Do nothing: `_tell_death` has told it, with the reason."""

    def _tell_death(self) -> None:
        """Show the reason under the cell that ran, then send the status `dead` with it."""
        if self.websocket_handler.ws_connection is None:
            return
        kernel = self._kernel
        self.write_stderr(kernel.reason, self._running_parent())
        content = {"execution_state": "dead", "reason": str(kernel.death_reason or ""), "message": kernel.reason}
        message = self.session.msg("status", content)
        if self.subprotocol == V1_PROTOCOL:
            self.write_message(serialize_msg_to_ws_v1(message, "iopub", self.session.pack), binary=True)
        else:
            self.write_message(json.dumps({**message, "channel": "iopub"}, default=json_default))

    def _running_parent(self) -> dict[str, Any]:
        try:
            parent: dict[str, Any] = self.session.unpack(self._busy_with)
        except ValueError:
            return {}
        return parent
