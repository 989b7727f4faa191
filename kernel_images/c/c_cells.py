"""Cells of C: GCC checks them, TCC runs them in memory, and definitions stay for the cells behind.

A cell of definitions alone is checked and kept. One with a `main` is a program, one with statements runs them; both
find what was kept. Each run is a program of its own, so that variables begin anew.
"""

import os
import re
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from c_names import FUNCTIONS, KEYWORDS
from c_parts import Part, parts
from cell_output import CellError, Printed, Shown
from child import Ask, Child
from site_commands import COMMANDS

HERE = Path(__file__).parent
#: warnings that tell of mistakes, and those that are mistakes
CHECK = (
    *("gcc", "-x", "c", "-std=gnu17", "-S", "-o", "/dev/null", "-fno-diagnostics-show-option", "-Wall", "-Wno-unused"),
    *("-Wno-main", "-Werror=implicit-function-declaration", "-Werror=int-conversion", "-Werror=return-type"),
    *("-Werror=incompatible-pointer-types", "-Werror=format"),
)
#: with checked bounds, and the line of a crash
RUN = ("tcc", "-w", "-b", "-run", "-lm")
_ERROR = re.compile(r"^(?P<cell>\S+?):(?P<line>\d+):(?:\d+:)? (?:fatal )?error: (?P<message>.*)$", re.MULTILINE)
_CRASH = re.compile(
    r"^\S*?(?P<cell>cell(?:-\d+)?):(?P<line>\d+): at \w+: RUNTIME ERROR: (?P<message>.*)$", re.MULTILINE
)
_FRAME = re.compile(r"^\S*?\bcell:(?P<line>\d+): by ", re.MULTILINE)
_ASSERT = re.compile(
    r"^(?:tcc: )?\S*?(?P<cell>cell(?:-\d+)?):(?P<line>\d+): \w+: Assertion `(?P<what>.*)' failed\.$", re.MULTILINE
)
_ENDED = re.compile(r"RUNTIME ERROR: (?P<message>.*)$", re.MULTILINE)
_CONDITION = re.compile(r"#\s*(?:if|ifdef|ifndef|elif|else|endif)\b")
_COMMAND = re.compile(r"\s*\.(?P<name>write|remove|environment) (?P<argument>.*)")
#: what TCC alone says
_UNKNOWN = re.compile(r"^tcc: error: (?P<message>.*)$", re.MULTILINE)
#: characters of what was printed last that are searched for the reason of a crash
TAIL = 4000


@dataclass(frozen=True)
class _Kept:
    """A part of an earlier cell."""

    part: Part
    cell: str

    @property
    def source(self) -> str:
        return f'#line {self.part.line} "{self.cell}"\n{self.part.text}\n'


class Session:
    """What the cells of one kernel have defined."""

    def __init__(self, ask: Ask) -> None:
        """Begin with nothing; `ask` answers what a program reads."""
        self._ask = ask
        self._kept: dict[str, _Kept] = {}
        self._count = 0

    def run(self, cell: str) -> Generator[Printed | Shown, None, None]:
        """Run a cell and yield what it puts out.

        Raises:
            CellError: GCC refuses it, a check fails, or the program crashes or ends with a status.
            KeyboardInterrupt: somebody interrupted it.
        """
        self._count += 1
        while command := _COMMAND.match(cell):
            COMMANDS[command["name"]](command["argument"])
            cell = "\n" + cell[command.end() :]
        found = list(parts(cell))
        _refuse(found)
        if not found:
            return
        source = self._source(found)
        with tempfile.TemporaryDirectory(prefix="cell-") as folder:
            file = Path(folder, "cell.c")
            file.write_text(source.text, encoding="utf-8")
            yield from _check(file, last_line=cell.rstrip().count("\n") + 1)
            if source.runs:
                yield from _Run(source.nonce, self._ask).run(file)
        self._keep(found, is_only_definitions=not source.runs)

    def _keep(self, found: list[Part], *, is_only_definitions: bool) -> None:
        for part in found:
            if part.function != "main" and (part.is_outside or is_only_definitions):
                name = part.name
                self._kept.pop(name, None)
                # The cell's own name in messages is free for the next one.
                self._kept[name] = _Kept(part, f"cell-{self._count}")

    def _source(self, found: list[Part]) -> "_Source":
        is_program = any(part.function == "main" for part in found)
        are_definitions = all(part.is_outside or part.is_declaration for part in found)
        outside = [part for part in found if is_program or are_definitions or part.is_outside]
        body = [part for part in found if part not in outside]
        replaced = {part.name for part in outside}
        kept = [each for name, each in self._kept.items() if name not in replaced]
        nonce = secrets.token_hex(8)
        everything = [*kept, *(_Kept(part, "cell") for part in outside)]
        text = _outside(everything) + _fresh_names()
        if is_program:
            main = next(each for each in everything if each.part.function == "main")
            begun = replace(main.part, text=main.part.beginning_with("nexus_begin();"))
            text += _Kept(begun, "cell").source
        elif not are_definitions:
            statements = "".join(_Kept(part, "cell").source for part in body)
            text += f"static void nexus_cell(void) {{\n{statements}\n}}\n{_MAIN % nonce}"
        return _Source(text, "" if is_program else nonce, runs=is_program or not are_definitions)


