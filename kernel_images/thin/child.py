"""A program that runs cells: what it prints, what it tells the kernel beside that, and how it ends. Nothing of Jupyter.

It has three pipes: both of its output streams in the order of their writing, as at a terminal; lines that it tells the
kernel, such as a question; lines that the kernel answers.
"""

import codecs
import contextlib
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from cell_output import Printed

#: seconds between two looks at whether the program still lives
LOOK_S = 0.2
#: seconds that an interrupted program has to end what it does by itself
GRACE_S = 5.0
READ_BYTES = 1 << 16

#: asks the learner: a prompt, and whether the answer is to be hidden; EOFError when there is no more
Ask = Callable[[str, bool], str]


@dataclass(frozen=True)
class Told:
    """A line that the program told the kernel."""

    line: str


class Child:
    """One program. Whoever starts it closes it."""

    def __init__(self, command: Callable[[int, int], Sequence[str]]) -> None:
        """Start it; `command` gets the descriptors on which it tells, and on which it is answered."""
        self._printed, printed = os.pipe()
        self._told, told = os.pipe()
        asked, self._asked = os.pipe()
        self.process = subprocess.Popen(
            command(told, asked),
            # No program waits for what never comes: its standard input is at its end.
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            pass_fds=(told, asked),
            process_group=0,
        )
        for descriptor in (printed, told, asked):
            os.close(descriptor)
        os.set_blocking(self._printed, False)
        os.set_blocking(self._told, False)
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = b""

    @property
    def has_ended(self) -> bool:
        """Whether the program itself has ended; what it started may live on."""
        return self.process.poll() is not None

    @property
    def ending(self) -> str:
        """How it ended, in words; nothing while it runs."""
        code = self.process.poll()
        if code is None:
            return ""
        return f" with status {code}" if code >= 0 else f" by {signal.Signals(-code).name}"

    def say(self, line: str) -> None:
        """Send a line; a program that has ended does not hear it."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._asked, line.encode() + b"\n")

    def answer(self, ask: Ask, prompt: str, *, is_secret: bool) -> bool:
        """Ask the learner and send the line, as `answer LINE` or `none`; return whether there was somebody to ask."""
        try:
            self.say("answer " + ask(prompt, is_secret).replace("\n", " "))
        except EOFError:
            self.say("none")
        except RuntimeError:  # ipykernel's StdinNotImplementedError is one
            self.say("none")
            return False
        return True

    def listen(self, is_over: Callable[[], bool]) -> Generator[Printed | Told, None, None]:
        """Yield what comes until `is_over` says so, or the program has ended."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._printed, selectors.EVENT_READ)
            ready.register(self._told, selectors.EVENT_READ)
            is_last = False
            while not is_last:
                ready.select(LOOK_S)
                is_last = self.has_ended
                told = _read(self._told)
                # What was printed before something was told is there by now.
                while data := _read(self._printed):
                    if text := self._text.decode(data):
                        yield Printed(text)
                yield from map(Told, self._lines(told))
                is_last = is_last or is_over()
        if rest := self._text.decode(b"", final=True):
            yield Printed(rest)

    def interrupt(self, is_over: Callable[[], bool], hear: Callable[[str], object]) -> None:
        """End what it does. What does not end by itself is killed, and the program with it."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._signal(signal.SIGINT)
            with selectors.DefaultSelector() as ready:
                ready.register(self._told, selectors.EVENT_READ)
                while not is_over() and not self.has_ended and ready.select(GRACE_S):
                    for line in self._lines(_read(self._told)):
                        hear(line)
            # What it printed last belongs to no other cell.
            while _read(self._printed):
                pass
            if not is_over():
                self._signal(signal.SIGKILL)
                self.process.wait()
        finally:
            signal.signal(signal.SIGINT, before)

    def close(self) -> None:
        """End it, and what it started."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._printed, self._told, self._asked):
            os.close(descriptor)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def _lines(self, data: bytes) -> list[str]:
        *lines, self._line = (self._line + data).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


def _read(descriptor: int) -> bytes:
    """Read what is there; nothing when there is nothing."""
    try:
        return os.read(descriptor, READ_BYTES)
    except BlockingIOError:
        return b""
