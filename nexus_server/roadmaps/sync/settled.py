"""Which roadmaps a sync may pass over: the database has them as the files do, and most starts find all of them so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from nexus_server.roadmaps.files.concept_file import Concept
from nexus_server.roadmaps.files.source import RoadmapSource
from nexus_server.store.database import Database
from nexus_server.store.models.gamify import Badge
from nexus_server.store.models.roadmaps import Roadmap


@dataclass(frozen=True, slots=True)
class SyncedRoadmap:
    """What the database has of a roadmap beside its nodes."""

    content_hash: str
    concepts: list[Any]


async def read_synced(database: Database) -> dict[str, SyncedRoadmap]:
    """Return the roadmaps that are offered, by slug; one with badges of its own is left out and synced each time."""
    own_badges = select(Badge.id).where(Badge.origin == Roadmap.slug)
    query = select(Roadmap.slug, Roadmap.content_hash, Roadmap.concepts).where(
        Roadmap.archived_at.is_(None), ~own_badges.exists()
    )
    async with database.reading() as session:
        return {slug: SyncedRoadmap(*rest) for slug, *rest in await session.execute(query)}


def is_settled(source: RoadmapSource, synced: Mapping[str, SyncedRoadmap], known: Collection[str]) -> bool:
    """Return whether syncing a roadmap would write nothing; `known` are its nodes that are not archived."""
    if source.file is None or source.problems or source.nodes or source.badges != []:
        return False
    before = synced.get(source.file.slug)
    return (
        before is not None
        and before.content_hash == source.content_hash
        and before.concepts == concept_rows(source.concepts or [])
        and set(source.known) == set(known)
    )


def concept_rows(concepts: Collection[Concept]) -> list[dict[str, Any]]:
    """Return a map of concepts as the database keeps it."""
    return [concept.model_dump(mode="json") for concept in concepts]
