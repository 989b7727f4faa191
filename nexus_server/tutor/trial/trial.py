"""A failed check, tried out: what the learner's function gave, what was expected, and what that speaks of.

`program.py` finds it out in a sandbox. What comes back is the learner's own code's word, so it is checked here.
"""

import ast
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol
from uuid import uuid4

from pydantic import BaseModel, StringConstraints, ValidationError

from nexus_server.learner import Learner
from nexus_server.tutor.failure import Failure, Language

_PROGRAM = Path(__file__).with_name("program.py")
#: errors by which a check fails whose function was not made for its input
_ERRORS = frozenset({"AssertionError", "IndexError", "KeyError", "StopIteration", "ValueError", "ZeroDivisionError"})
#: libraries that only the image for data has
_LIBRARIES = frozenset({"numpy", "pandas", "matplotlib"})
#: characters of each part of a finding
_LIMIT = 300

Told = Annotated[str, StringConstraints(max_length=_LIMIT)]


class TrialKind(StrEnum):
    """What the values of a failed check speak of."""

    PRINTED = "printed"
    NOTHING = "nothing"
    MUTATED = "mutated"
    FLOAT = "float"
    EMPTY = "empty"
    TYPE = "type"
    OFF_BY_ONE = "off-by-one"
    OTHER = "other"


class TrialFinding(BaseModel):
    """What a trial found; the texts are the learner's own values, for inline code."""

    kind: TrialKind
    name: Told
    call: Told
    #: the value, or the name of the error
    got: Told
    #: empty where a check tells no one value
    expected: Told
    printed: Told
    is_error: bool
    #: a smaller call that stops with an error, and which; empty: none was found
    smallest: Told


class TrialSource(Protocol):
    """Who runs a program in a sandbox of the learner's."""

    async def try_out(
        self, learner: Learner, program: str, *, needs_libraries: bool, time_limit_s: float
    ) -> str | None:
        """Return what the program printed, or None when nobody could run it in that time."""


class NoTrials:
    """Nothing is tried out: hints come from what can be read."""

    async def try_out(
        self,
        learner: Learner,  # noqa: ARG002  the protocol's signature
        program: str,  # noqa: ARG002
        *,
        needs_libraries: bool,  # noqa: ARG002
        time_limit_s: float,  # noqa: ARG002
    ) -> str | None:
        """Run nothing."""
        return None


async def find_out(trials: TrialSource, learner: Learner, failure: Failure, time_limit_s: float) -> TrialFinding | None:
    """Run the learner's function as the failed check does, and return what was found, if anything."""
    if time_limit_s <= 0 or not _is_check(failure):
        return None
    mark = uuid4().hex
    program = program_for(failure, mark)
    needs_libraries = any(library in cell for library in _LIBRARIES for cell in _cells(failure))
    said = await trials.try_out(learner, program, needs_libraries=needs_libraries, time_limit_s=time_limit_s)
    return read_finding(said or "", mark)


def program_for(failure: Failure, mark: str) -> str:
    """Return the text of the program that tries the failed check out and prints what it finds behind `mark`."""
    call = f"try_out({list(failure.other_cells)!r}, {failure.cell_source!r}, {mark!r})"
    return f"{_PROGRAM.read_text(encoding='utf-8')}\n\n{call}\n"


def read_finding(said: str, mark: str) -> TrialFinding | None:
    """Return the finding that stands behind `mark`; None: there is none, or it is none."""
    _, found, rest = said.rpartition(mark)
    if not found:
        return None
    try:
        return TrialFinding.model_validate(json.loads(rest))
    except (ValidationError, ValueError):
        return None


def _cells(failure: Failure) -> tuple[str, ...]:
    return (*failure.other_cells, failure.cell_source)


def _is_check(failure: Failure) -> bool:
    """Whether a check of a function failed: a cell with `assert` that can be read."""
    if failure.ename not in _ERRORS or failure.guessed_language is not Language.PYTHON:
        return False
    try:
        tree = ast.parse(failure.cell_source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, ast.Assert) for node in tree.body)
