"""Answers of submissions that were graded before a desk could show them: read a few at a time, whenever one looks."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.marking import HandAnswer
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions import hand_answers
from nexus_server.submissions.hand_answers import read_answers
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.rows import IS_ORIGINAL
from nexus_server.teaching.marking.questions import AnySelect

#: submissions read at one look
READ_AT_ONCE = 20


class UnreadAnswers:
    """Finds and reads them."""

    def __init__(self, database: Database, clock: Clock, reader: NotebookReader) -> None:
        """`reader` reads what was handed in."""
        self._database = database
        self._clock = clock
        self._reader = reader

    async def read_some(self, instructor: Learner, cohort_id: UUID, node_id: UUID | None = None) -> int:
        """Read a few of a class's answers, of one lab or of all; return how many submissions are left."""
        async with self._database.reading() as session:
            left = await session.scalar(_unread(select(func.count()), cohort_id, node_id)) or 0
            ids = []
            if left:
                query = _unread(select(Submission.id), cohort_id, node_id)
                ids = list(await session.scalars(query.order_by(Submission.received_at.desc()).limit(READ_AT_ONCE)))
        for submission_id in ids:
            await self._read(instructor, submission_id)
        return max(0, left - len(ids))

    async def _read(self, instructor: Learner, submission_id: UUID) -> None:
        query = select(Submission).where(Submission.id == submission_id).options(undefer(Submission.notebook))
        async with self._database.reading() as session:
            row = await session.scalar(query)
            node = await session.get_one(Node, row.node_id) if row else None
        if row is None or node is None:
            return
        source, cells = node.source_notebook or "", row.results or []
        texts = await read_answers(self._reader, str(instructor.id), row.notebook, source, cells)
        first = LabSpec.model_validate(node.spec["lab"]).attempt_policy == "first"
        async with self._database.transaction() as session:
            present = await session.scalar(select(Submission).where(Submission.id == submission_id).with_for_update())
            if present is not None and present.graded_at == row.graded_at:
                await hand_answers.keep(session, present, texts, now=self._clock.now(), counts_first=first)


def _unread(query: AnySelect, cohort_id: UUID, node_id: UUID | None) -> AnySelect:
    """Narrow a query of submissions to each learner's newest that waits for a person and has no answers here."""
    newer = (
        select(HandAnswer.id)
        .where(HandAnswer.user_id == Submission.user_id, HandAnswer.node_id == Submission.node_id)
        .exists()
    )
    students = select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id, CohortMember.role == "student")
    of_lab = () if node_id is None else (Submission.node_id == node_id,)
    return query.select_from(Submission).where(
        Submission.needs_manual,
        IS_ORIGINAL,
        Submission.status == "graded",
        Submission.user_id.in_(students),
        ~newer,
        *of_lab,
    )
