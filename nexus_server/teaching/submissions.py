"""What an instructor does with submissions: list, read, regrade. History is kept."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.learner import Learner
from nexus_server.paging import Cursor, Position, cut
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.store.paging import newest_first
from nexus_server.submissions.errors import NotGradedYetError, SubmissionNotFoundError
from nexus_server.submissions.group_work import original_id
from nexus_server.submissions.job_loading import tests_of_today, was_graded_by
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.queue import GradingQueue
from nexus_server.submissions.rows import get_submission
from nexus_server.submissions.views import SubmissionStatus, SubmissionView, submission_view


class TaughtSubmission(SubmissionView):
    """A submission, to the learner's instructor."""

    user_id: UUID
    display_name: str


class TaughtSubmissionList(BaseModel):
    """Submissions, newest first."""

    items: list[TaughtSubmission]
    next: str | None


class GradeView(BaseModel):
    """A grade that a submission was once given."""

    origin: Literal["autograde", "regrade", "manual"]
    score: float
    max_score: float
    comment: str | None
    graded_by: UUID | None
    graded_at: datetime


class SubmissionDetail(TaughtSubmission):
    """A submission with its notebook and every grade it was given, the newest first."""

    notebook: dict[str, Any]
    provenance: dict[str, Any] | None
    grades: list[GradeView]


class SubmissionFilter(BaseModel):
    """Which submissions to list."""

    node_id: UUID | None = None
    user_id: UUID | None = None
    cohort_id: UUID | None = None
    status: SubmissionStatus | None = None
    needs_manual: bool | None = None
    cursor: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class TeachingService:
    """Submissions for instructors, of their own students only."""

    def __init__(
        self,
        database: Database,
        cohorts: Cohorts,
        audit: AuditLog,
        *,
        queue: GradingQueue,
        content: ContentLayers,
        reader: NotebookReader,
    ) -> None:
        """What is to be graded again goes into `queue`; the labs' data lies in `content`, `reader` reads notebooks."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._queue = queue
        self._content = content
        self._reader = reader

    async def list_submissions(self, instructor: Learner, wanted: SubmissionFilter) -> TaughtSubmissionList:
        """Return the submissions of the instructor's students.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError
        """
        students = await self._cohorts.student_ids(instructor, wanted.cohort_id, ClassRight.MARK)
        query = (
            select(Submission, User.display_name)
            .join(User, User.id == Submission.user_id)
            .where(Submission.user_id.in_(students), *_conditions(wanted))
        )
        query = newest_first(query, Submission.received_at, Submission.id, after=wanted.cursor, limit=wanted.limit)
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        page = cut(rows, wanted.limit, lambda row: Position(row[0].received_at, row[0].id), lambda row: _taught(*row))
        return TaughtSubmissionList(items=page.items, next=str(page.next) if page.next else None)

    async def get_submission(self, instructor: Learner, submission_id: UUID) -> SubmissionDetail:
        """Return a submission of a student of theirs.

        Raises:
            SubmissionNotFoundError: there is none, or it is not of a student of theirs.
        """
        async with self._database.reading() as session:
            row = await get_submission(session, submission_id, Submission.notebook)
            user = await session.get_one(User, row.user_id)
            query = select(Grade).where(Grade.submission_id == row.id).order_by(Grade.graded_at.desc())
            grades = list(await session.scalars(query))
        await self._require_taught(instructor, row)
        return SubmissionDetail(
            **_taught(row, user.display_name).model_dump(),
            notebook=dict(await self._reader.read_with_outputs(str(instructor.id), row.notebook)),
            provenance=row.provenance,
            grades=[GradeView.model_validate(grade, from_attributes=True) for grade in grades],
        )

    async def get_feedback(self, instructor: Learner, submission_id: UUID) -> str:
        """Return the feedback page that a student of theirs was given.

        Raises:
            SubmissionNotFoundError: there is none, or it is not of a student of theirs.
            NotGradedYetError
        """
        async with self._database.reading() as session:
            row = await get_submission(session, submission_id, Submission.feedback)
        await self._require_taught(instructor, row)
        if row.feedback is None:
            raise NotGradedYetError
        return row.feedback

    async def regrade(self, instructor: Learner, submission_id: UUID) -> SubmissionView:
        """Queue a submission again, against the present source.

        Raises:
            SubmissionNotFoundError: there is none, or it is not of a student of theirs.
            NotGradedYetError: it is queued or being graded anyway.
        """
        async with self._database.reading() as session:
            row = await get_submission(session, submission_id)
        await self._require_taught(instructor, row)
        async with self._database.transaction() as session:
            row = await get_submission(session, await original_id(session, submission_id), lock=True)
            if row.status in ("queued", "running"):
                raise NotGradedYetError
            await self._put(session, row)
            self._audit.write(session, instructor.id, "submission.regrade", "submission", row.id)
        return submission_view(row, None)

    async def regrade_all(self, instructor: Learner, node_id: UUID, *, only_changed: bool = False) -> int:
        """Queue every graded submission of a lab again; with `only_changed`, those graded by other tests than today's.

        Raises:
            ForbiddenError: students may not.
            NodeNotFoundError
        """
        students = await self._cohorts.student_ids(instructor)
        # Before the transaction: on SQLite nobody else could write while files are read.
        present = await self._tests_of_today(node_id)
        async with self._database.transaction() as session:
            theirs = select(func.coalesce(Submission.copy_of, Submission.id)).where(
                Submission.node_id == node_id, Submission.user_id.in_(students)
            )
            query = select(Submission).where(Submission.id.in_(theirs), Submission.status.in_(("graded", "failed")))
            rows = [
                row
                for row in await session.scalars(query.with_for_update())
                if not only_changed or not was_graded_by(row, present)
            ]
            for row in rows:
                await self._put(session, row)
            self._audit.write(session, instructor.id, "node.regrade", "node", node_id, count=len(rows))
        return len(rows)

    async def _tests_of_today(self, node_id: UUID) -> str | None:
        async with self._database.reading() as session:
            node = await session.scalar(select(Node).where(Node.id == node_id, Node.type == "lab"))
            if node is None:
                raise NodeNotFoundError
            roadmap = await session.get_one(Roadmap, node.roadmap_id)
        return await tests_of_today(node, self._content.folder(roadmap.slug))

    async def _put(self, session: AsyncSession, row: Submission) -> None:
        row.status, row.failures, row.reason, row.claimed_by, row.claimed_until = "queued", 0, None, None, None
        await self._queue.put(session, row)

    async def _require_taught(self, instructor: Learner, row: Submission) -> None:
        if not await self._cohorts.teaches(instructor, row.user_id, ClassRight.MARK):
            raise SubmissionNotFoundError


def _conditions(wanted: SubmissionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.node_id is not None:
        conditions.append(Submission.node_id == wanted.node_id)
    if wanted.user_id is not None:
        conditions.append(Submission.user_id == wanted.user_id)
    if wanted.status is not None:
        conditions.append(Submission.status == wanted.status)
    if wanted.needs_manual is not None:
        conditions.append(Submission.needs_manual.is_(wanted.needs_manual))
    return conditions


def _taught(row: Submission, display_name: str) -> TaughtSubmission:
    return TaughtSubmission(**submission_view(row, None).model_dump(), user_id=row.user_id, display_name=display_name)
