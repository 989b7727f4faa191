"""What the server hears of every kernel, whether or not a page shows it: its state, and what it says meanwhile."""

import asyncio
from contextlib import suppress
from typing import Any

from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from nexus_server.jupyter.kernels.kernel import LearnerKernel
from nexus_server.jupyter.messages.replay import ReplayBuffer
from nexus_server.jupyter.messages.replay_repair import lost_replies
from nexus_server.jupyter.messages.status import kind_of, status_of
from nexus_server.jupyter.messages.throttle import Pacer
from nexus_server.services import Services

#: whose messages they are that are kept for whichever page comes first
ANYONE = ""
#: what a kernel says first to whoever listens to it first
WELCOME = "iopub_welcome"
#: what the server asks a kernel that it takes over; its status comes after all that the kernel said before
OWN_QUESTION = "kernel_info_request"
#: how long a kernel may take to answer the server's own questions, in seconds; one that works on a cell may never
ANSWER_S = 3.0


class ListeningKernelManager(AsyncMappingKernelManager):
    """The part of the kernel manager that listens. `services` is set by `NexusApp` before the first request."""

    services: Services

    def __init__(self, **kwargs: Any) -> None:
        """Listen to nothing."""
        super().__init__(**kwargs)
        #: ids of kernels that are being taken over; `listen_again` begins to listen to them
        self.taking_over: set[str] = set()

    def get_kernel(self, kernel_id: str) -> LearnerKernel:
        """Return a kernel by its id, whoever owns it.

        Raises:
            HTTPError: 404 there is none.
        """
        self._check_kernel_id(kernel_id)
        kernel: LearnerKernel = self._kernels[kernel_id]
        return kernel

    # ---- state ----

    def start_watching_activity(self, kernel_id: str) -> None:
        """Follow the kernel's state, for its model, the idle cull and the wall clock."""
        if kernel_id in self.taking_over:
            return
        kernel = self.get_kernel(kernel_id)
        kernel.reason, kernel.last_activity = "", utcnow()
        stream = kernel.connect_iopub()
        kernel._activity_stream = stream  # noqa: SLF001  Jupyter closes it by this name
        pacer = Pacer(stream, lambda: stream.on_recv(listen))

        def listen(frames: list[bytes]) -> None:
            pacer.note()
            self._note_activity(kernel, frames)

        stream.on_recv(listen)

    def _note_activity(self, kernel: LearnerKernel, frames: list[bytes]) -> None:
        """Note what changes the state; output alone is no activity, or a forgotten thread would live for ever."""
        status = status_of(frames)
        kernel.limits.note(frames, status)
        if status is None or kernel.is_dead:
            return
        if self.track_message_type(status.parent_type):
            self.last_kernel_activity = kernel.last_activity = utcnow()
            kernel.execution_state = status.state
        elif kernel.execution_state == "starting" and status.state != "starting":
            kernel.execution_state = "idle"
        if status.is_of_cell:
            kernel.note_cell(status)

    # ---- what is said while no page listens ----

    def find_replay(self, kernel_id: str, session_key: str) -> ReplayBuffer | None:
        """Return what was kept for a page that is about to reconnect, or None."""
        kept = self._kernel_buffers.get(kernel_id)
        return kept["buffer"] if kept is not None and kept["session_key"] == session_key else None

    async def listen_again(self, kernel_id: str) -> None:
        """Listen to a kernel that was taken over, first of all for its learner's first page.

        A Python kernel keeps what it says while nobody listens, and tells it to whoever is the first.
        """
        await self._keep_for_anyone(kernel_id)
        self.taking_over.discard(kernel_id)
        self.start_watching_activity(kernel_id)

    async def _keep_for_anyone(self, kernel_id: str) -> None:
        """Keep what the kernel says for a page whose session nobody knows any more; return when it has caught up."""
        stream = self.get_kernel(kernel_id).connect_iopub()
        stream.channel = "iopub"
        self.start_buffering(kernel_id, ANYONE, {"iopub": stream})
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._kernel_buffers[kernel_id]["caught_up"].wait()

    def claim_buffer(self, kernel_id: str, session_key: str, identity: bytes) -> bool:
        """Make what was kept for anyone the page's own, if there is such; it gets the other channels too."""
        kept = self._kernel_buffers.get(kernel_id)
        if kept is None or kept["session_key"] != ANYONE:
            return False
        kernel = self.get_kernel(kernel_id)
        kept["session_key"] = session_key
        for content, parent in lost_replies(kept["buffer"]):
            reply = kernel.session.msg("execute_reply", content, parent=parent)
            kept["buffer"].append(("shell", kernel.session.serialize(reply)))
        for channel in ("shell", "control", "stdin"):
            stream = getattr(kernel, f"connect_{channel}")(identity=identity)
            stream.channel = channel
            kept["channels"][channel] = stream
        return True

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what the kernel says, and what is said about it, within bounds, until the same page is back."""
        self.stop_buffering(kernel_id)
        kernel, limits = self.get_kernel(kernel_id), self.services.tenancy
        buffer = ReplayBuffer(max_bytes=limits.replay_kb * 1024, max_messages=limits.replay_messages)
        caught_up, firsts = asyncio.Event(), iter([True])

        def keep(channel: str, frames: list[bytes]) -> None:
            if next(firsts, False) and kind_of(frames) == WELCOME:
                return
            if channel == "iopub":
                status = status_of(frames)
                kernel.limits.note(frames, status)
                if status is not None and status.parent_type == OWN_QUESTION:
                    caught_up.set()
            if kernel.gate is None or kernel.gate.admits(frames):
                buffer.append((channel, frames))
            else:
                buffer.dropped += 1

        def keep_notice(text: str, parent: dict[str, Any], _limit: str = "") -> None:
            content = {"name": "stderr", "text": f"{text}\n"}
            message = kernel.session.msg("stream", content, parent=parent)
            buffer.append(("iopub", kernel.session.serialize(message)))

        def listen(channel: str, stream: Any) -> Pacer:
            def receive(frames: list[bytes]) -> None:
                pacer.note()
                keep(channel, frames)

            pacer = Pacer(stream, lambda: stream.on_recv(receive))
            stream.on_recv(receive)
            return pacer

        self._kernel_buffers[kernel_id] = {
            "session_key": session_key,
            "buffer": buffer,
            "channels": channels,
            "notice": keep_notice,
            "caught_up": caught_up,
            "pacers": [listen(channel, stream) for channel, stream in channels.items()],
        }
        kernel.on_notice.add(keep_notice)

    def get_buffer(self, kernel_id: str, session_key: str) -> dict[str, Any] | None:
        """Return and forget what was kept for this page; what was kept for another one is dropped."""
        self._stop_listening(kernel_id)
        found: dict[str, Any] | None = super().get_buffer(kernel_id, session_key)
        return found

    def stop_buffering(self, kernel_id: str) -> None:
        """Forget what was kept."""
        self._stop_listening(kernel_id)
        super().stop_buffering(kernel_id)

    def _stop_listening(self, kernel_id: str) -> None:
        kept, kernel = self._kernel_buffers.get(kernel_id), self._kernels.get(kernel_id)
        if kept is None:
            return
        for pacer in kept["pacers"]:
            pacer.stop()
        if kernel is not None:
            kernel.on_notice.discard(kept["notice"])
