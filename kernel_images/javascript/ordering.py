"""A cell's output before the cell's end, for a kernel that says `idle` while output is still on its way.

Deno starts to send a cell's result without waiting for that, and gives printed text 5 ms to arrive, which it may not
have when it is throttled. So two things wait here until every thread of the kernel sleeps, when nothing can be under
way any more: the cell's `idle`, and the learner's next request (Deno would take late output for the next cell's). A
kernel that never sleeps, because of something in the background, is waited for `LONGEST_WAIT_S` after its last output,
or, while that goes on, for as long as what the cell can have printed takes.

A cell that Deno cannot read ends with no output at all. Its `error` is put in here, before its `idle` (`syntax`).
"""

import os
import time

from zmtp import COMMAND, DELIMITER, GREETING_BYTES, Splitter, part

LONGEST_WAIT_S = 2.0
#: however long the output goes on
LONGEST_OUTPUT_S = 20.0
#: a cell's output may take so many times as long as the cell: printing is quick, sending is not
LONGEST_DRAIN = 20.0
#: and no longer than this: somebody waits for the cell's end
LONGEST_HOLD_S = 120.0
#: bytes of requests that wait here, not with the server, which may be killed; they count as the learner's own memory
MAX_QUEUED_BYTES = 2 << 20
#: the content of Deno's reply to a cell that it did not run, as far as it says that
NOT_RUN = {"status": "error", "ename": "Error", "evalue": "Execution failed", "traceback": []}


