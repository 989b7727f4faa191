"""A cell that failed, and where: the one input of every hint."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from nexus_server.tutor.javascript_place import find_line

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")

# The ways in which IPython (new and old), ipykernel and plain Python name a line of the learner's own code.
_FRAMES = (
    re.compile(r"Cell In\s?\[(?P<cell>[^\]]*)\], line (?P<line>\d+)"),
    re.compile(r"Input In \[(?P<cell>[^\]]*)\], in <cell line: (?P<line>\d+)>"),
    re.compile(r"File (?P<cell><ipython-input-[^>]*>|\S*/ipykernel_\S*?\.py):(?P<line>\d+)"),
    re.compile(r'File "(?P<cell><[^>"]*>|[^"]*\bmain\.py|[^"]*ipykernel_[^"]*)", line (?P<line>\d+)'),
    # a warning on stderr: pandas tells an assignment that changes nothing in this way
    re.compile(r"^(?P<cell>\S*/ipykernel_\S*?\.py):(?P<line>\d+): ", re.MULTILINE),
    re.compile(r"(?P<cell>evalmachine\.<anonymous>|<anonymous>|\[?eval\d*\]?|REPL\d*|cell):(?P<line>\d+)"),
)
#: where IPython appends the place to a SyntaxError's message: ``(<file>, line 3)``
_PLACE = re.compile(r"\((?:<[^>]*>|[^()\s]+), line (?P<line>\d+)\)$")
#: what only the Bash kernel calls a failure
_BASH_ENAMES = re.compile(r"Command(?:Failed|NotFound)|NotExecutable|ShellEnded")
#: what only the C kernel does
_C_ENAMES = re.compile(r"CompileError|Redefinition|Program(?:Ended|Failed)")


class Language(StrEnum):
    """The languages that the static rules know."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    SQL = "sql"
    BASH = "bash"
    C = "c"
    R = "r"
    OCTAVE = "octave"


#: parts of kernel names, and the language that the rules read
_LANGUAGES = {
    "python": Language.PYTHON,
    "javascript": Language.JAVASCRIPT,
    "typescript": Language.JAVASCRIPT,
    "deno": Language.JAVASCRIPT,
    "node": Language.JAVASCRIPT,
    "sql": Language.SQL,
    "bash": Language.BASH,
    "octave": Language.OCTAVE,
}


#: kernels whose language's name is part of too many words
_SHORT = {"nexus-c": Language.C, "nexus-r": Language.R, "ir": Language.R}


def language_of(kernel_name: str) -> Language | None:
    """Return the language of a kernel by its name, or None when the rules do not know it."""
    name = kernel_name.casefold()
    if name in _SHORT:
        return _SHORT[name]
    return next((language for part, language in _LANGUAGES.items() if part in name), None)


def strip_ansi(text: str) -> str:
    """Return `text` without terminal colours."""
    return _ANSI.sub("", text)


@dataclass(frozen=True)
class Failure:
    """A cell's source and the error that running it gave, as the kernel's `error` message tells it."""

    cell_source: str
    ename: str
    evalue: str
    traceback: str = ""
    #: the kernel's language; guessed from the traceback when not known
    language: Language | None = None
    #: the learner's other cells, which may define what the failed one uses
    other_cells: tuple[str, ...] = ()
    #: the cell, line by line; line 1 is ``lines[0]``
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        """Strip terminal colours once, and split the cell into lines."""
        object.__setattr__(self, "traceback", strip_ansi(self.traceback))
        object.__setattr__(self, "evalue", strip_ansi(self.evalue))
        object.__setattr__(self, "lines", tuple(self.cell_source.splitlines()))

    @cached_property
    def message(self) -> str:
        """The error's message without the place that IPython appends to it."""
        return _PLACE.sub("", self.evalue).strip()

    @cached_property
    def line_number(self) -> int | None:
        """The line of the cell (from 1) that the error arose on, or None when it is not told or not in this cell."""
        if self.guessed_language is Language.JAVASCRIPT:
            return find_line(self.lines, self.message, self.traceback)
        if place := _PLACE.search(self.evalue):
            return self._within(int(place["line"]))
        frames = list(self._frames())
        if not frames:
            return None
        executed = frames[0][0]
        # The deepest frame of the executed cell: a line inside the learner's function rather than its call.
        return self._within([line for cell, line in frames if cell == executed][-1])

    @cached_property
    def call_line(self) -> int | None:
        """The line of the cell that was being executed at the outermost level, when that differs from `line_number`."""
        frames = list(self._frames())
        first = self._within(frames[0][1]) if frames else None
        return None if first == self.line_number else first

    def line(self, number: int | None) -> str:
        """Return line `number` (from 1) without its indentation, or nothing."""
        if number is None or not 1 <= number <= len(self.lines):
            return ""
        return self.lines[number - 1].strip()

    @property
    def bad_line(self) -> str:
        """The line that the error arose on, without indentation; empty when unknown."""
        return self.line(self.line_number)

    @cached_property
    def guessed_language(self) -> Language:
        """The given language, else what the traceback looks like."""
        if self.language is not None:
            return self.language
        if re.match(r"cell:\d+: (?:Operational|Integrity|Programming|Data)Error: ", self.traceback):
            return Language.SQL
        if _C_ENAMES.fullmatch(self.ename):
            return Language.C
        if _BASH_ENAMES.fullmatch(self.ename):
            return Language.BASH
        looks_js = self.ename == "ReferenceError" or re.search(r"^\s+at .*:\d+:\d+\)?$", self.traceback, re.MULTILINE)
        return Language.JAVASCRIPT if looks_js else Language.PYTHON

    def _within(self, number: int) -> int | None:
        return number if 1 <= number <= len(self.lines) else None

    def _frames(self) -> list[tuple[str, int]]:
        found = [
            (match.start(), match["cell"], int(match["line"]))
            for pattern in _FRAMES
            for match in pattern.finditer(self.traceback)
        ]
        return [(cell, line) for _, cell, line in sorted(found)]
