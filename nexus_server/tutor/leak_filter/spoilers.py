"""Whether a text of the forum shows a lab's solution: by the measures of the output gate, whatever else it holds."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from nexus_server.offload.parts import SOLUTIONS, parts_of
from nexus_server.offload.pool import Offload
from nexus_server.tutor.leak_filter.filter import find_shown
from nexus_server.tutor.leak_filter.prepared import packed, prepare, unpack

#: characters up to which a text takes some milliseconds, whatever it is
SHORT = 1_000
#: characters of a text that are looked at
LOOKED_AT = 20_000
#: characters of solutions that one task prepares, some 50 ms of computing
PREPARED_AT_ONCE = 25_000


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
        #: solutions, and what a process that compares is given of them
        self._packed: tuple[list[str], bytes] | None = None
        self._turn = asyncio.Lock()

    async def find_spoiled(self, author_id: UUID, text: str, node_id: UUID | None) -> UUID | None:
        """Return the lab whose solution a text shows: the node's own to the line, every other one at large.

        Raises:
            NexusError: what `offload` says where an author's texts cost too much.
        """
        solutions = await self._solutions.by_lab()
        if not solutions:
            return None
        own = None if node_id is None else str(node_id)
        if len(text) <= SHORT:
            # In here the solutions stay prepared.
            await asyncio.to_thread(prepare, solutions.values())
            by_name = {str(lab): code for lab, code in solutions.items()}
            near = await asyncio.to_thread(_find, text, own, by_name)
            return None if near is None else UUID(near)
        body, labs = await self._packed_once(list(solutions.values())), [str(lab) for lab in solutions]
        shown = text[:LOOKED_AT]
        found, _ = await self._offload.run(str(author_id), find_spoiled_task, body, text=shown, labs=labs, own=own)
        return None if found is None else UUID(found)

    async def _packed_once(self, solutions: list[str]) -> bytes:
        """Return the prepared solutions for a process that compares; the same bytes until one of them changes."""
        async with self._turn:  # who asks meanwhile finds them prepared
            if self._packed is None or self._packed[0] != solutions:
                sized = ((solution, len(solution)) for solution in solutions)
                parts = [await self._pack(part) for part in parts_of(sized, PREPARED_AT_ONCE)]
                self._packed = solutions, b"\n".join(parts)
            return self._packed[1]

    async def _pack(self, solutions: Sequence[str]) -> bytes:
        """Prepare solutions in `offload`: all of a site take a third of a second, which would slow everybody."""
        _, body = await self._offload.run(SOLUTIONS, pack_task, json.dumps(solutions).encode())
        return bytes(body)


def pack_task(body: bytes) -> tuple[None, bytes]:
    """Prepare solutions, a JSON list, as a task of `offload/`; `packed` says what comes back."""
    return None, packed(json.loads(body))


def find_spoiled_task(body: bytes, *, text: str, labs: Sequence[str], own: str | None) -> tuple[str | None, bytes]:
    """Find the lab as a task of `offload/`: `body` has the prepared solutions of `labs`; `own` is the node."""
    return _find(text, own, dict(zip(labs, unpack(body), strict=True))), b""


def _find(text: str, node: str | None, solutions: Mapping[str, str]) -> str | None:
    own = solutions.get(node) if node is not None else None
    if own and find_shown(text, [own]):
        return node
    shown = find_shown(text, list(solutions.values()), whole_lines=False)
    return None if shown is None else next(lab for lab, code in solutions.items() if code == shown[0])
