"""A conversation with code that runs in a kernel, over the kernel's stdin channel.

The code asks with an input request; the reply is the next thing it reads. Messages are text, at most `MAX_CHARS` long.
"""

import asyncio
import math
from typing import Any

import zmq
import zmq.asyncio

from nexus_server.grading.sandboxes.fresh import SandboxKernel

MAX_CHARS = 20_000_000
#: how often a silent kernel is asked whether it lives, in seconds
HEARTBEAT_S = 0.5
#: a kernel that says it is idle has sent its reply; one that then owes it this long, in seconds, is broken
REPLY_GRACE_S = 5.0


class DialogueError(Exception):
    """The conversation cannot go on."""


class KernelLostError(DialogueError):
    """The kernel died."""


class DialogueTimeoutError(DialogueError):
    """Nothing came in time."""


class DialogueEndedError(DialogueError):
    """The code ended without asking again; `reply` is the kernel's answer."""

    def __init__(self, reply: dict[str, Any]) -> None:
        """Carry the execute reply's content."""
        super().__init__()
        self.reply = reply


class StdinDialogue:
    """One execute request that converses."""

    def __init__(self, kernel: SandboxKernel, code: str) -> None:
        """Send the code off."""
        self._kernel = kernel
        self._kc = kernel.kc
        self._id = self._kc.execute(code, silent=True, store_history=False, allow_stdin=True, stop_on_error=False)
        self._poller = zmq.asyncio.Poller()
        self._channels = (self._kc.stdin_channel, self._kc.shell_channel, self._kc.iopub_channel)
        for channel in self._channels:
            self._poller.register(channel.socket, zmq.POLLIN)
        #: the event loop's time after which no reply is to be hoped for
        self._given_up_at = math.inf

    async def prompt(self, deadline: float) -> str:
        """Wait for the next question, until the event loop's time `deadline`.

        Raises:
            KernelLostError, DialogueTimeoutError, DialogueEndedError: there is none.
        """
        while True:
            message = await self._message(deadline)
            kind, content = message.get("msg_type"), message.get("content", {})
            if message.get("parent_header", {}).get("msg_id") != self._id or not isinstance(content, dict):
                continue
            if kind == "input_request":
                return str(content.get("prompt", ""))[:MAX_CHARS]
            if kind == "execute_reply":
                raise DialogueEndedError(content)
            if kind == "status" and content.get("execution_state") == "idle":
                self._given_up_at = asyncio.get_running_loop().time() + REPLY_GRACE_S

    async def _message(self, deadline: float) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        while True:
            left = deadline - loop.time()
            if left <= 0:
                raise DialogueTimeoutError
            if loop.time() > self._given_up_at:
                raise KernelLostError
            ready = dict(await self._poller.poll(timeout=int(min(left, HEARTBEAT_S) * 1000) + 1))
            for channel in self._channels:
                if channel.socket in ready and (message := await _receive(channel)) is not None:
                    return message
            if not ready and not await self._kernel.km.is_alive():
                raise KernelLostError

    def reply(self, text: str) -> None:
        """Answer the question."""
        self._kc.input(text)

    async def finish(self, deadline: float) -> None:
        """Wait for the code to end, answering nothing more.

        Raises:
            KernelLostError, DialogueTimeoutError: it did not.
        """
        while True:
            try:
                await self.prompt(deadline)
            except DialogueEndedError:
                return


async def _receive(channel: Any) -> dict[str, Any] | None:
    try:
        message = await channel.get_msg(timeout=1)
    except Exception:  # noqa: BLE001  a learner's process can send bytes that are no message, or none that is signed
        return None
    return message if isinstance(message, dict) else None


async def run_silently(kernel: SandboxKernel, code: str, timeout_s: float) -> dict[str, Any]:
    """Run code that asks nothing; return the execute reply's content.

    Raises:
        KernelLostError, DialogueTimeoutError: there is none.
    """
    dialogue = StdinDialogue(kernel, code)
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        while True:
            await dialogue.prompt(deadline)
            dialogue.reply("")
    except DialogueEndedError as end:
        return end.reply
