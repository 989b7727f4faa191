"""Posts that show the solution of an open lab. Who tells is handed in: the forum knows nothing of solutions."""

from typing import Protocol
from uuid import UUID


class SpoilerGate(Protocol):
    """Knows the solutions of labs."""

    async def find_spoiled(self, author_id: UUID, text: str, node_id: UUID | None) -> UUID | None:
        """Return the lab whose solution an author's text about a node (None: about no node) shows, or None."""
        ...


class NoSpoilers:
    """Knows no solution."""

    async def find_spoiled(self, _author_id: UUID, _text: str, _node_id: UUID | None) -> UUID | None:
        """Find nothing."""
        return None
