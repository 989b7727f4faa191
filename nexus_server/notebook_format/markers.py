"""Regions inside a cell's source that the student version does not show.

A region starts on a line that contains ``BEGIN <NAME>`` and ends on one that contains ``END <NAME>``; the comment sign
is the language's own business. Regions do not nest.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from nexus_server.notebook_format.errors import UnbalancedMarkersError


class Region(StrEnum):
    """The marked regions of nbgrader's format."""

    SOLUTION = "SOLUTION"
    HIDDEN_TESTS = "HIDDEN TESTS"
    MARK_SCHEME = "MARK SCHEME"


#: what takes a solution's place, by kernel language (nbgrader's own, and a comment for the others)
CODE_STUBS = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
    "r": "# YOUR CODE HERE\nfail()",
    "matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "sas": "/* YOUR CODE HERE */\n %notImplemented;",
    "java": "// YOUR CODE HERE",
    "javascript": "// YOUR CODE HERE\nthrow new Error('not implemented')",
    "typescript": "// YOUR CODE HERE\nthrow new Error('not implemented')",
    "c": "// YOUR CODE HERE",
    "c++": "// YOUR CODE HERE",
    "go": "// YOUR CODE HERE",
    "rust": "// YOUR CODE HERE\nunimplemented!()",
    "sql": "-- YOUR CODE HERE",
    "julia": '# YOUR CODE HERE\nerror("No answer given!")',
    "bash": "# YOUR CODE HERE\nfalse",
}
DEFAULT_CODE_STUB = "# YOUR CODE HERE"
TEXT_STUB = "YOUR ANSWER HERE"


@dataclass(frozen=True, slots=True)
class Span:
    """A region by its marker lines, counted from 1, both included."""

    begin: int
    end: int

    def __contains__(self, line: int) -> bool:
        """Whether the line is inside, or one of the markers."""
        return self.begin <= line <= self.end


def code_stub(language: str) -> str:
    """Return what takes a code solution's place."""
    return CODE_STUBS.get(language.lower(), DEFAULT_CODE_STUB)


def spans(source: str, region: Region) -> list[Span]:
    """Find a cell's regions of one kind.

    Raises:
        UnbalancedMarkersError: a begin inside a region, an end outside one, or no end at all; carries `line`.
    """
    found: list[Span] = []
    begin: int | None = None
    for number, line in enumerate(source.split("\n"), 1):
        if f"BEGIN {region}" in line:
            if begin is not None:
                raise UnbalancedMarkersError(f"BEGIN {region} inside another one (line {number}).", line=number)
            begin = number
        elif f"END {region}" in line:
            if begin is None:
                raise UnbalancedMarkersError(f"END {region} without a BEGIN (line {number}).", line=number)
            found.append(Span(begin, number))
            begin = None
    if begin is not None:
        raise UnbalancedMarkersError(f"BEGIN {region} without an END (line {begin}).", line=begin)
    return found


def without(source: str, region: Region, stub: str | None = None) -> str:
    """Cut a cell's regions of one kind out, and put `stub` in their place with the marker's indentation.

    Raises:
        UnbalancedMarkersError: see `spans`.
    """
    regions = spans(source, region)
    lines: list[str] = []
    for number, line in enumerate(source.split("\n"), 1):
        inside = next((span for span in regions if number in span), None)
        if inside is None:
            lines.append(line)
        elif number == inside.begin and stub is not None:
            indent = (re.match(r"\s*", line) or [""])[0]
            lines.extend(indent + part for part in stub.split("\n"))
    return "\n".join(lines)
