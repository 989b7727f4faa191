"""Between a kernel's ZMQ sockets and one tab's WebSocket: bounded both ways, and frank about the kernel's end."""

import asyncio
import json
from collections import deque
from collections.abc import Set as AbstractSet
from typing import Any, cast

import structlog
from jupyter_client.jsonutil import json_default
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import IOLoop

from nexus_server.errors import RateLimitedError
from nexus_server.jupyter.kernels.kernel import LearnerKernel
from nexus_server.jupyter.kernels.notices import notice_in
from nexus_server.jupyter.messages.cell_ends import IDLE_AFTER_S, REMEMBERED, CellEnds
from nexus_server.jupyter.messages.output_gate import FLOOD_NOTICE
from nexus_server.jupyter.messages.replay_repair import LateReplies
from nexus_server.jupyter.messages.status import Status, status_of
from nexus_server.jupyter.messages.throttle import Pacer
from nexus_server.kernels.malformed import MALFORMED_ERRORS
from nexus_server.services import Services
from nexus_server.tenancy.incoming import check_json_message, check_v1_message
from nexus_server.tenancy.settings import MIB
from nexus_server.web.language import language_of

log = structlog.get_logger()

#: WebSocket close code: try again later
TRY_AGAIN_LATER = 1013

V1_PROTOCOL = "v1.kernel.websocket.jupyter.org"

#: the type of the message that brings a cell
CELL = "execute_request"

REPLAY_NOTICE = "{count} messages were left out while this page was not connected."


