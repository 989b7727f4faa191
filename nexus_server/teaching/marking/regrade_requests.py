"""Requests to look again at points: asked by learners, answered in place by those who teach them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.sittings import are_results_held
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.marking import RegradeRequest
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.errors import NotGradedYetError, ResultsHeldError, SubmissionNotFoundError
from nexus_server.submissions.views import AppliedItem
from nexus_server.teaching.hand_marking import Cells, Given, HandMarking, Marking, with_points
from nexus_server.teaching.marking.errors import (
    BadMarkError,
    RegradeAnsweredError,
    RegradeRequestedError,
    RegradeRequestNotFoundError,
)
from nexus_server.teaching.marking.questions import AnySelect

#: requests that are listed at once
LISTED = 200


class RegradeRequestView(BaseModel):
    """A request; `answer` is null while it waits."""

    id: UUID
    submission_id: UUID
    node_id: UUID
    title: str
    learner: str
    grade_id: str
    reason: str
    points: float
    max_points: float
    created_at: datetime
    answer: str | None
    new_points: float | None
    answered_at: datetime | None


class RegradeRequests:
    """Asks, lists and answers."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock, marking: HandMarking) -> None:
        """New points are written by `marking`."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock
        self._marking = marking

    async def ask(self, learner: Learner, submission_id: UUID, grade_id: str, reason: str) -> RegradeRequestView:
        """Ask for another look at a cell's points of one's own submission.

        Raises:
            SubmissionNotFoundError: there is none, or it is somebody else's.
            NotGradedYetError
            ResultsHeldError: it is of an exam whose results are not released.
            BadMarkError: it has no such cell, or a person has not marked it yet.
            RegradeRequestedError: one asked already, and the points are what they were.
        """
        async with self._database.transaction() as session:
            row = await session.get(Submission, submission_id, with_for_update=True)
            if row is None or row.user_id != learner.id:
                raise SubmissionNotFoundError
            if row.status != "graded":
                raise NotGradedYetError
            if await are_results_held(session, learner.id, row.node_id):
                raise ResultsHeldError
            cell = _cell(row.results or [], grade_id)
            if cell["status"] == "manual":
                raise BadMarkError(fields={"grade_id": "a person has not marked this yet"})
            await _require_new(session, row, cell)
            asked = RegradeRequest(
                id=uuid4(),
                user_id=learner.id,
                submission_id=row.id,
                grade_id=grade_id,
                reason=reason,
                points=cell["points"],
                created_at=self._clock.now(),
            )
            session.add(asked)
            await session.flush()
            return await _read(session, asked.id)

    async def list_own(self, learner: Learner, submission_id: UUID) -> list[RegradeRequestView]:
        """Return what one asked about a submission of one's own, the newest first.

        Raises:
            SubmissionNotFoundError: there is none, or it is somebody else's.
        """
        async with self._database.reading() as session:
            owner = await session.scalar(select(Submission.user_id).where(Submission.id == submission_id))
        if owner != learner.id:
            raise SubmissionNotFoundError
        query = _requests().where(RegradeRequest.submission_id == submission_id, RegradeRequest.user_id == learner.id)
        return await self._list(query.order_by(RegradeRequest.created_at.desc()))

    async def list_all(self, instructor: Learner, *, is_answered: bool) -> list[RegradeRequestView]:
        """Return the requests of the instructor's students: those that wait, the oldest first; or those answered.

        Raises:
            ForbiddenError: students may not.
        """
        students = await self._cohorts.student_ids(instructor, right=ClassRight.MARK)
        query = _requests().where(RegradeRequest.user_id.in_(students))
        if is_answered:
            query = query.where(RegradeRequest.answer.is_not(None)).order_by(RegradeRequest.answered_at.desc())
        else:
            query = query.where(RegradeRequest.answer.is_(None)).order_by(RegradeRequest.created_at)
        return await self._list(query)

    async def answer(
        self, instructor: Learner, request_id: UUID, text: str, points: float | None
    ) -> RegradeRequestView:
        """Answer a request, with other points where they are named; the learner's bell rings.

        Raises:
            RegradeRequestNotFoundError: there is none, or its learner is somebody else's student.
            RegradeAnsweredError: somebody else was quicker.
            BadManualScoreError: more points than the cell has.
            NotGradedYetError: the submission is being graded again.
        """
        async with self._database.reading() as session:
            asked = await session.get(RegradeRequest, request_id)
        if asked is None or not await self._cohorts.teaches(instructor, asked.user_id, ClassRight.MARK):
            raise RegradeRequestNotFoundError
        if asked.answer is not None:
            raise RegradeAnsweredError
        # The points first: an answer that promises points that did not come would be worse than the reverse.
        new_points = asked.points if points is None else points
        if points is not None:
            marking = Marking(instructor, uuid4(), "request")
            await self._marking.write(
                marking, asked.submission_id, lambda now: _with_new_points(now, asked.grade_id, points)
            )
        async with self._database.transaction() as session:
            row = await session.get(RegradeRequest, request_id, with_for_update=True)
            if row is None:
                raise RegradeRequestNotFoundError
            if row.answer is not None:
                raise RegradeAnsweredError
            row.answer, row.new_points = text, new_points
            row.answered_by, row.answered_at = instructor.id, self._clock.now()
            await session.flush()
            told = await _read(session, row.id)
            payload = {
                "submission_id": str(row.submission_id),
                "node_id": str(told.node_id),
                "title": told.title,
                "is_changed": new_points != row.points,
            }
            session.add(Notification(user_id=row.user_id, type="regrade.answered", payload=payload))
        return told

    async def _list(self, query: AnySelect) -> list[RegradeRequestView]:
        async with self._database.reading() as session:
            return [_view(*found) for found in await session.execute(query.limit(LISTED))]


def _requests() -> AnySelect:
    return (
        select(RegradeRequest, Submission, Node, User.display_name)
        .join(Submission, Submission.id == RegradeRequest.submission_id)
        .join(Node, Node.id == Submission.node_id)
        .join(User, User.id == RegradeRequest.user_id)
    )


async def _read(session: AsyncSession, request_id: UUID) -> RegradeRequestView:
    return _view(*(await session.execute(_requests().where(RegradeRequest.id == request_id))).one())


def _view(row: RegradeRequest, submission: Submission, node: Node, name: str) -> RegradeRequestView:
    cell = next((each for each in submission.results or [] if each["grade_id"] == row.grade_id), None)
    return RegradeRequestView(
        id=row.id,
        submission_id=row.submission_id,
        node_id=node.id,
        title=node.title,
        learner=name,
        grade_id=row.grade_id,
        reason=row.reason,
        points=row.points,
        max_points=cell["max_points"] if cell else row.points,
        created_at=row.created_at,
        answer=row.answer,
        new_points=row.new_points,
        answered_at=row.answered_at,
    )


def _cell(cells: Sequence[dict[str, Any]], grade_id: str) -> dict[str, Any]:
    found = next((cell for cell in cells if cell["grade_id"] == grade_id), None)
    if found is None:
        raise BadMarkError(fields={"grade_id": "there is no such cell"})
    return found


async def _require_new(session: AsyncSession, row: Submission, cell: dict[str, Any]) -> None:
    """Refuse a second request about the same points."""
    query = select(RegradeRequest).where(
        RegradeRequest.submission_id == row.id, RegradeRequest.grade_id == cell["grade_id"]
    )
    for asked in await session.scalars(query):
        if asked.answer is None or asked.new_points == cell["points"]:
            raise RegradeRequestedError


def _with_new_points(cells: Cells, grade_id: str, points: float) -> Cells:
    """Return the cells with other points for one, which keeps its comment and its items."""
    now = next((cell for cell in cells if cell["grade_id"] == grade_id), {})
    items = tuple(AppliedItem.model_validate(item) for item in now.get("rubric") or ())
    return with_points(cells, {grade_id: Given(points, now.get("comment"), items)})
