"""Notes: Markdown below YAML front matter."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from nexus_server.roadmaps.files.roadmap_file import Strict, Title

FENCE = "---"

Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class NoteFrontMatter(Strict):
    """What a note says about itself; the roadmap's own title wins."""

    title: Title | None = None
    summary: str = ""
    #: how long reading it takes
    minutes: float | None = Field(None, gt=0, le=600)
    #: where the note's facts come from: a title and its author, or an address
    sources: list[Source] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoteParts:
    """A note's two parts; `first_line` is the line of the file on which the Markdown begins, from 1."""

    front_matter: str
    markdown: str
    first_line: int


def split_note(text: str) -> NoteParts:
    """Split a note; without front matter, all of it is Markdown."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != FENCE:
        return NoteParts("", text, 1)
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return NoteParts("".join(lines[1:index]), "".join(lines[index + 1 :]), index + 2)
    return NoteParts("", text, 1)
