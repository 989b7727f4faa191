"""What a class knows: each student's estimate of each concept of a roadmap."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.learner import Learner
from nexus_server.mastery.choosing import Knowledge, MappedConcept
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User


class ConceptColumn(BaseModel):
    """A concept, and how many of the students have mastered it."""

    id: str
    title: str
    mastered: int


class ConceptCell(BaseModel):
    """One student and one concept. `estimate` is the chance of a right answer now, from `looks` answers."""

    concept: str
    estimate: float
    looks: int
    is_mastered: bool
    is_due: bool


class ConceptRow(BaseModel):
    """A student."""

    user_id: UUID
    display_name: str
    cells: list[ConceptCell]


class ConceptMatrix(BaseModel):
    """A roadmap's concepts in their order, and the students by name."""

    roadmap: str
    concepts: list[ConceptColumn]
    items: list[ConceptRow]
    next: None = None


class ClassConcepts:
    """Reads what students know, for instructors."""

    def __init__(self, database: Database, cohorts: Cohorts, knowledge: KnowledgeReader) -> None:
        """`cohorts` knows whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._knowledge = knowledge

    async def read(self, instructor: Learner, slug: str, cohort_id: UUID | None = None) -> ConceptMatrix:
        """Return the matrix of a roadmap, of one class or of all that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
        """
        student_ids = await self._cohorts.student_ids(instructor, cohort_id)
        async with self._database.reading() as session:
            concepts = await self._knowledge.find_map(session, slug)
            if concepts is None:
                raise RoadmapNotFoundError
            query = select(User.id, User.display_name).where(User.id.in_(student_ids)).order_by(User.display_name)
            students = [(user_id, name) for user_id, name in await session.execute(query)]
            known = await self._knowledge.read_class(session, [user_id for user_id, _ in students])
        columns = [
            ConceptColumn(
                id=concept.id,
                title=concept.title,
                mastered=sum(knowledge.is_mastered(concept.id) for knowledge in known.values()),
            )
            for concept in concepts
        ]
        rows = [
            ConceptRow(user_id=user_id, display_name=name, cells=_cells(concepts, known[user_id]))
            for user_id, name in students
        ]
        return ConceptMatrix(roadmap=slug, concepts=columns, items=rows)


def _cells(concepts: Sequence[MappedConcept], knowledge: Knowledge) -> list[ConceptCell]:
    return [
        ConceptCell(
            concept=concept.id,
            estimate=round(knowledge.estimate(concept.id), 3),
            looks=knowledge.state(concept.id).looks,
            is_mastered=knowledge.is_mastered(concept.id),
            is_due=knowledge.is_due(concept.id),
        )
        for concept in concepts
    ]
