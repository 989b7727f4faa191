"""From `content/` to the database: one transaction for each roadmap.yaml and for each node; a bad one fails alone.

Nodes are known by their slug: whatever else changes, progress stays; `renamed_from` carries it over to a new slug. What
is no longer in the files is archived, never deleted. Doing it twice changes nothing. A directory that is missing or
empty is a mistake, of a volume that is not mounted, say: nothing is archived for it.
"""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.gamify.badge_awards import store_catalogue, withdraw_badges
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.loader import Known
from nexus_server.roadmaps.files.problem import Problem
from nexus_server.roadmaps.files.roadmap_file import LabSpec, RoadmapFile
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource
from nexus_server.roadmaps.learning.lab_workspace import HOME
from nexus_server.roadmaps.sync.renaming import free_home, rename_nodes, rename_roadmap
from nexus_server.roadmaps.sync.settled import concept_rows, is_settled, read_synced
from nexus_server.roadmaps.sync.shown_concepts import shown_concepts
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap

NO_DIRECTORY = "there is no such directory: nothing is archived"
NO_ROADMAPS = "holds no roadmap: nothing is archived; `nexus content sync --prune` archives all"
NONE_LEFT = "holds none of the site's roadmaps: they stay; `nexus content sync --prune` archives them"
#: PostgreSQL advisory lock of content syncs
LOCK_KEY = 0x6E_65_78_75_73_01


