"""The steps of roadmaps as a source: notes, videos, and labs with the code that learners are given."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, select

from nexus_server.fast_paths.row_memory import RowMemory
from nexus_server.learner import Learner
from nexus_server.matching import match
from nexus_server.roadmaps.learning.progress import Way, WayReader
from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.search.hits import HitView, pieces
from nexus_server.search.notebook_task import MAX_TEXT_CHARS, sources_of
from nexus_server.search.plain_text import text_of
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node


class ContentSource:
    """Searches what is open to the learner. Texts are remembered by content hash: they are the same for everybody."""

    def __init__(self, database: Database, ways: WayReader) -> None:
        """Read from `database`, roadmaps by `ways`."""
        self._database = database
        self._ways_reader = ways
        self._texts: RowMemory[str] = RowMemory(is_on=database.fast_paths)

    async def find(self, learner: Learner, words: Sequence[str]) -> list[HitView]:
        """Return the open steps that have all of the words."""
        (hits,) = await self.find_each(learner, [words])
        return hits

    async def find_each(self, learner: Learner, searches: Sequence[Sequence[str]]) -> list[list[HitView]]:
        """Return for each search the open steps that have all of its words; the steps are read once."""
        ways, texts = await self._database.read(lambda connection: self._read(connection, learner))
        return await asyncio.to_thread(lambda: [_matching(ways, texts, words) for words in searches])

    def _read(self, connection: Connection, learner: Learner) -> tuple[list[Way], dict[UUID, str]]:
        ways = self._ways_reader.read_ways(connection, learner)
        hashes = {node.id: node.content_hash for way in ways for node in way.nodes}
        return ways, dict(self._texts.read(hashes, partial(_load_texts, connection)))


def _load_texts(connection: Connection, keys: list[UUID]) -> list[tuple[UUID, str, str]]:
    query = select(Node.id, Node.content_hash, Node.content_md, Node.release_notebook).where(Node.id.in_(keys))
    return [
        (node_id, version, _text(text, release)[:MAX_TEXT_CHARS])
        for node_id, version, text, release in connection.execute(query)
    ]


def _text(note: str | None, release: str | None) -> str:
    return f"{text_of(note or '')}\n\n{sources_of(release) if release else ''}".strip()


def _matching(ways: Sequence[Way], texts: dict[UUID, str], words: Sequence[str]) -> list[HitView]:
    hits = []
    for way in ways:
        standings = way.standings()
        for node in way.nodes:
            found = match(words, node.title, texts.get(node.id, ""))
            if found is None or way.status_of(node, standings) is NodeStatus.LOCKED:
                continue
            hit = HitView(
                kind=node.type,
                title=node.title,
                place=way.roadmap.title,
                node_id=node.id,
                excerpt=pieces(found),
                score=found.score,
            )
            hits.append(hit)
    return hits
