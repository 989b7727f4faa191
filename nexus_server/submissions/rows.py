"""One submission's row, for whoever may see it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, undefer

from nexus_server.store.models.grading import Submission
from nexus_server.submissions.errors import SubmissionNotFoundError


async def get_submission(
    session: AsyncSession, submission_id: UUID, *loaded: InstrumentedAttribute[Any], lock: bool = False
) -> Submission:
    """Return a submission with the large columns `loaded`, which are left out otherwise; `lock` keeps others off it.

    Raises:
        SubmissionNotFoundError: there is none.
    """
    query = select(Submission).where(Submission.id == submission_id).options(*map(undefer, loaded))
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise SubmissionNotFoundError
    return row
