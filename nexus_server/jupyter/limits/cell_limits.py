"""Limits that a cell ran into while its kernel lives on, and telling the learner which one it was.

The machine counts refused processes and killed children (`kernels/docker/counters.py`), and the workspace knows that
it is full; other limits are known by the error that the cell ended with. Who forges errors is told what is not so, in
his own page, and not often.
"""

import re
import time
from collections import deque
from enum import StrEnum
from typing import Any, Protocol

from nexus_server.events.messages import EventMessage, KernelLimit
from nexus_server.jupyter.messages.status import ErrorMessage, Status, error_of
from nexus_server.kernels.sandbox import Hits
from nexus_server.phrases import gettext_noop
from nexus_server.tenancy.flood import FloodGate, FloodLimits

#: cells of which is remembered what was told about them; every page's stream, and the server's own, brings them again
REMEMBERED = 64
#: how often a kernel's limits are worth a word
TOLD = FloodLimits(bytes_per_s=0, burst_bytes=0, messages_per_s=0.5, burst_messages=6, max_message_bytes=0)


class CellLimit(StrEnum):
    """A limit that ends a cell, or a program that it started, but not the kernel."""

    PROCESSES = "processes"
    MEMORY = "memory"
    DISK = "disk"
    FILES = "files"
    FILE_SIZE = "file_size"


SENTENCES: dict[CellLimit, str] = {
    CellLimit.PROCESSES: gettext_noop(
        "Process limit reached: a kernel may have only a few processes and threads at once. "
        "Wait for the others to end, start fewer of them, or restart the kernel."
    ),
    CellLimit.MEMORY: gettext_noop(
        "Memory limit reached: something that this cell wanted did not fit into the kernel's memory. "
        "Work on less data at a time, and delete big variables that you do not need any more."
    ),
    CellLimit.DISK: gettext_noop(
        "Disk limit reached: there is no room left for files. "
        "Delete files that you do not need, then run the cell again."
    ),
    CellLimit.FILES: gettext_noop(
        "Too many open files: close files when you are done with them; “with open(…) as file” does that by itself."
    ),
    CellLimit.FILE_SIZE: gettext_noop(
        "This file is too large: a single file may not grow that big here. Write less, or several smaller files."
    ),
}

#: by the numbers and words that Linux, Python and Deno give their errors
SIGNS: tuple[tuple[re.Pattern[str], CellLimit], ...] = (
    (re.compile(r"(Errno|os error) (28|122)\b|No space left on device|quota exceeded", re.IGNORECASE), CellLimit.DISK),
    (re.compile(r"(Errno|os error) 24\b|Too many open files", re.IGNORECASE), CellLimit.FILES),
    (re.compile(r"(Errno|os error) 27\b|File too large", re.IGNORECASE), CellLimit.FILE_SIZE),
    (re.compile(r"^MemoryError\b|Cannot allocate memory|Unable to allocate", re.IGNORECASE), CellLimit.MEMORY),
)
#: asked only where nobody counts: what would have to wait says the same (EAGAIN)
PROCESS_SIGN = re.compile(
    r"(Errno|os error) 11\b|Resource temporarily unavailable|can't (start|allocate) (a )?new thread", re.IGNORECASE
)


def limit_behind(error: ErrorMessage, *, is_counted: bool = False) -> CellLimit | None:
    """Return which of a kernel's limits an error comes from, if any; `is_counted`: the machine counts processes."""
    text = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
    if not is_counted and PROCESS_SIGN.search(text):
        return CellLimit.PROCESSES
    return next((limit for sign, limit in SIGNS if sign.search(text)), None)


class LimitedKernel(Protocol):
    """What a `LimitWatch` asks of a kernel."""

    kernel_id: str

    def hits(self) -> Hits | None:
        """Return how often the kernel's sandbox ran into its limits, where that is counted."""
        ...

    def has_full_disk(self) -> bool:
        """Whether next to nothing more fits into the workspace."""
        ...

    def tell(self, text: str, parent: dict[str, Any], limit: str = "") -> None:
        """Show a notice under the cell of `parent`, in every page, or keep it for the one that comes back."""
        ...

    def announce(self, event: EventMessage) -> None:
        """Tell the learner's event sockets."""
        ...


class LimitWatch:
    """Notices that one kernel's cells ran into limits, from what is counted and from what the kernel says."""

    def __init__(self, kernel: LimitedKernel) -> None:
        """Watch from `begin` on."""
        self._kernel = kernel
        self._seen: Hits | None = None
        self._was_full = False
        #: ids of requests whose end was looked at, and what was told about which
        self._ended: deque[str] = deque(maxlen=REMEMBERED)
        self._told: deque[tuple[str, CellLimit]] = deque(maxlen=REMEMBERED)
        self._gate = FloodGate(TOLD, time.monotonic())

    def begin(self) -> None:
        """Take what was so far as given: the kernel has just been started, or taken over."""
        self._seen, self._was_full = self._kernel.hits(), self._kernel.has_full_disk()

    def note(self, frames: list[bytes], status: Status | None) -> None:
        """Note a message of the IOPub channel, which is `status` where it is one.

        Whoever reads it first tells the limit, before passing on that the cell ended: later nobody would show it.
        """
        if status is None:
            error = error_of(frames)
            limit = error and limit_behind(error, is_counted=self._seen is not None)
            if error and limit:
                self._tell(limit, error.parent)
        elif status.state == "idle" and status.is_of_cell:
            request = str(status.parent.get("msg_id"))
            if request not in self._ended:
                self._ended.append(request)
                self.look(status.parent)

    def look(self, parent: dict[str, Any]) -> None:
        """Tell what was run into since the last look; `parent` is the cell's request."""
        before, now = self._seen, self._kernel.hits()
        is_full, was_full = self._kernel.has_full_disk(), self._was_full
        self._seen, self._was_full = now, is_full
        if before is not None and now is not None:
            if now.processes > before.processes:
                self._tell(CellLimit.PROCESSES, parent)
            if now.memory > before.memory:
                self._tell(CellLimit.MEMORY, parent)
        if is_full and not was_full:
            self._tell(CellLimit.DISK, parent)

    def was_told(self, limit: CellLimit, parent: dict[str, Any]) -> bool:
        """Whether the cell with this request ran into a limit."""
        return (str(parent.get("msg_id")), limit) in self._told

    def _tell(self, limit: CellLimit, parent: dict[str, Any]) -> None:
        told = (str(parent.get("msg_id")), limit)
        if told in self._told or not self._gate.admits(0, time.monotonic()):
            return
        self._told.append(told)
        message = SENTENCES[limit]
        self._kernel.tell(message, parent, str(limit))
        self._kernel.announce(KernelLimit(kernel_id=self._kernel.kernel_id, limit=str(limit), message=message))
