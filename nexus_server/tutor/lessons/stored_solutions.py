"""Reference solutions for the output gate, read from the labs' source notebooks."""

import asyncio
import json
from collections.abc import Sequence
from functools import reduce
from uuid import UUID

import nbformat
from sqlalchemy import select

from nexus_server.notebook_format.check_messages import shown_messages
from nexus_server.notebook_format.markers import Region, spans
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.offload.parts import SOLUTIONS, parts_of
from nexus_server.offload.pool import Offload
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node


def solution_code(source_notebook: str) -> str:
    """Return the code that a lab's release leaves out: marked regions, or whole cells that have no marks."""
    notebook = nbformat.reads(source_notebook, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    secret = "\n".join(_secret_of(cell.source) for cell in codes if cell_meta(cell).solution)
    public = {text for cell in codes if cell_meta(cell).role is CellRole.TESTS for text in shown_messages(cell)}
    # What learners read in a failed check is no secret, where a solution says the same.
    return reduce(lambda code, text: code.replace(text, ""), sorted(public, key=len, reverse=True), secret)


def _secret_of(source: str) -> str:
    lines = source.splitlines()
    regions = spans(source, Region.SOLUTION)
    return "\n".join("\n".join(lines[region.begin : region.end - 1]) for region in regions) if regions else source


#: characters of notebooks that one task reads, some 50 ms of computing
READ_AT_ONCE = 200_000


def read_solutions(body: bytes) -> tuple[None, bytes]:
    """`solution_code` of many notebooks as a task of `offload/`: JSON of notebooks by their labs, and of solutions."""
    return None, json.dumps({lab: solution_code(source) for lab, source in json.loads(body).items()}).encode()


class StoredSolutions:
    """The solutions of every lab; read again when a lab's content hash changed."""

    def __init__(self, database: Database, offload: Offload) -> None:
        """Read from `database`, and the notebooks in `offload`: all labs of a site take more than half a second."""
        self._database = database
        self._offload = offload
        self._known: dict[UUID, tuple[str, str]] = {}
        self._turn = asyncio.Lock()

    async def find_solution(self, node_id: UUID) -> str | None:
        """Return a lab's solution, or None for other nodes."""
        return (await self.by_lab()).get(node_id)

    async def list_solutions(self) -> Sequence[str]:
        """Return every lab's solution."""
        return list((await self.by_lab()).values())

    async def by_lab(self) -> dict[UUID, str]:
        """Return the solutions by their labs."""
        async with self._turn:  # who asks meanwhile finds them read
            return await self._read()

    async def _read(self) -> dict[UUID, str]:
        labs = Node.source_notebook.is_not(None), Node.archived_at.is_(None)
        async with self._database.reading() as session:
            rows = await session.execute(select(Node.id, Node.content_hash).where(*labs))
            hashes = {row.id: row.content_hash for row in rows}
            changed = [key for key, value in hashes.items() if self._known.get(key, ("", ""))[0] != value or not value]
            found = select(Node.id, Node.source_notebook).where(Node.id.in_(changed))
            sources = {key: source or "" for key, source in await session.execute(found)} if changed else {}
        sized = (((str(key), source), len(source)) for key, source in sources.items())
        for part in parts_of(sized, READ_AT_ONCE):
            _, told = await self._offload.run(SOLUTIONS, read_solutions, json.dumps(dict(part)).encode())
            self._known |= {UUID(key): (hashes[UUID(key)], code) for key, code in json.loads(told).items()}
        return {key: self._known[key][1] for key in hashes}