def is_asleep(pid: int) -> bool:
    """Whether every thread of a process waits for something at the same time.

    Threads that hand work to one another may each be found asleep, one after the other. So nothing may have run from
    the first look to the last.
    """
    try:
        threads = [f"/proc/{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208  pathlib costs memory
        if not all(map(_waits, threads)):
            return False
        before = [_ran(thread) for thread in threads]
        return all(map(_waits, threads)) and before == [_ran(thread) for thread in threads]
    except OSError:
        return False


def _waits(thread: str) -> bool:
    """Whether a thread waits for something; a throttled one that has work does not."""
    with open(f"{thread}/stat", "rb") as file:  # noqa: PTH123  pathlib costs memory
        return file.read().rpartition(b")")[2][1:2] in b"SIZ"


def _ran(thread: str) -> bytes:
    """How long and how often a thread has run; nothing where the system does not say."""
    try:
        with open(f"{thread}/schedstat", "rb") as file:  # noqa: PTH123  pathlib costs memory
            return file.read()
    except FileNotFoundError:
        return b""


class NotRun:
    """The last cell that the kernel answered without having run it, and why; filled by what clients ask."""

    #: id of the message that brought the cell, and its code
    msg_id: object = None
    code = ""
    #: content of its `error` message, once it is known
    error: dict[str, object] | None = None
    #: what the kernel signs its messages with
    key = b""

    @classmethod
    def note(cls, msg_id: object, code: str) -> None:
        """A cell was answered so."""
        cls.msg_id, cls.code, cls.error = msg_id, code, None

    @classmethod
    def say(cls, idle: list[bytes]) -> bytes:
        """Return the `error` message of the cell that this `idle` ends; nothing for a cell that was run."""
        if cls.msg_id is None or part(idle, 3).get("msg_id") != cls.msg_id:
            return b""
        import syntax  # noqa: PLC0415  costs memory in every kernel, and most never need it

        cls.error = cls.error or syntax.reason(cls.code)
        return bytes(syntax.error_like(idle, cls.error, cls.key))


class Outputs:
    """What the kernel publishes; holds a cell's `idle`."""

    #: when anything was published last, to whomever
    latest = 0.0
    #: ids of the cells that the kernel has not answered yet, whoever asked
    unanswered: set[object] = set()  # noqa: RUF012  shared by all on purpose

    def __init__(self) -> None:
        """Hold nothing."""
        self.splitter = Splitter()
        self.held = b""
        self.held_frames: list[bytes] = []
        self.begun = self.since = 0.0
        #: what the kernel said first: how ZeroMQ's two sides greet each other
        self.hello = b""
        self.is_greeting = True
        #: whether only whole messages pass, because nobody is there, and whether the rest of a large one is left out
        self.is_kept = self.skips = False

    def feed(self, data: bytes) -> bytes:
        """Take what the kernel sent; return what may pass."""
        passing = []
        for raw, frames in self.splitter.feed(data):
            if self.is_greeting and not frames and (len(self.hello) < GREETING_BYTES or raw[0] & COMMAND):
                self.hello += raw
            self.is_greeting = self.is_greeting and not frames
            if self.skips and DELIMITER not in frames:
                continue
            self.skips = self.is_kept
            state = part(frames, 5).get("execution_state") if b"status" in b"".join(frames[:3]) else None
            is_of_cell = bool(state) and part(frames, 3).get("msg_type") == "execute_request"
            if state == "idle" and is_of_cell:
                passing.append(self.release())
                self.held, self.held_frames, self.since = raw, frames, time.monotonic()
                continue
            if state and self.held and not is_of_cell:
                self.held += raw  # somebody asked something else meanwhile; that does not end the cell sooner
                continue
            if state:
                self.begun = time.monotonic()
                passing.append(self.release())
            Outputs.latest = time.monotonic()
            passing.append(raw)
        return b"".join(passing)

    def is_waiting(self) -> bool:
        """Whether something is held until the kernel sleeps."""
        return bool(self.held)

    def is_ready(self) -> bool:
        """Whether a kernel that sleeps has done all that is waited for: it may doze before it answers."""
        return part(self.held_frames, 3).get("msg_id") not in Outputs.unanswered

    def release(self) -> bytes:
        """Return what was held, after the error of a cell that was not run."""
        released, self.held = self.held, b""
        return NotRun.say(self.held_frames) + released if released else b""


def is_overdue(gate: "Outputs | Requests") -> bool:
    """Whether what waits has waited long enough, asleep or not."""
    now = time.monotonic()
    longest = min(max(LONGEST_OUTPUT_S, LONGEST_DRAIN * (gate.since - gate.begun)), LONGEST_HOLD_S)
    return now - max(gate.since, Outputs.latest) > LONGEST_WAIT_S or now - gate.since > longest


class Requests:
    """What one client asks on the shell channel; holds what follows a cell until the cell is over."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.up, self.down = Splitter(), Splitter()
        #: what waits, with the message's frames when it brings a cell
        self.queue: list[tuple[bytes, list[bytes]]] = []
        self.queued_bytes = 0
        #: frames of the cell that runs
        self.running: list[bytes] = []
        self.is_settling = False
        self.begun = self.since = 0.0

    def feed(self, data: bytes) -> bytes:
        """Take what the client sent; return what may pass."""
        for raw, frames in self.up.feed(data):
            self.queued_bytes += len(raw)
            self.queue.append((raw, frames if part(frames, 2).get("msg_type") == "execute_request" else []))
        return self.passing()

    def passing(self) -> bytes:
        """Everything up to the next cell, unless one is running."""
        found = []
        while self.queue and not (self.running or self.is_settling):
            raw, self.running = self.queue.pop(0)
            self.queued_bytes -= len(raw)
            self.begun = time.monotonic()
            if self.running:
                Outputs.unanswered.add(part(self.running, 2).get("msg_id"))
            found.append(raw)
        return b"".join(found)

    def watch(self, data: bytes) -> bytes:
        """Look for the end of a cell in what the kernel answers; return all of it."""
        for _, frames in self.down.feed(data):
            if self.running and part(frames, 2).get("msg_type") == "execute_reply":
                if part(frames, 5).items() >= NOT_RUN.items():
                    NotRun.note(part(self.running, 2).get("msg_id"), str(part(self.running, 5).get("code", "")))
                Outputs.unanswered.discard(part(self.running, 2).get("msg_id"))
                self.running, self.is_settling, self.since = [], True, time.monotonic()
        return data

    def is_full(self) -> bool:
        """Whether the client has to wait before it asks for more."""
        return self.queued_bytes > MAX_QUEUED_BYTES

    def is_busy(self) -> bool:
        """Whether anything that was asked is not done yet."""
        return bool(self.queue or self.running or self.is_settling)

    def is_waiting(self) -> bool:
        """Whether the next request waits until the kernel sleeps."""
        return self.is_settling

    def is_ready(self) -> bool:
        """Whether a kernel that sleeps has done all that is waited for: it has answered."""
        return True

    def release(self) -> bytes:
        """Let the next request pass, if there is one."""
        self.is_settling = False
        return self.passing()
