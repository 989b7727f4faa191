"""Whose points a repaired test would change: submissions are graded again, and nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.learner import Learner
from nexus_server.notebook_format.results import NotGraded
from nexus_server.paging import Cursor, Position, cut
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.submissions import hand_marks
from nexus_server.submissions.job import GradedJob, JobGrader
from nexus_server.submissions.job_loading import load_job, tests_of_today, unreadable, was_graded_by
from nexus_server.submissions.rows import IS_ORIGINAL


@dataclass(frozen=True, slots=True)
class RegradeOutcome:
    """What grading a submission again would give."""

    submission_id: UUID
    display_name: str
    attempt: int
    before: float
    #: None where it could not be graded; then `reason` says why
    after: float | None
    max_score: float
    reason: str | None = None

    @property
    def is_change(self) -> bool:
        """Whether its learner would have other points, or none."""
        return self.after != self.before


class RegradePreviewFilter(BaseModel):
    """Which of a lab's submissions to grade for nobody else to see, a few at a time."""

    model_config = ConfigDict(extra="forbid")
    cohort_id: UUID | None = None
    #: only those that were graded by other tests than today's
    only_changed: bool = True
    cursor: Cursor | None = None
    limit: int = Field(1, ge=1, le=5, description="each takes as long as a grading")


class RegradeOutcomeOut(BaseModel):
    """What grading a submission again would give; `after` is null where it could not be graded, for the `reason`."""

    model_config = ConfigDict(from_attributes=True)
    submission_id: UUID
    display_name: str
    attempt: int
    before: float
    after: float | None
    max_score: float
    reason: str | None
    is_change: bool


class RegradePreviewPage(BaseModel):
    """Outcomes of the newest submissions first, and how many are still to be graded."""

    items: list[RegradeOutcomeOut]
    next: str | None
    left: int


class RegradePreview:
    """Grades a lab's submissions against today's source, for nobody to see but who asks. Close it in the end."""

    def __init__(self, database: Database, cohorts: Cohorts, grader: JobGrader, content: ContentLayers) -> None:
        """`grader` is closed with the preview; data files of labs come from `content`."""
        self._database = database
        self._cohorts = cohorts
        # Previews take no more from the gradings that learners wait for than one of them would.
        self._turn = asyncio.Lock()
        self._grader = grader
        self._content = content

    async def outcomes(
        self, roadmap_slug: str, node_slug: str, *, only_changed: bool = True
    ) -> AsyncIterator[RegradeOutcome]:
        """Grade every graded submission of a lab, the oldest first; `only_changed`: those of other tests than today's.

        Raises:
            NodeNotFoundError: there is no such lab.
        """
        node, tests = await self._lab(Roadmap.slug == roadmap_slug, Node.slug == node_slug)
        for row, display_name in await self._graded(node.id):
            if not only_changed or not was_graded_by(row, tests):
                yield await self._outcome(row, display_name)

    async def page(self, instructor: Learner, node_id: UUID, wanted: RegradePreviewFilter) -> RegradePreviewPage:
        """Grade the next submissions of the instructor's students, the newest first.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError
            NodeNotFoundError: there is no such lab.
        """
        students = await self._cohorts.student_ids(instructor, wanted.cohort_id)
        node, tests = await self._lab(Node.id == node_id)
        rows = [
            (row, name)
            for row, name in reversed(await self._graded(node.id, students))
            if not (wanted.only_changed and was_graded_by(row, tests)) and _is_after(row, wanted.cursor)
        ]
        page = cut(rows, wanted.limit, lambda row: _position(row[0]), lambda row: row)
        async with self._turn:
            outcomes = [await self._outcome(row, name) for row, name in page.items]
        return RegradePreviewPage(
            items=[RegradeOutcomeOut.model_validate(outcome) for outcome in outcomes],
            next=str(page.next) if page.next else None,
            left=len(rows) - len(outcomes),
        )

    async def close(self) -> None:
        """End the kernels that were kept."""
        await self._grader.close()

    async def _lab(self, *conditions: ColumnElement[bool]) -> tuple[Node, str | None]:
        """Return a lab and the hash of its tests of today."""
        query = select(Node, Roadmap.slug).join(Roadmap, Roadmap.id == Node.roadmap_id)
        async with self._database.reading() as session:
            found = (await session.execute(query.where(Node.type == "lab", *conditions))).first()
        if found is None:
            raise NodeNotFoundError
        node, slug = found
        return node, await tests_of_today(node, self._content.folder(slug))

    async def _graded(self, node_id: UUID, students: Collection[UUID] | None = None) -> list[tuple[Submission, str]]:
        """Return what was graded of a lab, the oldest first; of everybody where no `students` are named."""
        query = (
            select(Submission, User.display_name)
            .join(User, User.id == Submission.user_id)
            .where(Submission.node_id == node_id, Submission.graded_at.is_not(None), IS_ORIGINAL)
            .order_by(Submission.received_at, Submission.id)
        )
        if students is not None:
            query = query.where(Submission.user_id.in_(students))
        async with self._database.reading() as session:
            return [(row, name) for row, name in await session.execute(query)]

    async def _outcome(self, row: Submission, display_name: str) -> RegradeOutcome:
        graded = await self._grade(row.id)
        outcome = partial(RegradeOutcome, row.id, display_name, row.attempt, row.score or 0.0)
        if isinstance(graded, NotGraded):
            return outcome(None, row.max_score or 0.0, graded.reason)
        # Points that a person gave stay, as they would.
        after = hand_marks.result_of(hand_marks.kept(graded.cells, row.results or []), graded.max_score).score
        return outcome(after, graded.max_score)

    async def _grade(self, submission_id: UUID) -> GradedJob | NotGraded:
        try:
            return await self._grader.grade(await load_job(self._database, self._content, submission_id))
        except OSError as error:
            return unreadable(error)


def _position(row: Submission) -> Position:
    return Position(row.received_at, row.id)


def _is_after(row: Submission, cursor: Position | None) -> bool:
    return cursor is None or (row.received_at, row.id) < (cursor.moment, cursor.id)
