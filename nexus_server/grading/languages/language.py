"""What a kernel's language decides about grading: how files get into it, and how checks inside it are checked. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Canary:
    """A cell whose outcome is known."""

    source: str
    #: the exception's name; None for a cell that must run through
    must_raise: str | None = None
    #: text of the last expression's value, where it is of interest
    must_show: str | None = None


@dataclass(frozen=True, slots=True)
class LanguageSupport:
    """Code to run in a learner's kernel of one language."""

    #: cells that write files below the working directory
    file_cells: Callable[[Mapping[str, bytes]], Iterable[str]]
    #: code that removes files below the working directory, and says nothing of those that are not there
    removal: Callable[[Collection[str]], str]
    #: run before any of the learner's cells
    guard: str
    #: code that sets variables of the process's environment
    environment: Callable[[Mapping[str, str]], str]
    #: undoes the usual ways of bending how cells run, given the builtins that the learner must not have replaced
    reset: Callable[[Collection[str]], str]
    #: makes one canary of each kind with fresh numbers
    canaries: Callable[[], list[Canary]]
    #: code that shows the number that the result of a cell is, given its execution count; None where its text tells
    number: Callable[[int], str] | None = None


def inside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out files whose names lead out of the working directory."""
    return {
        name: data
        for name, data in files.items()
        if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    }