class LearnerKernelConnection(ZMQChannelsWebsocketConnection):
    """One tab's connection to its learner's kernel."""

    # Jupyter limits streams only, per message type; the gate below counts everything.
    limit_rate = False

    def __init__(self, **kwargs: Any) -> None:
        """Prepare a connection; nothing is connected yet."""
        super().__init__(**kwargs)
        #: messages refused in a row; the first of a row is worth a notice
        self._refused = 0
        self._pacers: dict[str, Pacer] = {}
        #: bytes that were sent to the kernel since it said something
        self._unanswered_bytes = 0
        self._ends = CellEnds()
        #: headers of the cells that this page asked for
        self._asked: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        #: cells that the page asked for before the server was started again; None: there are none any more
        self._late: LateReplies | None = None
        #: requests of which something is to be heard, and what is set then
        self._expected: tuple[AbstractSet[str], asyncio.Event] = (frozenset(), asyncio.Event())

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
        if self._kernel.execution_state == "starting":
            # It has just answered. Jupyter would wait for its next look at the state, up to 50 ms.
            self._kernel.execution_state = "idle"

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]
        """Join the kernel's channels; of a dead kernel only the reason is told."""
        self._kernel.on_death.add(self._tell_death)
        self._kernel.on_notice.add(self._show_notice)
        self._close_oldest()
        if self.multi_kernel_manager.claim_buffer(self.kernel_id, self.session_key, self.session.bsession):
            self._late = LateReplies()
        if not self._kernel.is_dead:
            return self._connect_alive()
        self.multi_kernel_manager.notify_connect(self.kernel_id)
        ZMQChannelsWebsocketConnection._open_sockets.add(self)  # noqa: SLF001  Jupyter's registry
        self._replay_last_words()
        self._tell_death()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _connect_alive(self) -> asyncio.Future[None] | None:
        self._kernel.tabs.add(self)
        kept = self.multi_kernel_manager.find_replay(self.kernel_id, self.session_key)
        if kept is not None and kept.dropped:
            self._show_notice(REPLAY_NOTICE.format(count=kept.dropped), self._kernel.clock.parent)
        connected: asyncio.Future[None] | None = super().connect()
        return connected

    def _replay_last_words(self) -> None:
        """Show what the kernel said before it died, while this page was away."""
        kept = self.multi_kernel_manager.get_buffer(self.kernel_id, self.session_key)
        if kept is None:
            return
        self.channels = kept["channels"]
        for channel, frames in kept["buffer"]:
            self.handle_outgoing_message(self.channels[channel], frames)

    def disconnect(self) -> None:  # type: ignore[override]
        """Let go of the kernel; what it says from now on is kept for this tab if it was the last."""
        self._kernel.on_death.discard(self._tell_death)
        self._kernel.on_notice.discard(self._show_notice)
        self._kernel.tabs.discard(self)
        for pacer in self._pacers.values():
            pacer.stop()
        super().disconnect()

    def _close_oldest(self) -> None:
        mine = [each for each in self._open_sockets if each.parent is self.parent and each is not self]
        if len(mine) >= self._services.tenancy.sockets_per_kernel:
            mine[0].websocket_handler.close(TRY_AGAIN_LATER, "Too many pages are connected to this kernel.")

    # ---- in ----

    def check(self, message: str | bytes) -> None:
        """Refuse a message that would cost the server too much.

        Raises:
            NexusError: with the reason.
        """
        if self.subprotocol == V1_PROTOCOL and isinstance(message, bytes):
            check_v1_message(message)
        else:
            check_json_message(message)
        self._unanswered_bytes += len(message)
        if self._unanswered_bytes > self._services.tenancy.unanswered_mb * MIB:
            raise RateLimitedError("This kernel does not answer. Wait, or restart it.")

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass a message on to the kernel, and remember the cells that it brings."""
        super().handle_incoming_message(cast("str", incoming_msg))
        # Jupyter keeps what it parsed to itself. To parse again is for messages that may bring a cell.
        if _may_bring_cell(incoming_msg):
            self._remember_cell(incoming_msg)

    def _remember_cell(self, message: str | bytes) -> None:
        header = self._header_of(message)
        if header.get("msg_type") == CELL:
            self._asked.append(header)

    def _header_of(self, message: str | bytes) -> dict[str, Any]:
        if self.subprotocol == V1_PROTOCOL:
            header = self.session.unpack(deserialize_msg_from_ws_v1(message)[1][0])
        elif isinstance(message, bytes):
            header = deserialize_binary_message(message).get("header")
        else:
            header = json.loads(message).get("header")
        return header if isinstance(header, dict) else {}

    # ---- out ----

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[bytes]) -> None:
        """Pass a message on to the tab, unless the kernel floods it or the tab does not read."""
        size = sum(len(frame) for frame in outgoing_msg)
        self._unanswered_bytes = 0
        self._note_read(stream, outgoing_msg)
        if not self._may_pass(outgoing_msg):
            return
        if self._unread_bytes() + size > self._services.tenancy.unread_mb * 1024 * 1024:
            self.websocket_handler.close(TRY_AGAIN_LATER, "This page does not read its kernel's output.")
            return
        try:
            super().handle_outgoing_message(stream, outgoing_msg)
        except MALFORMED_ERRORS:  # a kernel may send anything; Jupyter would stop reading, and log a page for each
            log.debug("malformed_message_of_kernel", kernel=self.kernel_id)

    def _note_read(self, stream: Any, frames: list[bytes]) -> None:
        """Bound how fast the stream is read; a cell's end that is lost is made up for after the cell's reply."""
        name = stream.channel
        if name not in self._pacers:
            self._pacers[name] = Pacer(stream, lambda: stream.on_recv_stream(self.handle_outgoing_message))
        self._pacers[name].note()
        if name == "iopub":
            status = status_of(frames)
            self._kernel.limits.note(frames, status)
            if status is None:
                self._ends.note_output(frames, IOLoop.current().time())
            self._ends.note_status(status)
            if status is not None and status.parent.get("msg_id") in self._expected[0]:
                self._expected[1].set()
            self._note_late(frames, status)
        elif name == "shell":
            self._note_reply(frames)

    def listen_for(self, questions: AbstractSet[str]) -> asyncio.Event:
        """Return what is set when the kernel is heard to work on one of these requests, by their ids."""
        self._expected = (questions, asyncio.Event())
        return self._expected[1]

    def _note_reply(self, frames: list[bytes]) -> None:
        if self._late is not None:
            self._late.note_reply(frames)
        if (request := self._ends.note_reply(frames, IOLoop.current().time())) is not None:
            IOLoop.current().call_later(IDLE_AFTER_S, self._end_cell, request)

    def _note_late(self, frames: list[bytes], status: Status | None) -> None:
        """See to the replies of cells from before; a kernel serves them all before what this connection asks for."""
        if self._late is None:
            return
        if status is not None and any(asked.get("msg_id") == status.parent.get("msg_id") for asked in self._asked):
            self._late = None
        elif (request := self._late.note_published(frames)) is not None:
            IOLoop.current().call_later(IDLE_AFTER_S, self._reply_late, self._late, request)

    def _reply_late(self, late: LateReplies, request: str) -> None:
        """Reply to a cell that ended, unless its own reply has come meanwhile."""
        made = late.make_up(request)
        if made is not None and self.websocket_handler.ws_connection is not None:
            self._write(self.session.msg("execute_reply", made[0], parent=made[1]), "shell")

    def _end_cell(self, request: str) -> None:
        """End a cell on the page, unless its own message has come meanwhile; a second one later does no harm.

        What comes after it the page would not show any more, so output that still comes is waited for.
        """
        if self._ends.goes_on(request, IOLoop.current().time()):
            IOLoop.current().call_later(IDLE_AFTER_S, self._end_cell, request)
            return
        parent = self._ends.take_unended(request)
        if parent is not None and self.websocket_handler.ws_connection is not None:
            self._write(self.session.msg("status", {"execution_state": "idle"}, parent=parent))

    def _write(self, message: dict[str, Any], channel: str = "iopub") -> None:
        if self.subprotocol == V1_PROTOCOL:
            self.write_message(serialize_msg_to_ws_v1(message, channel, self.session.pack), binary=True)
        else:
            self.write_message(json.dumps({**message, "channel": channel}, default=json_default))

    def _may_pass(self, frames: list[bytes]) -> bool:
        if self._kernel.gate is None or self._kernel.gate.admits(frames):
            self._refused = 0
            return True
        if not self._refused:
            self._show_notice(FLOOD_NOTICE, self._kernel.clock.parent)
        self._refused += 1
        return False

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
        message = self._said(kernel.reason)
        self.write_stderr(message, self._cell_that_ran())
        content = {"execution_state": "dead", "reason": str(kernel.death_reason or ""), "message": message}
        self._write(self.session.msg("status", content))

    def _cell_that_ran(self) -> dict[str, Any]:
        """Return the header of the cell that ran last; a kernel that ended at once could not tell that it began."""
        parent = self._kernel.clock.parent
        if parent and not self._ends.has_ended(parent):
            return parent
        return next((asked for asked in self._asked if not self._ends.has_ended(asked)), parent)

    def _show_notice(self, text: str, parent: dict[str, Any], limit: str = "") -> None:
        """Show a notice under its cell; a limit is told in a status message too, while the cell runs on the page."""
        if self.websocket_handler.ws_connection is None:
            return
        message = self._said(text)
        self.write_stderr(message, parent)
        if limit and parent and not self._ends.has_ended(parent):
            content = {"execution_state": "busy", "limit": limit, "message": message}
            self._write(self.session.msg("status", content, parent=parent))

    def _said(self, notice: str) -> str:
        """Return a notice in the language of who opened this page."""
        return notice_in(notice, language_of(self.websocket_handler))


def _may_bring_cell(message: str | bytes) -> bool:
    """Whether a message from a page, as it came over the wire, may bring a cell; cheap also for a large one."""
    return CELL in message if isinstance(message, str) else CELL.encode() in message
