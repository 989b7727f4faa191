"""Those who teach see who is stuck, and answer in place."""

from uuid import UUID

from sqlalchemy import select

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.tutor import HelpRequest
from nexus_server.tutor.errors import HelpNotFoundError
from nexus_server.tutor.help.service import LISTED, requests_query, view_of
from nexus_server.tutor.help.types import HelpView


class HelpQueue:
    """Requests of an instructor's own students."""

    def __init__(self, database: Database, cohorts: Cohorts, clock: Clock) -> None:
        """Instructors see the students of their `cohorts`."""
        self._database = database
        self._cohorts = cohorts
        self._clock = clock

    async def list_all(self, instructor: Learner, *, is_answered: bool) -> list[HelpView]:
        """Return the requests that wait, the oldest first; or the answered ones, the latest first.

        Raises:
            ForbiddenError: students may not.
        """
        students = await self._cohorts.student_ids(instructor)
        query = requests_query().where(HelpRequest.user_id.in_(students))
        if is_answered:
            query = query.where(HelpRequest.answer.is_not(None)).order_by(HelpRequest.answered_at.desc())
        else:
            query = query.where(HelpRequest.answer.is_(None)).order_by(HelpRequest.created_at)
        async with self._database.reading() as session:
            return [view_of(*found) for found in await session.execute(query.limit(LISTED))]

    async def answer(self, instructor: Learner, request_id: UUID, text: str) -> HelpView:
        """Answer a request, or put another answer in place of one's own; the learner's bell rings.

        Raises:
            HelpNotFoundError: there is none, or its learner is somebody else's student.
        """
        async with self._database.reading() as session:
            asker = await session.scalar(select(HelpRequest.user_id).where(HelpRequest.id == request_id))
        if asker is None or not await self._cohorts.teaches(instructor, asker):
            raise HelpNotFoundError
        async with self._database.transaction() as session:
            row = await session.get(HelpRequest, request_id, with_for_update=True)
            if row is None:
                raise HelpNotFoundError
            row.answer, row.answered_by, row.answered_at = text, instructor.id, self._clock.now()
            title = await session.scalar(select(Node.title).where(Node.id == row.node_id))
            payload = {
                "request_id": str(row.id),
                "node_id": str(row.node_id) if row.node_id else None,
                "title": title or "",
            }
            session.add(Notification(user_id=row.user_id, type="help.answered", payload=payload))
            await session.flush()
            found = (await session.execute(requests_query().where(HelpRequest.id == row.id))).one()
        return view_of(*found)
