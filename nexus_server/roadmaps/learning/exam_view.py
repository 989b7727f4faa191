"""A timed exam as it stands for a learner."""

from datetime import datetime
from typing import Self, get_args

from pydantic import BaseModel

from nexus_server.roadmaps.files.roadmap_file import ExamAid, LabSpec
from nexus_server.roadmaps.learning.terms import Access, Terms, decide
from nexus_server.store.models.exams import ExamSitting


class ExamView(BaseModel):
    """A timed exam as it stands for me."""

    access: Access
    #: minutes that I have once I start, with my extra time
    limit_minutes: float
    started_at: datetime | None
    ends_at: datetime | None
    #: until the end, by the server's clock; None before the start
    seconds_left: float | None
    #: when what I had was handed in
    ended_at: datetime | None
    #: whether my results are shown to me
    is_released: bool
    #: what I do without, anywhere on the site, until it is over
    closed: list[ExamAid]

    @classmethod
    def of(cls, spec: LabSpec, terms: Terms, sitting: ExamSitting | None, now: datetime) -> Self | None:
        """Return how a lab with these keys and terms stands; None where there is no time limit."""
        if terms.time_limit is None:
            return None
        started_at = sitting.started_at if sitting else None
        decision = decide(terms, now, started_at=started_at)
        ends_at = decision.ends_at
        return cls(
            access=decision.access,
            limit_minutes=terms.time_limit.total_seconds() / 60,
            started_at=started_at,
            ends_at=ends_at,
            seconds_left=None if ends_at is None else max(0.0, (ends_at - now).total_seconds()),
            ended_at=sitting.ended_at if sitting else None,
            is_released=sitting is not None and sitting.released_at is not None,
            closed=[aid for aid in get_args(ExamAid) if aid not in spec.exam_allows],
        )
