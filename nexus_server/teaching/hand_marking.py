"""Points by a person: written as a grade, with every change of a cell in the history, and undone by batches."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.errors import WriteConflictError
from nexus_server.learner import Learner
from nexus_server.notebook_format.results import CellStatus
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.marking import Mark
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions import hand_marks
from nexus_server.submissions.errors import BadManualScoreError, NotGradedYetError, SubmissionNotFoundError
from nexus_server.submissions.grade_writer import GradeWriter, NewGrade
from nexus_server.submissions.group_work import original_id
from nexus_server.submissions.job import GradedJob
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.rows import get_submission
from nexus_server.submissions.views import AppliedItem, SubmissionView, submission_view

#: times that a mark is tried when another cell of its submission was marked at the same moment
MAX_ATTEMPTS = 5

Cells = list[dict[str, Any]]
#: from a submission's cells to what they shall be; raises when they do not allow it
Change = Callable[[Cells], Cells]


class ManualCell(BaseModel):
    """Points by hand for one cell."""

    points: float = Field(ge=0, allow_inf_nan=False)
    comment: str | None = Field(None, max_length=5000)


@dataclass(frozen=True, slots=True)
class Given:
    """Points by hand, with the rubric's items that they come from."""

    points: float
    comment: str | None = None
    rubric: tuple[AppliedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Marking:
    """Who marks, in which batch, and from where."""

    instructor: Learner
    batch_id: UUID
    #: "page", "desk", "group", "rubric", "request" or "undo"
    origin: str
    #: a remark on the whole
    comment: str | None = None


class HandMarking:
    """Writes marks of an instructor's own students."""

    def __init__(
        self,
        database: Database,
        cohorts: Cohorts,
        audit: AuditLog,
        clock: Clock,
        *,
        writer: GradeWriter,
        reader: NotebookReader,
    ) -> None:
        """Grades go through `writer`; `reader` reads what was handed in, for the feedback page."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock
        self._writer = writer
        self._reader = reader

    async def score(
        self, instructor: Learner, submission_id: UUID, cells: Mapping[str, ManualCell], comment: str | None
    ) -> SubmissionView:
        """Give points to cells by hand; cells that are not named keep theirs.

        Raises:
            SubmissionNotFoundError: there is none, or it is not of a student of theirs.
            NotGradedYetError: the autograder was not there yet.
            BadManualScoreError: an unknown cell, or more points than it has.
            WriteConflictError: somebody else graded it at the same moment.
        """
        given = {name: Given(cell.points, cell.comment) for name, cell in cells.items()}
        marking = Marking(instructor, uuid4(), "page", comment)
        await self.write(marking, submission_id, lambda now: with_points(now, given))
        async with self._database.reading() as session:
            return submission_view(await get_submission(session, submission_id), None)

    async def write(self, marking: Marking, submission_id: UUID, change: Change) -> Submission:
        """Change a graded submission's cells. `change` is asked again when somebody else was quicker.

        Raises:
            SubmissionNotFoundError, NotGradedYetError
            WriteConflictError: somebody else graded it at the same moment, again and again.
            NexusError: whatever `change` raises.
        """
        async with self._database.reading() as session:
            user_id = await session.scalar(select(Submission.user_id).where(Submission.id == submission_id))
            # What one of a group handed in is marked once, for all of them.
            submission_id = await original_id(session, submission_id)
        if user_id is None or not await self._cohorts.teaches(marking.instructor, user_id, ClassRight.MARK):
            raise SubmissionNotFoundError
        for number in range(MAX_ATTEMPTS):
            try:
                return await self._write_once(marking, submission_id, change)
            except WriteConflictError:
                if number == MAX_ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def undo(self, instructor: Learner, batch_id: UUID) -> tuple[int, int]:
        """Give the cells of one's own batch back what they had; return how many that were, and how many changed since.

        Raises:
            NexusError: as `write`.
        """
        query = select(Mark).where(
            Mark.batch_id == batch_id, Mark.marked_by == instructor.id, Mark.undone_at.is_(None), Mark.origin != "undo"
        )
        async with self._database.reading() as session:
            marks = list(await session.scalars(query))
        undone = 0
        for mark in marks:
            marking = Marking(instructor, uuid4(), "undo")
            before = await self.write(marking, mark.submission_id, lambda now, mark=mark: _back(now, mark))  # type: ignore[misc]
            undone += _cell(before.results or [], mark.grade_id) == mark.before
        async with self._database.transaction() as session:
            ids = [mark.id for mark in marks]
            await session.execute(update(Mark).where(Mark.id.in_(ids)).values(undone_at=self._clock.now()))
        return undone, len(marks) - undone

    async def _write_once(self, marking: Marking, submission_id: UUID, change: Change) -> Submission:
        async with self._database.reading() as session:
            seen = await get_submission(session, submission_id, Submission.notebook)
            node = await session.get_one(Node, seen.node_id)
        before = list(seen.results or [])
        if seen.status != "graded":
            raise NotGradedYetError
        cells = change(before)
        if cells == before:
            return seen
        # Before the transaction: on SQLite nobody else could write while the page is made.
        graded = await self._graded(marking, seen, node, cells)
        grade = NewGrade("manual", graded, graded_by=marking.instructor.id, comment=marking.comment)
        async with self._database.transaction() as session:
            row = await get_submission(session, submission_id, lock=True)
            if row.status != "graded":
                raise NotGradedYetError
            if (row.graded_at, row.results) != (seen.graded_at, seen.results):
                raise WriteConflictError
            written = await self._writer.write(session, row, grade)
            self._note(session, marking, row, before=before)
            self._ring(session, marking, [each.row for each in written], node)
        for each in written:
            await self._writer.announce(each)
        return row

    def _note(self, session: AsyncSession, marking: Marking, row: Submission, *, before: Cells) -> None:
        """Write down which cells changed."""
        now = self._clock.now()
        for old, new in zip(before, row.results or [], strict=True):
            if old != new:
                mark = Mark(
                    batch_id=marking.batch_id,
                    submission_id=row.id,
                    grade_id=new["grade_id"],
                    origin=marking.origin,
                    before=old,
                    after=new,
                    marked_by=marking.instructor.id,
                    marked_at=now,
                )
                session.add(mark)
        facts = {"score": row.score, "origin": marking.origin}
        self._audit.write(session, marking.instructor.id, "submission.manual_score", "submission", row.id, **facts)

    def _ring(self, session: AsyncSession, marking: Marking, rows: Sequence[Submission], node: Node) -> None:
        """Ring the learners' bells when nothing of theirs waits any more."""
        for row in rows:
            if not row.needs_manual and marking.origin not in ("undo", "request"):
                told = {"submission_id": str(row.id), "node_id": str(node.id), "title": node.title}
                session.add(Notification(user_id=row.user_id, type="submission.marked", payload=told))

    async def _graded(self, marking: Marking, row: Submission, node: Node, cells: Cells) -> GradedJob:
        result = hand_marks.result_of(cells, row.max_score or 0.0)
        notebook = await self._reader.read(str(marking.instructor.id), row.notebook)
        async with self._database.reading() as session:
            language = await hand_marks.language_of(session, row.user_id)
        page = await asyncio.to_thread(
            hand_marks.page, notebook, node, result, cells, marking.comment, language=language
        )
        return GradedJob(
            score=result.score,
            max_score=result.max_score,
            needs_manual=result.needs_manual,
            cells=cells,
            # A grade by hand is the instructor's word, and is audited.
            provenance={**hand_marks.unsigned(row.provenance or {}), "graded_by": str(marking.instructor.id)},
            feedback=page,
        )


def with_points(cells: Sequence[Mapping[str, Any]], given: Mapping[str, Given]) -> Cells:
    """Return a submission's cells with points by hand, by grade id.

    Raises:
        BadManualScoreError: an unknown cell, or more points than it has.
    """
    most = {cell["grade_id"]: cell["max_points"] for cell in cells}
    wrong = {name: gettext_noop("there is no such cell") for name in given if name not in most}
    wrong |= {
        name: phrase("at most {limit:g}", limit=most[name])
        for name, cell in given.items()
        if name in most and cell.points > most[name]
    }
    if wrong:
        raise BadManualScoreError(fields=wrong)
    return [_marked(cell, given.get(cell["grade_id"])) for cell in cells]


def _marked(cell: Mapping[str, Any], given: Given | None) -> dict[str, Any]:
    if given is None:
        return dict(cell)
    status = "passed" if given.points == cell["max_points"] else "partial" if given.points else "failed"
    # That a person will mark it is true no more; what its tests said still is.
    message = "" if cell["status"] == CellStatus.MANUAL else cell["message"]
    marks = {"points": given.points, "comment": given.comment, "by_hand": True}
    plain = {name: value for name, value in cell.items() if name != "rubric"}
    rubric = {"rubric": [item.model_dump(mode="json") for item in given.rubric]} if given.rubric else {}
    return {**plain, **marks, **rubric, "status": status, "message": message}


def _back(cells: Cells, mark: Mark) -> Cells:
    """Return the cells with one as it was before a mark; as they are when it was changed since."""
    return [dict(mark.before) if cell == mark.after else cell for cell in cells]


def _cell(cells: Sequence[Mapping[str, Any]], grade_id: str) -> Mapping[str, Any]:
    return next((cell for cell in cells if cell["grade_id"] == grade_id), {})