def _refuse(found: list[Part]) -> None:
    """Refuse what would be misunderstood.

    Raises:
        CellError: a part takes a name of the library, or is there on a condition.
    """
    for part in found:
        if part.function in FUNCTIONS:
            raise CellError("Redefinition", f"`{part.function}` is the C library's own function", part.line)
        if _CONDITION.match(part.bare):
            raise CellError("CompileError", "a cell cannot be compiled on a condition such as #if", part.line)


_MAIN = """int main(void) {
  nexus_begin();
  nexus_cell();
  fflush(stdout);
  dprintf(nexus_told, "end %s\\n");
  return 0;
}
"""


@dataclass(frozen=True)
class _Source:
    text: str
    #: told at the end of statements; empty for a program, whose status counts
    nonce: str
    runs: bool


def _outside(everything: list[_Kept]) -> str:
    """Directives, then types, prototypes, variables and functions: the order of the cells does not matter."""
    directives = [each for each in everything if each.part.bare.startswith("#")]
    functions = [each for each in everything if each.part.function not in {None, "main"}]
    types = [each for each in everything if each.part.is_type]
    others = [each for each in everything if each not in (*directives, *functions, *types) and not each.part.function]
    prototypes = [f"{each.part.prototype};\n" for each in functions]
    text = "".join(each.source for each in (*directives, *types)) + "".join(prototypes)
    return f'#include "{HERE}/cell.h"\n{text}' + "".join(each.source for each in (*others, *functions))


def _fresh_names() -> str:
    """No macro of a cell stands before a word of the language or a function of the library in what is run."""
    names = "".join(f"#undef {name}\n" for name in (*sorted(KEYWORDS), *sorted(FUNCTIONS)))
    return f'{names}#include "{HERE}/checks.h"\n'


def _check(file: Path, *, last_line: int) -> Generator[Printed, None, None]:
    env = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run([*CHECK, str(file)], capture_output=True, text=True, errors="replace", check=False, env=env)
    said = done.stderr.replace(f"{file}:", "cell:").replace("cc1: some warnings being treated as errors\n", "")
    if said:
        yield Printed(said, "stderr")
    if done.returncode:
        found = _ERROR.search(said)
        if found is None:
            raise CellError("CompileError", said.strip().splitlines()[-1] if said.strip() else "GCC cannot read it")
        # What is open at the end of the cell is missed only behind it.
        line = min(int(found["line"]), last_line) if found["cell"] == "cell" else None
        raise CellError("CompileError", found["message"], line)


class _Run:
    """One run of a program."""

    def __init__(self, nonce: str, ask: Ask) -> None:
        self._nonce = nonce
        self._ask = ask
        self._has_ended = False
        self._unmet: CellError | None = None
        self._was_refused = False
        self._tail = ""

    def run(self, file: Path) -> Generator[Printed | Shown, None, None]:
        child = Child(lambda told, asked: ["env", f"NEXUS_PIPES={told},{asked}", *RUN, str(file)])
        try:
            for heard in child.listen(lambda: False):
                if isinstance(heard, Printed):
                    self._tail = (self._tail + heard.text)[-TAIL:]
                    yield heard
                elif (shown := self._take(child, heard.line)) is not None:
                    yield shown
        finally:
            if not child.has_ended:
                child.interrupt(lambda: child.has_ended, lambda _line: None)
            status, ending = child.process.returncode, child.ending
            child.close()
        if error := self._error(status, ending):
            raise error

    def _take(self, child: Child, line: str) -> Shown | None:
        word, _, rest = line.partition(" ")
        if word == "ask":
            self._was_refused = not child.answer(self._ask, "", is_secret=False) or self._was_refused
        elif word == "result":
            return Shown({"text/plain": rest}, is_result=True)
        elif word == "unmet":
            place, _, message = rest.partition(" ")
            self._unmet = CellError("AssertionError", message, int(place) if place.isdecimal() else None)
        elif word == "end":
            self._has_ended = rest == self._nonce
        return None

    def _error(self, status: int, ending: str) -> CellError | None:
        if self._was_refused:
            return CellError("StdinNotImplementedError", "the program asks for input, and nobody can answer")
        if error := self._unmet or self._told_error():
            return error
        if status < 0:
            return CellError("RuntimeError", f"the program ended by {signal.Signals(-status).name}")
        if status:
            return CellError("ProgramFailed", f"the program ended{ending}")
        if self._nonce and not self._has_ended:
            return CellError("ProgramEnded", "the program ended before the cell did")
        return None

    def _told_error(self) -> CellError | None:
        """Return what the program or TCC said at the end."""
        if found := _ASSERT.search(self._tail):
            return CellError("AssertionError", f"`{found['what']}` does not hold", _own_line(found, self._tail))
        if found := _CRASH.search(self._tail):
            return CellError("RuntimeError", found["message"], _own_line(found, self._tail))
        if found := _ENDED.search(self._tail):
            return CellError("RuntimeError", found["message"])
        if found := _UNKNOWN.search(self._tail):
            return CellError("CompileError", found["message"])
        return None


def _own_line(found: re.Match[str], tail: str) -> int | None:
    """Return the line of this cell: where it broke, or where this cell called what broke."""
    if found["cell"] == "cell":
        return int(found["line"])
    frame = _FRAME.search(tail, found.end())
    return int(frame["line"]) if frame else None
