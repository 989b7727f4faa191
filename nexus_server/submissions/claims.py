"""The queue, which is the submissions table itself: claims with a lease, fairness, retries.

The same statements serve both databases: PostgreSQL's workers skip each other's rows, SQLite's writers queue. A claim
holds until `claimed_until`; whoever writes a result must still hold it, so that a worker that was given up for dead
cannot grade twice. For a queued submission `claimed_until` is the moment before which it is not to be tried again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from nexus_server.store.models.grading import Submission
from nexus_server.submissions.rows import IS_ORIGINAL

#: how many of the next candidates a worker tries to lock before it looks again
CANDIDATES = 16
#: how long a grading counts against its learner's place in the queue
RECENTLY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """A submission that one worker works on."""

    submission_id: UUID
    user_id: UUID
    node_id: UUID
    worker: str


def _line(now: datetime) -> Select[UUID, UUID, UUID]:
    """Select the queued submissions (id, user, node) in the order in which they are taken.

    Everybody's first before anybody's second: a learner's place counts those of theirs that are queued before, are
    running, or were graded a moment ago.
    """
    other = aliased(Submission)
    served = (
        select(func.count())
        .where(
            other.user_id == Submission.user_id,
            or_(other.status == "running", other.graded_at > now - RECENTLY),
        )
        .correlate(Submission)
        .scalar_subquery()
    )
    own_place = func.row_number().over(
        partition_by=Submission.user_id, order_by=(Submission.received_at, Submission.id)
    )
    columns = select(Submission.id, Submission.user_id, Submission.node_id)
    return columns.where(Submission.status == "queued", IS_ORIGINAL).order_by(
        own_place + served, Submission.received_at, Submission.id
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(Submission.claimed_until.is_(None), Submission.claimed_until <= now)


#: made once: workers ask every second, and building a statement costs more than running it
_ANY_DUE = (
    select(Submission.id)
    .where(
        Submission.status == "queued",
        IS_ORIGINAL,
        or_(Submission.claimed_until.is_(None), Submission.claimed_until <= bindparam("now")),
    )
    .limit(1)
)


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether there is something to claim: a cheap look that takes no lock, unlike `claim`."""
    return connection.execute(_ANY_DUE, {"now": now}).first() is not None


async def claim(session: AsyncSession, worker: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take the next submission for `worker`, or None when there is nothing to do."""
    for submission_id, _, _ in (await session.execute(_line(now).where(_due(now)).limit(CANDIDATES))).all():
        query = select(Submission).where(Submission.id == submission_id, Submission.status == "queued", _due(now))
        row = await session.scalar(query.with_for_update(skip_locked=True))
        if row is None:
            continue
        row.status, row.claimed_by, row.claimed_until = "running", worker, now + lease
        return Claim(row.id, row.user_id, row.node_id, worker)
    return None


async def renew(session: AsyncSession, claim: Claim, until: datetime) -> bool:
    """Hold a claim until `until`; False when it was lost."""
    query = update(Submission).where(_held(claim)).values(claimed_until=until).returning(Submission.id)
    return await session.scalar(query) is not None


async def find_held(session: AsyncSession, claim: Claim) -> Submission | None:
    """Return the claimed submission, locked; None when the claim was lost."""
    return await session.scalar(select(Submission).where(_held(claim)).with_for_update())


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(
        Submission.id == claim.submission_id, Submission.status == "running", Submission.claimed_by == claim.worker
    )


async def expired(session: AsyncSession, now: datetime) -> list[Submission]:
    """Return the submissions whose worker fell silent, locked."""
    query = select(Submission).where(Submission.status == "running", Submission.claimed_until < now)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def claimed_by_prefix(session: AsyncSession, prefix: str) -> list[Submission]:
    """Return the running submissions of the workers whose name begins with `prefix`, locked."""
    query = select(Submission).where(Submission.status == "running", Submission.claimed_by.startswith(prefix))
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def untold(session: AsyncSession, before: datetime) -> list[tuple[UUID, UUID]]:
    """Return (submission, learner) of the grades written before a moment that nobody was told of."""
    query = select(Submission.id, Submission.user_id).where(Submission.untold_since < before)
    return [(submission_id, user_id) for submission_id, user_id in await session.execute(query.limit(CANDIDATES))]


async def positions(session: AsyncSession, now: datetime, limit: int = 1000) -> list[tuple[UUID, UUID, UUID]]:
    """Return (submission, learner, node) of what is queued, the next one first."""
    rows = (await session.execute(_line(now).limit(limit))).all()
    return [(submission_id, user_id, node_id) for submission_id, user_id, node_id in rows]


async def position_of(session: AsyncSession, submission_id: UUID, now: datetime) -> int | None:
    """Return a submission's place in the queue, from 1; None when it isn't queued."""
    line = list(await session.scalars(_line(now)))
    return line.index(submission_id) + 1 if submission_id in line else None
