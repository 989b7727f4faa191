"""An interpreter that runs cells one after another, so that what they set stays. Nothing here knows Jupyter.

It is a program behind pipes (`child.py`) that reads `cell NUMBER FILE`, and tells what came of it: `failed LINE KIND
MESSAGE`, `unmet MESSAGE`, `result VALUE`, `picture FILE`, `ask PROMPT`, and at last `end NUMBER`. Then it is asked to
answer `close WORD` with `closed WORD`: a cell that said `end` in its place is still running, or said more than that.
"""

import base64
import re
import secrets
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from urllib.parse import quote

from cell_output import CellError, Printed, Shown
from child import Ask, Child
from site_commands import COMMANDS

_COMMAND = re.compile(
    r"\s*\.(?P<name>reset(?=[ \t]*$)|(?:write|remove|environment)(?= [\[{]))(?P<argument>.*)", re.MULTILINE
)
#: bytes of a picture that is shown
MAX_PICTURE = 2_000_000


class _Cell:
    """What the interpreter told of the running cell."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.word = secrets.token_hex(8)
        self.ends = 0
        self.is_closed = False
        self.failed: CellError | None = None
        self.unmet = ""
        self.was_refused = False

    def take(self, line: str) -> Shown | None:
        """Note a line; what is shown is handed back."""
        word, _, rest = line.partition(" ")
        match word:
            case "result":
                return Shown({"text/plain": rest}, is_result=True)
            case "picture":
                return _picture(Path(rest))
            case "unmet":
                self.unmet = self.unmet or rest
            case "failed":
                self._fail(rest)
            case "end":
                self.ends += rest == str(self.number)
            case "closed":
                self.is_closed = rest == self.word
        return None

    def _fail(self, rest: str) -> None:
        place, kind, *message = rest.split(" ", 2)
        line = int(place) if place.isdecimal() and place != "0" else None
        self.failed = self.failed or CellError(kind, " ".join(message), line)

    def error(self) -> CellError | None:
        """Return why it failed, or None."""
        line = self.failed.line if self.failed else None
        if self.unmet:
            # Whatever the cell makes of it: a value that was expected is not there.
            return CellError("AssertionError", self.unmet, line)
        if self.was_refused and self.failed:
            return CellError("StdinNotImplementedError", "the cell asks for input, and nobody can answer", line)
        return self.failed


class Interpreter:
    """The interpreter of one kernel. It begins anew when a cell ends it."""

    def __init__(
        self,
        command: Callable[[int, int], Sequence[str]],
        ask: Ask,
        *,
        extension: str,
        folder: Path = Path("/tmp"),  # noqa: S108  nobody else's, and a short name
    ) -> None:
        """Start nothing yet; `command` gets two descriptors, `ask` answers questions, cells lie in `folder`."""
        self._command = command
        self._ask = ask
        self._extension = extension
        self._folder = folder
        self._child: Child | None = None
        self._count = 0

    def close(self) -> None:
        """End the interpreter; the next cell begins a new one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def run(self, source: str) -> Generator[Printed | Shown, None, None]:
        """Run a cell and yield what it puts out.

        Raises:
            CellError: it failed, or ended the interpreter.
            KeyboardInterrupt: somebody interrupted it.
        """
        while command := _COMMAND.match(source):
            self._obey(command["name"], command["argument"].strip())
            source = "\n" + source[command.end() :]
        if not source.strip():
            return
        self._count += 1
        file = self._folder / f"cell{self._count}{self._extension}"
        file.write_text(source + "\n", encoding="utf-8")
        try:
            yield from self._run(_Cell(self._count), file)
        finally:
            file.unlink(missing_ok=True)

    def _obey(self, name: str, argument: str) -> None:
        if name in COMMANDS:
            COMMANDS[name](argument)
        if self._child is not None and name in {"environment", "reset"}:
            self._child.say(f"{name} {quote(argument)}")

    def _run(self, cell: _Cell, file: Path) -> Generator[Printed | Shown, None, None]:
        child = self._child = self._child or Child(self._command)
        try:
            child.say(f"cell {cell.number} {file}")
            for heard in child.listen(lambda: cell.is_closed):
                if isinstance(heard, Printed):
                    yield heard
                elif (shown := self._hear(child, cell, heard.line)) is not None:
                    yield shown
        finally:
            if not cell.is_closed and not child.has_ended:
                child.interrupt(lambda: cell.is_closed, lambda line: self._hear(child, cell, line))
            ending = child.ending
            if child.has_ended:
                self.close()
        if error := cell.error():
            raise error
        if ending:
            raise CellError("SessionEnded", f"the session ended{ending}: what cells had set is gone")
        if cell.ends != 1:
            raise CellError("ProtocolBroken", "the cell spoke in the kernel's place")

    def _hear(self, child: Child, cell: _Cell, line: str) -> Shown | None:
        if line.startswith("ask "):
            cell.was_refused |= not child.answer(self._ask, line[4:], is_secret=False)
            return None
        before = cell.ends
        shown = cell.take(line)
        if cell.ends > before:
            child.say(f"close {cell.word}")
        return shown


def _picture(file: Path) -> Shown | None:
    """Return a picture that was drawn, and remove its file."""
    try:
        data = file.read_bytes()
        file.unlink()
    except OSError:
        return None
    if len(data) > MAX_PICTURE:
        return None
    return Shown({"image/png": base64.b64encode(data).decode(), "text/plain": "(a picture)"})
