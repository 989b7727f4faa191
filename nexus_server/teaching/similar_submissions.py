"""The similarity report of a lab: pairs of submissions that are more alike than chance makes them. Advisory only."""

import json
from collections.abc import Iterable
from uuid import UUID

from nbformat import NotebookNode
from pydantic import BaseModel, Field
from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.learner import Learner
from nexus_server.notebook_format.merge import merge
from nexus_server.notebook_format.metadata import ANSWER_ROLES, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.rows import IS_ORIGINAL
from nexus_server.teaching.similarity import Pair, similar_pairs_task

#: students compared at most, each by the newest submission: the pairs grow with the square
MAX_COMPARED = 300
MAX_PAIRS = 100


class SimilarityFilter(BaseModel):
    """Which pairs to report."""

    threshold: float = Field(0.6, ge=0.1, le=1)
    cohort_id: UUID | None = None


class Side(BaseModel):
    """One of two submissions: its answers as one text, line numbers of `matches` count from 1 in it."""

    submission_id: UUID
    user_id: UUID
    display_name: str
    code: str


class SimilarPair(BaseModel):
    """Two submissions side by side. `similarity` is how much of the smaller one is in the other, 0 to 1."""

    similarity: float
    first: Side
    second: Side
    #: (first line, last line) on the left, then on the right
    matches: list[tuple[int, int, int, int]]


class SimilarityReport(BaseModel):
    """The pairs, the most alike first. A reason to look, never a verdict: short answers are alike by nature."""

    compared: int
    items: list[SimilarPair]
    next: str | None = None


class SimilarityService:
    """Reports for instructors."""

    def __init__(self, database: Database, cohorts: Cohorts, reader: NotebookReader, offload: Offload) -> None:
        """`cohorts` knows whom an instructor may see; `reader` reads notebooks, and `offload` compares them."""
        self._database = database
        self._cohorts = cohorts
        self._reader = reader
        self._offload = offload

    async def report(self, instructor: Learner, node_id: UUID, wanted: SimilarityFilter) -> SimilarityReport:
        """Compare the newest submissions of the instructor's students for a lab.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError, UnknownCohortError
            TooLargeError: there is more to compare than a task may use.
        """
        students = await self._cohorts.student_ids(instructor, wanted.cohort_id)
        async with self._database.reading() as session:
            node = await session.scalar(select(Node).where(Node.id == node_id, Node.type == "lab"))
            if node is None:
                raise NodeNotFoundError
            rows = await _newest(session, node_id, students)
        key, source = str(instructor.id), parse_notebook(node.source_notebook or "")
        template = answers(parse_notebook(node.release_notebook or ""), source)
        sides = {str(row.id): await self._side(key, row, name, source) for row, name in rows}
        body = json.dumps({name: side.code for name, side in sides.items()}).encode()
        told, _ = await self._offload.run(
            key, similar_pairs_task, body, template=template, threshold=wanted.threshold, limit=MAX_PAIRS
        )
        return SimilarityReport(compared=len(sides), items=[_view(Pair(**pair), sides) for pair in told])

    async def _side(self, key: str, row: Submission, name: str, source: NotebookNode) -> Side:
        notebook = await self._reader.read(key, row.notebook)
        return Side(
            submission_id=row.id,
            user_id=row.user_id,
            display_name=name,
            code=answers(notebook, source),
        )


async def _newest(session: AsyncSession, node_id: UUID, students: Iterable[UUID]) -> list[tuple[Submission, str]]:
    """Return each student's newest submission, and only that: a notebook may hold megabytes, and there may be many."""
    newest = (
        select(Submission.user_id, func.max(Submission.attempt).label("attempt"))
        .where(Submission.node_id == node_id, Submission.user_id.in_(students), IS_ORIGINAL)
        .group_by(Submission.user_id)
        .subquery()
    )
    is_newest = and_(newest.c.user_id == Submission.user_id, newest.c.attempt == Submission.attempt)
    query = (
        select(Submission, User.display_name)
        .join(newest, is_newest)
        .join(User, User.id == Submission.user_id)
        .where(Submission.node_id == node_id)
        .order_by(Submission.received_at)
        .limit(MAX_COMPARED)
        .options(undefer(Submission.notebook))
    )
    return [(row, name) for row, name in (await session.execute(query)).all()]


def answers(submission: NotebookNode, source: NotebookNode) -> str:
    """Return the learner's own answers as one text."""
    return "\n\n".join(
        merged.cell.source for merged in merge(submission, source) if cell_meta(merged.cell).role in ANSWER_ROLES
    )


def _view(pair: Pair, sides: dict[str, Side]) -> SimilarPair:
    return SimilarPair(
        similarity=pair.similarity,
        first=sides[pair.first],
        second=sides[pair.second],
        matches=list(pair.matches),
    )
