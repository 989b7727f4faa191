"""What learners are shown of their submissions: the shapes of the contract."""

from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel

from nexus_server.grading.sentences import said_in
from nexus_server.languages import UserLanguage, translate
from nexus_server.notebook_format.results import CellStatus, Trust
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.policy import share_of

SubmissionStatus = Literal["queued", "running", "graded", "failed"]
SomeView = TypeVar("SomeView", bound="SubmissionView")


class AppliedItem(BaseModel):
    """An item of a rubric, as it was when an answer was given it."""

    id: str
    text: str
    points: float


class CellView(BaseModel):
    """One graded cell."""

    grade_id: str
    points: float
    max_points: float
    status: CellStatus
    trust: Trust
    message: str
    #: by an instructor
    comment: str | None = None
    #: what of the rubric the points come from
    rubric: list[AppliedItem] = []


class Receipt(BaseModel):
    """A stored submission."""

    id: UUID
    received_at: datetime
    queue_position: int | None
    attempt: int
    status: SubmissionStatus


class SubmissionView(BaseModel):
    """A submission and its grade. `score` is in points of `max_score`, before lateness takes `late_penalty` off."""

    id: UUID
    node_id: UUID
    attempt: int
    status: SubmissionStatus
    received_at: datetime
    graded_at: datetime | None
    sha256: str
    queue_position: int | None
    score: float | None
    max_score: float | None
    #: share of the points after lateness, 0 to 1
    share: float | None
    late_penalty: float
    needs_manual: bool
    cells: list[CellView]
    reason: str | None
    xp_awarded: int
    #: whether the grade is not shown before an instructor releases the results of an exam
    is_held: bool = False


class SubmissionList(BaseModel):
    """My submissions of one lab, newest first."""

    items: list[SubmissionView]
    next: str | None = None


def submission_view(row: Submission, queue_position: int | None) -> SubmissionView:
    """Return a submission for its learner."""
    has_score = row.score is not None and row.max_score is not None
    return SubmissionView(
        id=row.id,
        node_id=row.node_id,
        attempt=row.attempt,
        status=row.status,
        received_at=row.received_at,
        graded_at=row.graded_at,
        sha256=row.sha256,
        queue_position=queue_position,
        score=row.score,
        max_score=row.max_score,
        share=share_of(row.score or 0.0, row.max_score or 0.0, row.late_penalty) if has_score else None,
        late_penalty=row.late_penalty,
        needs_manual=row.needs_manual,
        cells=[CellView.model_validate(cell) for cell in row.results or []],
        reason=row.reason,
        xp_awarded=row.xp_awarded,
    )


def without_grade(view: SubmissionView) -> SubmissionView:
    """Return a submission to an exam of which the results are not released: that it came, and nothing of its grade."""
    hidden: dict[str, object] = {
        "score": None,
        "max_score": None,
        "share": None,
        "cells": [],
        "reason": None,
        "needs_manual": False,
    }
    return view.model_copy(update={**hidden, "graded_at": None, "xp_awarded": 0, "is_held": True})


def in_language(view: SomeView, language: UserLanguage) -> SomeView:
    """Return a submission with what grading says of it in a language; authors' words stay as they are."""
    cells = [cell.model_copy(update={"message": said_in(cell.message, language)}) for cell in view.cells]
    return view.model_copy(update={"cells": cells, "reason": view.reason and translate(view.reason, language)})
