"""Where else to read, and who knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from nexus_server.learner import Learner


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A step of a roadmap that a question may be about."""

    node_id: UUID
    title: str
    #: the roadmap's title
    place: str


class NoteFinder(Protocol):
    """Looks into everything that a learner may read."""

    async def find_notes(self, learner: Learner, question: str, limit: int) -> Sequence[NoteLink]:
        """Return what the question may be about, the best first."""
        ...


class NoNotes:
    """Finds nothing: for a tutor that stands alone."""

    async def find_notes(self, learner: Learner, question: str, limit: int) -> Sequence[NoteLink]:  # noqa: ARG002
        """Return nothing."""
        return ()
