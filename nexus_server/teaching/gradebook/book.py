"""The gradebook of a roadmap: every taught student's standing on every step, their final grade, and notes on them."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.views import NodeType
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.roadmaps import Node
from nexus_server.teaching.gradebook.cells import GradebookCell, load_cells, not_begun
from nexus_server.teaching.gradebook.columns import get_roadmap_id, load_columns
from nexus_server.teaching.gradebook.final_grade import FinalGrades, GradingScheme, equal_scheme
from nexus_server.teaching.gradebook.notes import load_notes
from nexus_server.teaching.gradebook.schemes import find_scheme


class GradebookNode(BaseModel):
    """A column."""

    id: UUID
    slug: str
    title: str
    type: NodeType
    points: int


class GradebookPart(BaseModel):
    """What a student has in a category, in percent, and the slugs of the steps that were dropped there."""

    percent: Decimal | None
    dropped: tuple[str, ...]


class GradebookRow(BaseModel):
    """A student. `score` is the mean share over all nodes, weighted by their points."""

    user_id: UUID
    display_name: str
    email: str
    xp: int
    completed: int
    score: float
    #: the final grade by the scheme, in percent; None where nothing counts yet
    final: Decimal | None
    #: of each category of the scheme, in its order
    parts: list[GradebookPart]
    #: for those who teach
    note: str
    cells: list[GradebookCell]


class GradebookView(BaseModel):
    """A whole gradebook, students by name."""

    roadmap: str
    #: how the final grades come about
    scheme: GradingScheme
    #: whether the class has a scheme of its own
    is_own_scheme: bool
    nodes: list[GradebookNode]
    items: list[GradebookRow]
    next: str | None = None


class Gradebook:
    """Reads gradebooks for instructors."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock) -> None:
        """`cohorts` knows whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock

    async def read(self, instructor: Learner, slug: str, cohort_id: UUID | None = None) -> GradebookView:
        """Return the gradebook of a roadmap, of one class or of all that the instructor teaches.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
        """
        student_ids = await self._cohorts.student_ids(instructor, cohort_id)
        async with self._database.reading() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            nodes = await load_columns(session, roadmap_id)
            own_scheme = await find_scheme(session, roadmap_id, cohort_id)
            students = list(
                await session.scalars(select(User).where(User.id.in_(student_ids)).order_by(User.display_name))
            )
            notes = await load_notes(session, roadmap_id, student_ids)
            cells = await load_cells(session, [node.id for node in nodes], student_ids, self._clock.now())
        scheme = own_scheme or equal_scheme([node.slug for node in nodes])
        grades = FinalGrades(scheme, {node.slug: node.points for node in nodes})
        # a large class takes a tenth of a second, in which others are answered
        rows = await asyncio.to_thread(
            lambda: [_row(user, nodes, cells.get(user.id, {}), grades, notes.get(user.id, "")) for user in students]
        )
        columns = [
            GradebookNode(id=node.id, slug=node.slug, title=node.title, type=node.type, points=node.points)
            for node in nodes
        ]
        return GradebookView(
            roadmap=slug, scheme=scheme, is_own_scheme=own_scheme is not None, nodes=columns, items=rows
        )


def _row(
    user: User, nodes: Sequence[Node], begun: Mapping[UUID, GradebookCell], grades: FinalGrades, note: str
) -> GradebookRow:
    cells = [begun.get(node.id) or not_begun(node.id) for node in nodes]
    total = sum([node.points for node in nodes])
    earned = sum([cell.score * node.points for cell, node in zip(cells, nodes, strict=True) if cell.score is not None])
    grade = grades.grade({node.slug: cell.score for cell, node in zip(cells, nodes, strict=True)})
    return GradebookRow(
        user_id=user.id,
        display_name=user.display_name,
        email=user.email,
        xp=user.xp,
        completed=sum([cell.status == "completed" for cell in cells]),
        score=earned / total if total else 0.0,
        final=grade.percent,
        parts=[GradebookPart(percent=part.percent, dropped=part.dropped) for part in grade.parts],
        note=note,
        cells=cells,
    )