@dataclass(slots=True)
class SyncReport:
    """What a sync did; nodes are named ``roadmap/node``."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


class ContentSync:
    """Brings the database in line with the files."""

    def __init__(self, database: Database, clock: Clock, content: ContentLayers) -> None:
        """`content` names the folder of each roadmap."""
        self._database = database
        self._clock = clock
        self._content = content

    async def run(self, *, prune: bool = False) -> SyncReport:
        """Sync every roadmap; whatever is wrong is in the report, and keeps the state that it had.

        `prune` archives roadmaps also when none of those that there are is left in the files.
        """
        known = await self._known()
        sources = await asyncio.to_thread(self._content.load, known)
        synced = await read_synced(self._database)
        report = SyncReport()
        if not sources:
            report.problems.append(await asyncio.to_thread(_find_emptiness, self._content))
        before = await self._active()
        present = {source.folder.name for source in sources}
        for source in sources:
            report.problems += source.problems
            if is_settled(source, synced, known.get(source.folder.name, {})):
                report.unchanged += len(source.known)
            elif source.file is not None:
                await self._sync_roadmap(source, source.file, present, report)
        if sources or (prune and self._content.exists):
            await self._archive_missing(present, before, report, prune=prune)
        return report

    async def _known(self) -> Known:
        """Return what was synced before: most files are as they were, and need not be parsed."""
        query = select(Roadmap.slug, Node.slug, Node.content_hash).join(Node, Node.roadmap_id == Roadmap.id)
        known: dict[str, dict[str, str]] = {}
        async with self._database.reading() as session:
            for roadmap, node, content_hash in await session.execute(query.where(Node.archived_at.is_(None))):
                known.setdefault(roadmap, {})[node] = content_hash
        return known

    async def _active(self) -> set[UUID]:
        async with self._database.reading() as session:
            return set(await session.scalars(select(Roadmap.id).where(Roadmap.archived_at.is_(None))))

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[AsyncSession]:
        # Two servers that start together must not both insert the same node; SQLite's writers queue by themselves.
        async with self._database.transaction() as session:
            if not self._database.is_sqlite:
                await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            yield session

    async def _sync_roadmap(
        self, source: RoadmapSource, file: RoadmapFile, present: AbstractSet[str], report: SyncReport
    ) -> None:
        now = self._clock.now()
        async with self._locked() as session:
            await rename_roadmap(session, file, present)
            roadmap_id = await _upsert_roadmap(session, source, file, now)
            await rename_nodes(session, roadmap_id, file)
            await _archive_nodes(session, roadmap_id, file, now, report)
            report.problems += await _sync_badges(session, source, file)
        report.unchanged += len(source.known)
        for node in source.nodes:
            async with self._locked() as session:
                written = await _upsert_node(session, roadmap_id, file.slug, node, report)
                if written is not None:
                    await _write_quiz(session, written.id, node, now)

    async def _archive_missing(
        self, present: AbstractSet[str], before: AbstractSet[UUID], report: SyncReport, *, prune: bool
    ) -> None:
        """Archive what is in no folder; `before` are the roadmaps that were there before the sync."""
        async with self._locked() as session:
            active = await session.scalars(select(Roadmap).where(Roadmap.archived_at.is_(None)))
            missing = [roadmap for roadmap in active if roadmap.slug not in present]
            if missing and not prune and before <= {roadmap.id for roadmap in missing}:
                report.problems.append(Problem(str(self._content), 1, NONE_LEFT))
                return
            for roadmap in missing:
                roadmap.archived_at = self._clock.now()
                await withdraw_badges(session, roadmap.slug)
                report.archived.append(roadmap.slug)


def _find_emptiness(content: ContentLayers) -> Problem:
    return Problem(str(content), 1, NO_ROADMAPS if content.exists else NO_DIRECTORY)


async def _sync_badges(session: AsyncSession, source: RoadmapSource, file: RoadmapFile) -> list[Problem]:
    if source.badges is None:
        return []
    taken = await store_catalogue(session, source.badges, file.slug, before=file.renamed_from)
    where = f"{source.folder.name}/{file.badges}"
    return [
        Problem(where, 1, f"the badge {slug!r} is another roadmap's: slugs are unique on the site") for slug in taken
    ]


async def _upsert_roadmap(session: AsyncSession, source: RoadmapSource, file: RoadmapFile, now: datetime) -> UUID:
    roadmap = await session.scalar(select(Roadmap).where(Roadmap.slug == file.slug))
    if roadmap is None:
        roadmap = Roadmap(slug=file.slug)
        session.add(roadmap)
    roadmap.title = file.title
    roadmap.description = file.description
    roadmap.difficulty = file.difficulty.value
    roadmap.order_index = file.order_index
    roadmap.content_hash = source.content_hash
    if source.concepts is not None:
        roadmap.concepts = concept_rows(source.concepts)
    roadmap.synced_at = now
    roadmap.archived_at = None
    await session.flush()
    return roadmap.id


async def _archive_nodes(
    session: AsyncSession, roadmap_id: UUID, file: RoadmapFile, now: datetime, report: SyncReport
) -> None:
    kept = {entry.slug for entry in file.nodes}
    query = select(Node).where(Node.roadmap_id == roadmap_id, Node.archived_at.is_(None))
    for node in await session.scalars(query):
        if node.slug not in kept:
            node.archived_at = now
            report.archived.append(f"{file.slug}/{node.slug}")


async def _upsert_node(
    session: AsyncSession, roadmap_id: UUID, roadmap_slug: str, source: NodeSource, report: SyncReport
) -> Node | None:
    """Write a node that is new or changed, and return it; None when there is nothing to write."""
    slug = source.entry.slug
    node = await session.scalar(select(Node).where(Node.roadmap_id == roadmap_id, Node.slug == slug))
    if node is not None and _is_current(node, source):
        report.unchanged += 1
        return None
    (report.created if node is None else report.updated).append(f"{roadmap_slug}/{slug}")
    if node is None:
        node = Node(roadmap_id=roadmap_id, slug=slug)
        if source.lab is not None:
            node.spec = await free_home(session, roadmap_slug, slug)
        session.add(node)
    _write_node(node, source)
    await session.flush()
    return node


def _is_current(node: Node, source: NodeSource) -> bool:
    return node.content_hash == source.content_hash and node.archived_at is None


def _write_node(node: Node, source: NodeSource) -> None:
    entry = source.entry
    node.title = entry.title
    node.type = entry.type
    node.points = entry.points
    node.order_index = source.order_index
    node.requires = dict(source.requires)
    node.content_md = source.lab.introduction_md if source.lab else source.content_md
    node.source_path = source.path
    node.content_hash = source.content_hash
    home = {HOME: node.spec[HOME]} if node.spec and HOME in node.spec else {}
    node.spec = {**_spec_of(source), **home}
    node.source_notebook = source.lab.source_notebook if source.lab else None
    node.release_notebook = source.lab.release_notebook if source.lab else None
    node.archived_at = None


def _spec_of(source: NodeSource) -> dict[str, Any]:
    entry = source.entry
    spec: dict[str, Any] = {}
    if source.front_matter.summary:
        spec["summary"] = source.front_matter.summary
    if source.front_matter.minutes is not None:
        spec["minutes"] = source.front_matter.minutes
    if concepts := shown_concepts(source):
        spec["concepts"] = concepts
    if entry.video is not None:
        spec["video"] = {
            **entry.video.model_dump(mode="json", exclude_none=True),
            "transcript_md": source.transcript_md,
        }
    if source.lab is not None:
        spec["lab"] = (entry.lab or LabSpec()).model_dump(mode="json", exclude_none=True)
        spec["release_hash"] = source.lab.release_hash
    return spec


async def _write_quiz(session: AsyncSession, node_id: UUID, source: NodeSource, now: datetime) -> None:
    quiz = await session.scalar(select(Quiz).where(Quiz.topic_id == node_id))
    if source.quiz is None:
        if quiz is not None and quiz.archived_at is None:
            quiz.archived_at = now
        return
    if quiz is None:
        quiz = Quiz(topic_id=node_id)
        session.add(quiz)
    quiz.questions_json = [question.model_dump(mode="json") for question in source.quiz.questions]
    quiz.archived_at = None
    quiz.passing_score = source.quiz.passing_score
    quiz.spec = {"shuffle": source.quiz.shuffle, "max_attempts": source.quiz.max_attempts}
