"""A Bash that runs cells, one after another, and says what came of each."""

import contextlib
import re
import signal
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

from cell_output import CellError, Printed, Shown
from child import Ask, Child

HERE = Path(__file__).parent
BASH = ("bash", "--noprofile", "--norc")
#: characters of a command that an error quotes
MAX_COMMAND = 200
#: characters of a last line that an error repeats
MAX_COMPLAINT = 400
LOST = "variables and functions are gone"

_OWN_PLACE = re.compile(r"\S*/(?:cell-(?P<cell>\d+)|shell\.bash): (?:line (?P<line>\d+): )?")
_COMPLAINT = re.compile(r"[^\s:]+: \S")


class _Cell:
    """What the shell told of the running cell."""

    def __init__(self, number: int, source: str) -> None:
        self.number = number
        self.may_trap = "trap" in source
        self.status: int | None = None
        self.failed: tuple[int, str] | None = None
        self.unmet = ""
        self.was_refused = False
        self.is_trapped = False
        self._tail = ""

    @property
    def has_ended(self) -> bool:
        """Whether the shell said so."""
        return self.status is not None

    def take(self, line: str) -> Shown | None:
        """Note a line; a result is handed back."""
        word, _, rest = line.partition(" ")
        match word:
            case "result":
                return Shown({"text/plain": rest}, is_result=True)
            case "unmet":
                self.unmet = rest
            case "trapped":
                self.is_trapped = True
            case "failed" | "end":
                with contextlib.suppress(ValueError):  # the learner's programs can write here, too
                    self._take_numbers(word, rest)
        return None

    def _take_numbers(self, word: str, rest: str) -> None:
        if word == "failed":
            _status, place, command = rest.split(" ", 2)
            self.failed = (int(place), command)
            return
        number, status = map(int, rest.split())
        if number == self.number:
            self.status = status

    def error(self) -> CellError | None:
        """Return why it failed, or None."""
        line, command = self.failed or (self.line_of_complaint(), "")
        if self.unmet:
            # Whatever the cell makes of it: a value that was expected is not there.
            return CellError("AssertionError", self.unmet, line if command == "expect" else None)
        if self.is_trapped and not self.may_trap:
            return CellError("TrapChanged", "a function changed the traps by which failed commands are seen")
        if not self.status:
            return None
        if self.was_refused and command == "read":
            return CellError("StdinNotImplementedError", "the cell asks for input, and nobody can answer", line)
        return self._failure(line, command)

    def _failure(self, line: int | None, command: str) -> CellError:
        kind = {126: "NotExecutable", 127: "CommandNotFound"}.get(self.status or 1, "CommandFailed")
        quoted = command if len(command) <= MAX_COMMAND else command[: MAX_COMMAND - 1] + "\u2026"
        what = f"`{quoted}`" if quoted else "the last command"
        return CellError(
            kind, f"{what} ended with status {self.status}{_signal_of(self.status or 1)}{self.complaint}", line
        )

    def note_printed(self, text: str) -> None:
        """Remember the last line that was printed."""
        self._tail = (self._tail + text)[-MAX_COMPLAINT:]

    @property
    def complaint(self) -> str:
        """What the last line says, where it is a program's or Bash's own complaint: `ls: cannot access 'x': ...`."""
        *_, last = ["", *self._tail.splitlines()]
        if own := _OWN_PLACE.match(last):
            return f": {last[own.end() :]}"
        return f": {last}" if _COMPLAINT.match(last) else ""

    def line_of_complaint(self) -> int | None:
        """Return the line of this cell that Bash's own last complaint is about."""
        *_, last = ["", *self._tail.splitlines()]
        own = _OWN_PLACE.match(last)
        return int(own["line"]) if own and own["line"] and own["cell"] == str(self.number) else None


class Shell:
    """The Bash of one kernel. It begins anew when a cell ends it."""

    def __init__(self, ask: Ask, folder: Path = Path("/tmp")) -> None:  # noqa: S108  nobody else's, and a short name
        """Start nothing yet; `ask` answers `read`, and cells lie in `folder` while they run."""
        self._ask = ask
        self._folder = folder
        self._child: Child | None = None
        self._count = 0

    def close(self) -> None:
        """End the shell; the next cell begins a new one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def run(self, source: str) -> Generator[Printed | Shown, None, None]:
        """Run a cell and yield what it puts out.

        Raises:
            CellError: a command failed, the cell cannot be read, or it ended the shell.
            KeyboardInterrupt: somebody interrupted it.
        """
        self._count += 1
        file = self._folder / f"cell-{self._count}"
        file.write_text(source + "\n", encoding="utf-8")
        try:
            _check_syntax(file)
            yield from self._run(_Cell(self._count, source), file)
        finally:
            file.unlink()

    def _run(self, cell: _Cell, file: Path) -> Generator[Printed | Shown, None, None]:
        child = self._child = self._child or self._start()
        try:
            child.say(f"{cell.number} {file}")
            for heard in child.listen(lambda: cell.has_ended):
                if isinstance(heard, Printed):
                    cell.note_printed(heard.text)
                    yield heard
                elif heard.line.startswith("ask "):
                    self._answer(child, cell, heard.line)
                elif shown := cell.take(heard.line):
                    yield shown
        finally:
            if not cell.has_ended and not child.has_ended:
                child.interrupt(lambda: cell.has_ended, cell.take)
            ending = child.ending
            if not cell.has_ended:
                self.close()
        if not cell.has_ended:
            raise CellError("ShellEnded", f"the shell ended{ending}; {LOST}{cell.complaint}", cell.line_of_complaint())
        if error := cell.error():
            raise error

    def _start(self) -> Child:
        empty = self._folder / "empty"
        empty.write_bytes(b"")
        files = [str(each) for each in (HERE / "shell.bash", HERE / "functions.bash", empty)]
        return Child(lambda told, asked: [*BASH, *files, str(told), str(asked)])

    def _answer(self, child: Child, cell: _Cell, line: str) -> None:
        _word, hidden, prompt = line.split(" ", 2)
        if not child.answer(self._ask, prompt, is_secret=hidden == "1"):
            cell.was_refused = True


def _check_syntax(file: Path) -> None:
    """Read the cell without running it.

    Raises:
        CellError: Bash cannot read it.
    """
    checked = subprocess.run(
        [*BASH, "-O", "extglob", "-n", str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if checked.returncode == 0:
        return
    said = checked.stderr.decode(errors="replace")
    found = re.search(r": line (?P<line>\d+): (?P<message>.*)", said)
    if found is None:
        raise CellError("SyntaxError", said.strip() or "Bash cannot read the cell")
    raise CellError("SyntaxError", found["message"], int(found["line"]))


def is_complete(source: str) -> str:
    """Return whether a cell could be run as it is: "complete", "incomplete" or "invalid"."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="cell-") as file:
        file.write(source + "\n")
        file.flush()
        try:
            _check_syntax(Path(file.name))
        except CellError as error:
            return "incomplete" if "unexpected end of file" in error.message or "EOF" in error.message else "invalid"
    return "complete"


def complete(word: str, *, is_first: bool) -> list[str]:
    """Return what a word may become: a command, where it is the first of its line, and a file."""
    actions = ["-c"] if is_first else []
    done = subprocess.run(
        [*BASH, "-c", 'compgen "$@"', "bash", *actions, "-f", "--", word],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(set(done.stdout.splitlines()))


def _signal_of(status: int) -> str:
    return f" ({signal.Signals(status - 128).name})" if status - 128 in set(signal.Signals) else ""
