"""A learner's ways, the maps of concepts, and what the learner knows of them: read together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.mastery.choosing import Knowledge, MappedConcept
from nexus_server.mastery.evidence import read_evidence, read_evidence_of
from nexus_server.mastery.model import MasteryParameters, replay
from nexus_server.roadmaps.learning.progress import Way, WayReader
from nexus_server.standing.classes import follow_the_roadmap
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Roadmap


@dataclass(frozen=True, slots=True)
class Known:
    """A learner's ways, the maps of concepts by roadmap, and what is known of the learner."""

    ways: Sequence[Way]
    maps: Mapping[str, Sequence[MappedConcept]]
    knowledge: Knowledge
    #: whether a class of the learner's follows the roadmap, whatever is known
    is_order_fixed: bool = False

    def concepts(self) -> dict[str, MappedConcept]:
        """Return every concept by its id."""
        return {concept.id: concept for one in self.maps.values() for concept in one}


class KnowledgeReader:
    """Reads what learners know now."""

    def __init__(self, database: Database, clock: Clock, parameters: MasteryParameters, ways: WayReader) -> None:
        """Read the learners' ways by `ways`."""
        self._database = database
        self._clock = clock
        self._parameters = parameters
        self._ways = ways

    async def read(self, learner: Learner) -> Known:
        """Return all that is known of a learner."""
        ways = await self._database.read(lambda connection: self._ways.read_ways(connection, learner))
        async with self._database.reading() as session:
            maps = await _maps(session)
            evidence = await read_evidence(session, learner.id)
            is_fixed = await session.scalar(follow_the_roadmap(learner.id).limit(1)) is not None
        knowledge = Knowledge(replay(evidence, self._parameters), self._clock.now())
        return Known(ways, maps, knowledge, is_fixed)

    async def find_map(self, session: AsyncSession, roadmap: str) -> Sequence[MappedConcept] | None:
        """Return the concepts of a roadmap, in their order; None: there is no such roadmap."""
        return (await _maps(session, roadmap)).get(roadmap)

    async def read_class(self, session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, Knowledge]:
        """Return what each of these learners knows."""
        found = await read_evidence_of(session, user_ids)
        now, parameters = self._clock.now(), self._parameters
        return {user_id: Knowledge(replay(found.get(user_id, []), parameters), now) for user_id in user_ids}


async def _maps(session: AsyncSession, roadmap: str | None = None) -> dict[str, list[MappedConcept]]:
    """Return the concepts of every roadmap, or of one."""
    query = select(Roadmap.slug, Roadmap.concepts).where(Roadmap.archived_at.is_(None))
    rows = await session.execute(query if roadmap is None else query.where(Roadmap.slug == roadmap))
    return {slug: [_mapped(one) for one in concepts] for slug, concepts in rows}


def _mapped(concept: Mapping[str, object]) -> MappedConcept:
    needs = concept["needs"]
    assert isinstance(needs, list)  # noqa: S101  as sync wrote it
    return MappedConcept(str(concept["id"]), str(concept["title"]), tuple(needs), str(concept["taught"]))
