"""Reference solutions for the output gate, read from the labs' source notebooks."""

import asyncio
from collections.abc import Sequence
from functools import reduce
from uuid import UUID

import nbformat
from sqlalchemy import select

from nexus_server.notebook_format.check_messages import shown_messages
from nexus_server.notebook_format.markers import Region, spans
from nexus_server.notebook_format.metadata import CellRole, cell_meta
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


class StoredSolutions:
    """The solutions of every lab; read again when a lab's content hash changed."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database
        self._known: dict[UUID, tuple[str, str]] = {}

    async def find_solution(self, node_id: UUID) -> str | None:
        """Return a lab's solution, or None for other nodes."""
        return (await self.by_lab()).get(node_id)

    async def list_solutions(self) -> Sequence[str]:
        """Return every lab's solution."""
        return list((await self.by_lab()).values())

    async def by_lab(self) -> dict[UUID, str]:
        """Return the solutions by their labs."""
        labs = Node.source_notebook.is_not(None), Node.archived_at.is_(None)
        async with self._database.reading() as session:
            hashes = dict((await session.execute(select(Node.id, Node.content_hash).where(*labs))).tuples().all())
            changed = [key for key, value in hashes.items() if self._known.get(key, ("", ""))[0] != value or not value]
            found = select(Node.id, Node.source_notebook).where(Node.id.in_(changed))
            sources = dict((await session.execute(found)).tuples().all()) if changed else {}
        # All labs of a site take more than half a second.
        codes = await asyncio.to_thread(lambda: {key: solution_code(source or "") for key, source in sources.items()})
        self._known |= {key: (hashes[key], code) for key, code in codes.items()}
        return {key: self._known[key][1] for key in hashes}
