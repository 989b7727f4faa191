"""Notes on learners, for those who teach them; learners find them in the export of their data only."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.gradebook import GradebookNote
from nexus_server.teaching.gradebook.columns import get_roadmap_id


class GradebookNotes:
    """Writes notes."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock) -> None:
        """`cohorts` know whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock

    async def write(self, instructor: Learner, slug: str, user_id: UUID, note: str) -> None:
        """Write a note on a learner in a roadmap, in place of the one before; an empty one takes it away.

        Raises:
            ForbiddenError: students may not.
            UnknownUserError: the instructor does not teach them.
            RoadmapNotFoundError
        """
        if user_id not in await self._cohorts.student_ids(instructor):
            raise UnknownUserError
        async with self._database.transaction() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            mine = GradebookNote.roadmap_id == roadmap_id, GradebookNote.user_id == user_id
            await session.execute(delete(GradebookNote).where(*mine))
            if note:
                session.add(
                    GradebookNote(
                        roadmap_id=roadmap_id,
                        user_id=user_id,
                        note=note,
                        written_by=instructor.id,
                        written_at=self._clock.now(),
                    )
                )


async def load_notes(session: AsyncSession, roadmap_id: UUID, student_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the notes on some learners, by learner."""
    query = select(GradebookNote.user_id, GradebookNote.note).where(
        GradebookNote.roadmap_id == roadmap_id, GradebookNote.user_id.in_(student_ids)
    )
    return {row.user_id: row.note for row in await session.execute(query)}
