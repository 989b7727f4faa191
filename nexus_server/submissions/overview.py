"""The grading queue as administrators see it: what waits, what runs, what failed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, func, select

from nexus_server.accounts.permissions import Permission, require
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.submissions.rows import IS_ORIGINAL

#: submissions that are listed of those that wait, and of those that failed
MAX_LISTED = 100
COLUMNS = (
    Submission.id,
    User.display_name,
    User.email,
    Node.title,
    Roadmap.title.label("roadmap_title"),
    Submission.attempt,
    Submission.status,
    Submission.received_at,
    Submission.claimed_by,
    Submission.failures,
    Submission.reason,
)


class QueuedView(BaseModel):
    """A submission that is not graded."""

    id: UUID
    display_name: str
    email: str
    title: str
    roadmap_title: str
    attempt: int
    status: str
    received_at: datetime
    #: the worker that is at it
    claimed_by: str | None
    #: times that the infrastructure failed under it
    failures: int
    reason: str | None


class QueueView(BaseModel):
    """How many submissions there are of each kind; those that wait or run, the oldest first; the last that failed."""

    queued: int
    running: int
    failed: int
    waiting: list[QueuedView]
    failures: list[QueuedView]


class QueueOverview:
    """Reads the queue."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def read(self, admin: Learner) -> QueueView:
        """Return what is not graded.

        Raises:
            ForbiddenError: only admins may.
        """
        require(admin, Permission.SEE_OPERATION)
        unfinished = "queued", "running", "failed"
        count = func.count().label("number")
        counts = select(Submission.status, count).where(Submission.status.in_(unfinished), IS_ORIGINAL)
        waiting = _listed().where(Submission.status.in_(unfinished[:2])).order_by(Submission.received_at, Submission.id)
        failed = _listed().where(Submission.status == "failed").order_by(Submission.received_at.desc(), Submission.id)
        async with self._database.reading() as session:
            numbers = {row.status: row.number for row in await session.execute(counts.group_by(Submission.status))}
            return QueueView(
                **{status: numbers.get(status, 0) for status in unfinished},
                waiting=[QueuedView(**row) for row in (await session.execute(waiting.limit(MAX_LISTED))).mappings()],
                failures=[QueuedView(**row) for row in (await session.execute(failed.limit(MAX_LISTED))).mappings()],
            )


def _listed() -> Select[*tuple[Any, ...]]:
    joined = select(*COLUMNS).join(User, User.id == Submission.user_id).join(Node, Node.id == Submission.node_id)
    return joined.join(Roadmap, Roadmap.id == Node.roadmap_id).where(IS_ORIGINAL)
