"""Ends timed exams: what is in the workspace when the time is over is handed in. A `Background`."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.errors import NexusError, UnavailableError
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.learning.own_terms import load_terms
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.errors import NoSubmissionsLeftError
from nexus_server.submissions.service import SubmissionService
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: seconds between two looks
INTERVAL_S = 5.0
#: sittings that are looked at in one go
BATCH = 50
MAX_PROBLEM_CHARS = 300


class ExamKeeper:
    """Looks whose time is over. A server that was down then does it when it is back, as of the moment of the end."""

    def __init__(self, database: Database, clock: Clock, submissions: SubmissionService) -> None:
        """Hand in through `submissions`; look at nothing yet."""
        self._database = database
        self._clock = clock
        self._submissions = submissions
        self._part: Part | None = None

    async def start(self) -> None:
        """Begin to look. What was changed while no server ran is looked at, too."""
        async with self._database.transaction() as session:
            await recheck(session, self._clock.now())
        self._part = forever("exam-keeper", self.look, every_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def look(self) -> None:
        """End what is over; whatever cannot be handed in keeps no other learner's exam from ending.

        Raises:
            UnavailableError: the database does not answer; nothing is lost, the next look does it.
        """
        due = select(ExamSitting.id).where(ExamSitting.check_at <= self._clock.now()).order_by(ExamSitting.check_at)
        async with self._database.reading() as session:
            sittings = list(await session.scalars(due.limit(BATCH)))
        for sitting_id in sittings:
            await self._look_at(sitting_id)

    async def _look_at(self, sitting_id: UUID) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            found = await _find(session, sitting_id)
            if found is None:
                return
            sitting, user, node = found
            ends_at = (await load_terms(session, user.id, node)).end_of(sitting.started_at)
            if ends_at is None or now <= ends_at:  # it goes on, perhaps again: somebody gave more time
                sitting.check_at, sitting.ended_at = ends_at, None
                return
            if sitting.ended_at is not None:
                sitting.check_at = None
                return
        learner = Learner(user.id, user.email, user.display_name, Role(user.role), user.timezone)
        problem = await self._hand_in(learner, node.id, ends_at)
        ended = update(ExamSitting).where(ExamSitting.id == sitting_id)
        async with self._database.transaction() as session:
            await session.execute(ended.values(ended_at=ends_at, check_at=None, problem=problem))

    async def _hand_in(self, learner: Learner, node_id: UUID, ends_at: datetime) -> str:
        """Hand in what is there; return why that was not possible.

        Raises:
            UnavailableError: it may be possible in a moment.
        """
        try:
            await self._submissions.hand_in(learner, node_id, received_at=ends_at)
        except NoSubmissionsLeftError:
            return ""  # the last attempt was handed in by hand
        except UnavailableError:
            raise
        except NexusError as error:
            log.warning("exam_not_handed_in", user_id=str(learner.id), node_id=str(node_id), code=error.code)
            return error.message[:MAX_PROBLEM_CHARS]
        return ""


async def recheck(session: AsyncSession, now: datetime, node_id: UUID | None = None) -> None:
    """Have sittings looked at again, of one lab or all: their terms may have changed."""
    query = update(ExamSitting).where(ExamSitting.released_at.is_(None))
    if node_id is None:
        query = query.where(ExamSitting.ended_at.is_(None))
    else:
        query = query.where(ExamSitting.node_id == node_id)
    await session.execute(query.values(check_at=now))


async def _find(session: AsyncSession, sitting_id: UUID) -> tuple[ExamSitting, User, Node] | None:
    query = (
        select(ExamSitting, User, Node)
        .join(User, User.id == ExamSitting.user_id)
        .join(Node, Node.id == ExamSitting.node_id)
        .where(ExamSitting.id == sitting_id, ExamSitting.check_at.is_not(None))
    )
    row = (await session.execute(query.with_for_update(of=ExamSitting))).one_or_none()
    return None if row is None else (row[0], row[1], row[2])
