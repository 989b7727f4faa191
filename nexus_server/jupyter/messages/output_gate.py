"""What of a kernel's output goes further: one budget per kernel, whoever listens, and however many."""

from dataclasses import replace

from tornado.ioloop import IOLoop

from nexus_server.jupyter.messages.status import kind_of
from nexus_server.phrases import gettext_noop
from nexus_server.tenancy.flood import FloodGate, FloodLimits

#: small, and worth more than their bytes: without them a page would show a cell as running for ever, or without its end
ALWAYS_PASS = frozenset(
    {"status", "execute_input", "execute_reply", "execute_result", "error", "kernel_info_reply", "shutdown_reply"}
)
SMALL_BYTES = 64 * 1024
#: how many times more of them may pass
ESSENTIALS = 4

FLOOD_NOTICE = gettext_noop(
    "Output limit reached: this kernel sends more than a page can show, so some of its output is left out. "
    "Print less, or write it to a file."
)


class OutputGate:
    """The gate of one kernel. Every copy that goes to a page counts; what is kept for an absent page counts too."""

    def __init__(self, limits: FloodLimits) -> None:
        """Start with a full budget."""
        self._gate = FloodGate(limits, IOLoop.current().time())
        #: what always passes is bounded too, by a budget that output cannot use up
        generous = replace(
            limits,
            messages_per_s=ESSENTIALS * limits.messages_per_s,
            burst_messages=ESSENTIALS * limits.burst_messages,
            burst_bytes=ESSENTIALS * limits.burst_bytes,
        )
        self._essentials = FloodGate(generous, IOLoop.current().time())

    def admits(self, frames: list[bytes]) -> bool:
        """Whether a message may go further."""
        size, now = sum(len(frame) for frame in frames), IOLoop.current().time()
        if size <= SMALL_BYTES and kind_of(frames) in ALWAYS_PASS:
            return self._essentials.admits(size, now)
        return self._gate.admits(size, now)
