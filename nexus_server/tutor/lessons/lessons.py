"""What the tutor needs to know of a node, and who tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.tutor.failure import Language


@dataclass(frozen=True, slots=True)
class Lesson:
    """The part of a node that its learner can read anyway."""

    node_id: UUID
    title: str
    content_md: str
    #: the lab's kernel language, when it is one that the rules know
    language: Language | None = None


class LessonSource(Protocol):
    """Gives lessons to those who may read them."""

    async def get_lesson(self, learner: Learner, node_id: UUID) -> Lesson:
        """Return the lesson.

        Raises:
            NodeNotFoundError: there is no such node.
            NodeLockedError: it is not open to this learner yet.
        """
        ...


class SolutionSource(Protocol):
    """Gives reference solutions to the output gate; they never go into a prompt or a reply."""

    async def find_solution(self, node_id: UUID) -> str | None:
        """Return the code of a lab's solution regions (what the release leaves out), or None for other nodes."""
        ...

    async def list_solutions(self) -> Sequence[str]:
        """Return every lab's solution, for texts that belong to no node."""
        ...
