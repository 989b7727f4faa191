"""What a search gives, and who gives it."""

from collections.abc import Sequence
from typing import Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from nexus_server.learner import Learner
from nexus_server.matching import Match

#: a step of a roadmap, a notebook of my own, a thread of the forum
HitKind = Literal["note", "video", "lab", "notebook", "thread"]


class ExcerptPieceView(BaseModel):
    """A part of an excerpt; `is_match` for the words that were looked for."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    is_match: bool


class HitView(BaseModel):
    """One thing that was found. Its kind says which of the three ids leads to it."""

    kind: HitKind
    title: str
    #: the roadmap's title, the notebook's folder; empty for the forum
    place: str
    node_id: UUID | None = None
    thread_id: UUID | None = None
    path: str | None = None
    excerpt: list[ExcerptPieceView]
    #: only for comparing hits of one search
    score: float


class HitList(BaseModel):
    """What was found, the best first."""

    items: list[HitView]
    #: whether there is more than was asked for
    has_more: bool
    next: str | None = None


def pieces(found: Match) -> list[ExcerptPieceView]:
    """Return a match's excerpt as it is shown."""
    return [ExcerptPieceView.model_validate(piece) for piece in found.excerpt]


class SearchSource(Protocol):
    """One of the things that are searched. It gives a learner nothing that they could not open."""

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return what has all of the words, which are in lower case."""
        ...
