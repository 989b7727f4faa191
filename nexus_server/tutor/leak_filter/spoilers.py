"""Whether a text of the forum shows a lab's solution: by the measures of the output gate, however much code it is."""

import asyncio
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from nexus_server.tutor.leak_filter.filter import GateLimits, find_refusal

#: a question may show as much code as it likes
ANY_LENGTH = GateLimits(block_lines=100_000, text_lines=100_000)
#: characters of a text that are looked at
LOOKED_AT = 20_000


class LabSolutions(Protocol):
    """Gives every lab's solution."""

    async def by_lab(self) -> Mapping[UUID, str]:
        """Return the solutions by their labs."""
        ...


class LabSpoilers:
    """Compares texts with the labs' solutions. The forum's `SpoilerGate`."""

    def __init__(self, solutions: LabSolutions) -> None:
        """Compare with `solutions`."""
        self._solutions = solutions

    async def find_spoiled(self, text: str, node_id: UUID | None) -> UUID | None:
        """Return the lab whose solution a text shows: the node's own to the line, every other one at large."""
        solutions = await self._solutions.by_lab()
        return await asyncio.to_thread(_find, text[:LOOKED_AT], node_id, solutions)


def _find(text: str, node_id: UUID | None, solutions: Mapping[UUID, str]) -> UUID | None:
    own = solutions.get(node_id) if node_id is not None else None
    if own and find_refusal(text, [own], limits=ANY_LENGTH):
        return node_id
    if not find_refusal(text, list(solutions.values()), whole_lines=False, limits=ANY_LENGTH):
        return None
    return next(
        (lab for lab, code in solutions.items() if find_refusal(text, [code], whole_lines=False, limits=ANY_LENGTH)),
        None,
    )
