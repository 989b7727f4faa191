"""What one of a group hands in is everybody's: each gets a submission that follows the one that was handed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.roadmaps.learning.own_terms import load_terms
from nexus_server.roadmaps.learning.progress import begin
from nexus_server.roadmaps.learning.terms import decide
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.rows import IS_COUNTED


async def give_to_mates(
    session: AsyncSession, original: Submission, node: Node, mates: Sequence[UUID], clock: Clock
) -> None:
    """Give each of `mates` a copy of what was handed in, an attempt of theirs, on their own terms.

    Who may not hand in at that moment, or has no attempt left, gets none. A timed exam is sat alone.
    """
    for user_id in mates:
        # The progress row is the lock that numbers one learner's attempts.
        await begin(session, user_id, node.id, clock)
        terms = await load_terms(session, user_id, node)
        last, counted = await count_attempts(session, user_id, node.id)
        decision = decide(terms, original.received_at, counted)
        if terms.time_limit is not None or decision.access not in ("open", "late"):
            continue
        session.add(
            Submission(
                user_id=user_id,
                node_id=node.id,
                notebook=original.notebook,
                sha256=original.sha256,
                attempt=last + 1,
                received_at=original.received_at,
                status="queued",
                late_penalty=decision.penalty,
                copy_of=original.id,
            )
        )
    await session.flush()


async def count_attempts(session: AsyncSession, user_id: UUID, node_id: UUID) -> tuple[int, int]:
    """Return the last attempt's number and how many attempts count."""
    mine = (Submission.user_id == user_id, Submission.node_id == node_id)
    last = await session.scalar(select(func.max(Submission.attempt)).where(*mine))
    counted = await session.scalar(select(func.count()).where(*mine, IS_COUNTED))
    return last or 0, counted or 0


async def lock_copies(session: AsyncSession, original: Submission) -> Sequence[Submission]:
    """Return the copies of a submission that the caller has locked."""
    query = select(Submission).where(Submission.copy_of == original.id).order_by(Submission.user_id)
    return (await session.scalars(query.with_for_update())).all()


async def original_id(session: AsyncSession, submission_id: UUID) -> UUID:
    """Return the submission that is graded and marked for this one: itself, unless it is a copy."""
    copy_of = await session.scalar(select(Submission.copy_of).where(Submission.id == submission_id))
    return copy_of or submission_id


async def lock_original(session: AsyncSession, row: Submission) -> Submission:
    """Return the submission that is graded for `row`, locked."""
    if row.copy_of is None:
        return row
    query = select(Submission).where(Submission.id == row.copy_of).with_for_update()
    return await session.scalar(query) or row
