"""One submission's row, for whoever may see it."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, undefer

from nexus_server.store.models.grading import Submission
from nexus_server.submissions.errors import SubmissionNotFoundError

#: what used up an attempt. What could not be graded used up none; one that was graded once did, though grading it
#: again may have failed.
IS_COUNTED = or_(Submission.status != "failed", Submission.graded_at.is_not(None))


#: what was handed in itself, and is graded; the others of a group have copies of it
IS_ORIGINAL = Submission.copy_of.is_(None)


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
