"""Whether a text of the forum shows a lab's solution: by the measures of the output gate, whatever else it holds."""

import asyncio
import json
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from nexus_server.offload.pool import Offload
from nexus_server.tutor.leak_filter.filter import find_shown, prepare

#: characters up to which a text takes some milliseconds, whatever it is
SHORT = 1_000
#: characters of a text that are looked at
LOOKED_AT = 20_000


class LabSolutions(Protocol):
    """Gives every lab's solution."""

    async def by_lab(self) -> Mapping[UUID, str]:
        """Return the solutions by their labs."""
        ...


class LabSpoilers:
    """Compares texts with the labs' solutions. The forum's `SpoilerGate`."""

    def __init__(self, solutions: LabSolutions, offload: Offload) -> None:
        """Compare with `solutions`; long texts in `offload`: one may be made to be costly."""
        self._solutions = solutions
        self._offload = offload

    async def find_spoiled(self, author_id: UUID, text: str, node_id: UUID | None) -> UUID | None:
        """Return the lab whose solution a text shows: the node's own to the line, every other one at large.

        Raises:
            NexusError: what `offload` says where an author's texts cost too much.
        """
        solutions = {str(lab): code for lab, code in (await self._solutions.by_lab()).items()}
        if not solutions:
            return None
        if len(text) <= SHORT:
            # In here the solutions stay prepared.
            await asyncio.to_thread(prepare, solutions.values())
            near = await asyncio.to_thread(_find, text, None if node_id is None else str(node_id), solutions)
            return None if near is None else UUID(near)
        body = json.dumps({"text": text[:LOOKED_AT], "solutions": solutions}).encode()
        own = None if node_id is None else str(node_id)
        found, _ = await self._offload.run(str(author_id), find_spoiled_task, body, own=own)
        return None if found is None else UUID(found)


def find_spoiled_task(body: bytes, *, own: str | None) -> tuple[str | None, bytes]:
    """Find the lab as a task of `offload/`: `body` has the text and every lab's solution as JSON; `own` is the node."""
    told = json.loads(body)
    return _find(told["text"], own, told["solutions"]), b""


def _find(text: str, node: str | None, solutions: Mapping[str, str]) -> str | None:
    own = solutions.get(node) if node is not None else None
    if own and find_shown(text, [own]):
        return node
    shown = find_shown(text, list(solutions.values()), whole_lines=False)
    return None if shown is None else next(lab for lab, code in solutions.items() if code == shown[0])
