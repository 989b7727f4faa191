"""What became of each part of a file that was imported: of each cell, item or block. Nothing goes without a line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class PartOutcome(StrEnum):
    """What became of a part."""

    #: it says and counts the same
    KEPT = "kept"
    #: it came along in another form, which the text tells
    CHANGED = "changed"
    #: it did not come along, for the reason in the text
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class PartReport:
    """What became of one part: `place` says which, as its author would look for it."""

    place: str
    outcome: PartOutcome
    text: str


@dataclass(frozen=True)
class ImportedStep:
    """A step of a roadmap that was made of a file."""

    kind: Literal["lab", "quiz", "note"]
    title: str
    #: the lab's notebook, the quiz's YAML, or the note's Markdown
    content: bytes
    reports: tuple[PartReport, ...]
    #: files that it needs, by path beside it
    files: Mapping[str, bytes] = field(default_factory=dict)
    #: a lab's kernel
    kernel: str = ""
    #: the files of the import that it was made of
    sources: tuple[str, ...] = ()
