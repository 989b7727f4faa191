"""Timed exams are started by learners, and close what helps elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import ClosedInExamError, NotAnExamError, WrongNodeTypeError
from nexus_server.roadmaps.files.roadmap_file import ExamAid, LabSpec
from nexus_server.roadmaps.learning.exam_view import ExamView
from nexus_server.roadmaps.learning.own_terms import load_terms, require_begun
from nexus_server.roadmaps.learning.progress import load_way_of_node
from nexus_server.roadmaps.learning.sittings import exams_that_close, find_sitting
from nexus_server.roadmaps.learning.terms import decide
from nexus_server.store.database import Database
from nexus_server.store.models.exams import ExamSitting


class ExamStarts:
    """Starts exams."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """What is started runs from `clock`'s time on."""
        self._database = database
        self._clock = clock

    async def start(self, learner: Learner, node_id: UUID) -> ExamView:
        """Start an exam: from now on the time runs. Starting again changes nothing.

        Raises:
            NodeNotFoundError, NodeLockedError, WrongNodeTypeError
            NotAnExamError: the lab has no time limit.
            LabNotOpenYetError: it opens later.
            ExamClosedError: it is too late to start.
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            if node.type != "lab":
                raise WrongNodeTypeError(type=node.type)
            terms, now = await load_terms(session, learner.id, node), self._clock.now()
            sitting = await find_sitting(session, learner.id, node.id)
            if terms.time_limit is None:
                raise NotAnExamError
            if sitting is None:
                if decide(terms, now).access != "ready":
                    require_begun(terms, now, None)
                sitting = await _begin(session, learner.id, node.id, now)
                sitting.check_at = terms.end_of(sitting.started_at)
            view = ExamView.of(LabSpec.model_validate(node.spec["lab"]), terms, sitting, now)
        assert view is not None  # noqa: S101  there is a time limit
        return view

    async def require_allowed(self, learner: Learner, aid: ExamAid) -> None:
        """Do nothing where the learner may use `aid` now; staff may at any time.

        Raises:
            ClosedInExamError: an exam closes it to them; see `exams_that_close`.
        """
        if learner.is_staff:
            return
        async with self._database.reading() as session:
            exams = await exams_that_close(session, learner.id, aid)
        if exams:
            raise ClosedInExamError(exams=exams)


async def _begin(session: AsyncSession, user_id: UUID, node_id: UUID, now: datetime) -> ExamSitting:
    try:
        async with session.begin_nested():
            sitting = ExamSitting(user_id=user_id, node_id=node_id, started_at=now)
            session.add(sitting)
    except IntegrityError:  # started in another tab at the same moment
        found = await find_sitting(session, user_id, node_id)
        if found is None:
            raise
        return found
    return sitting
