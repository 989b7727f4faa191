"""Submissions: stored before they are answered, graded once, and never lost."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from nexus_server.clock import Clock
from nexus_server.files.errors import NoSuchFileError
from nexus_server.learner import Learner
from nexus_server.notebook_format.notebooks import MAX_NOTEBOOK_BYTES
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.learning.groups import lock_mates
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace, lab_home, lab_path
from nexus_server.roadmaps.learning.own_terms import load_terms, require_opened
from nexus_server.roadmaps.learning.progress import Way, begin, load_way_of_node
from nexus_server.roadmaps.learning.sittings import are_results_held, find_sitting
from nexus_server.roadmaps.learning.terms import decide
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions.claims import position_of, positions
from nexus_server.submissions.errors import (
    ExamOverError,
    NoSubmissionsLeftError,
    NotALabError,
    NotGradedYetError,
    NothingToSubmitError,
    ResultsHeldError,
    SubmissionNotFoundError,
    SubmissionsFullError,
)
from nexus_server.submissions.group_work import count_attempts, give_to_mates, lock_original
from nexus_server.submissions.job_loading import tests_of_today, was_graded_by
from nexus_server.submissions.queue import GradingQueue
from nexus_server.submissions.rows import IS_ORIGINAL
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.submissions.submission_tasks import as_bytes, check_notebook
from nexus_server.submissions.views import Receipt, SubmissionList, SubmissionView, submission_view, without_grade

#: how many submissions of one lab are listed
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A notebook as it came."""

    data: bytes
    sha256: str
    at: datetime


class SubmissionService:
    """What a learner does with submissions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: GradingQueueSettings,
        *,
        open_workspace: OpenWorkspace,
        queue: GradingQueue,
        offload: Offload,
        content: ContentLayers,
    ) -> None:
        """What is received goes into `queue`, once `offload` has read it; the labs' data lies in `content`."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._open_workspace = open_workspace
        self._queue = queue
        self._offload = offload
        self._content = content

    async def submit(self, learner: Learner, node_id: UUID, notebook: dict[str, Any] | bytes | None) -> Receipt:
        """Store a notebook (default: the one in the workspace) and queue it; the same bytes again are no new attempt.

        As bytes it is what `read_submission` returned. The same bytes are graded again, as the same attempt, when the
        lab's tests were changed since.

        Raises:
            NodeNotFoundError, NodeLockedError, NotALabError, LabNotOpenYetError
            NothingToSubmitError: no notebook was given, and there is none in the workspace.
            NotANotebookError, NotebookTooLargeError, PracticeCopyError
            NoSubmissionsLeftError
            ExamNotStartedError, ExamClosedError, ExamOverError: it is a timed exam, and this is not its time.
            SubmissionsFullError: all submissions of the learner together are too large.
        """
        return await self._receive(learner, node_id, notebook, self._clock.now())

    async def hand_in(self, learner: Learner, node_id: UUID, received_at: datetime) -> Receipt:
        """Hand in what is in the workspace, as of a moment: the end of an exam.

        Raises:
            the same as `submit`
        """
        return await self._receive(learner, node_id, None, received_at)

    async def _receive(
        self, learner: Learner, node_id: UUID, notebook: dict[str, Any] | bytes | None, received_at: datetime
    ) -> Receipt:
        async with self._database.reading() as session:
            way, node = await self._load_lab(session, learner, node_id)
        data = notebook if isinstance(notebook, bytes) else await self._read(learner, way, node, notebook)
        sha256 = hashlib.sha256(data).hexdigest()
        tests = await self._tests_if_same(learner, way, node, sha256)
        async with self._database.transaction() as session:
            row = await self._store(session, learner, node, Received(data, sha256, received_at), tests)
            position = await position_of(session, row.id, self._clock.now())
        return Receipt(
            id=row.id, received_at=row.received_at, queue_position=position, attempt=row.attempt, status=row.status
        )

    async def require_lab(self, learner: Learner, node_id: UUID) -> None:
        """Refuse what cannot be handed in, whatever the notebook.

        Raises:
            NodeNotFoundError, NodeLockedError, NotALabError, LabNotOpenYetError
        """
        async with self._database.reading() as session:
            await self._load_lab(session, learner, node_id)

    async def get_submission(self, learner: Learner, submission_id: UUID) -> SubmissionView:
        """Return a submission of the learner's.

        Raises:
            SubmissionNotFoundError: there is none, or it is somebody else's.
        """
        async with self._database.reading() as session:
            row = await _get(session, learner, submission_id)
            view = submission_view(row, await position_of(session, row.id, self._clock.now()))
            return without_grade(view) if await are_results_held(session, learner.id, row.node_id) else view

    async def list_submissions(self, learner: Learner, node_id: UUID) -> SubmissionList:
        """Return the learner's submissions of a lab, newest first.

        Raises:
            NodeNotFoundError
        """
        async with self._database.reading() as session:
            await load_way_of_node(session, node_id, learner)
            query = (
                select(Submission)
                .where(Submission.user_id == learner.id, Submission.node_id == node_id)
                .order_by(Submission.attempt.desc())
                .limit(MAX_LISTED)
            )
            rows = list(await session.scalars(query))
            line = [submission_id for submission_id, _, _ in await positions(session, self._clock.now())]
            is_held = await are_results_held(session, learner.id, node_id)
        views = [submission_view(row, line.index(row.id) + 1 if row.id in line else None) for row in rows]
        return SubmissionList(items=[without_grade(view) for view in views] if is_held else views)

    async def get_feedback(self, learner: Learner, submission_id: UUID) -> str:
        """Return the feedback as a whole HTML page.

        Raises:
            SubmissionNotFoundError: there is none, or it is somebody else's.
            NotGradedYetError
            ResultsHeldError: it is an exam's, and the results are not released.
        """
        async with self._database.reading() as session:
            row = await _get(session, learner, submission_id, with_feedback=True)
            if await are_results_held(session, learner.id, row.node_id):
                raise ResultsHeldError
        if row.feedback is None:
            raise NotGradedYetError
        return row.feedback

    async def _store(
        self, session: AsyncSession, learner: Learner, node: Node, received: Received, tests: str | None
    ) -> Submission:
        """Write what was received; `tests` are today's, None where they cannot matter."""
        mates = await lock_mates(session, learner.id, node.id)
        # The progress row is the lock that numbers one learner's attempts.
        await begin(session, learner.id, node.id, self._clock)
        same = await _find_same(session, learner, node, received.sha256)
        if same is not None:
            is_outdated = same.status == "graded" and tests is not None and not was_graded_by(same, tests)
            if same.status == "failed" or is_outdated:
                await self._queue_again(session, await lock_original(session, same))
            return same
        terms = await load_terms(session, learner.id, node)
        last, counted = await count_attempts(session, learner.id, node.id)
        sitting = await find_sitting(session, learner.id, node.id)
        decision = decide(terms, received.at, counted, sitting.started_at if sitting else None)
        if decision.access == "time_up":
            raise ExamOverError(ends_at=decision.ends_at.isoformat() if decision.ends_at else None)
        if decision.access == "used_up":
            raise NoSubmissionsLeftError(attempts=terms.attempts)
        await self._require_room(session, learner, len(received.data))
        row = Submission(
            user_id=learner.id,
            node_id=node.id,
            notebook=received.data,
            sha256=received.sha256,
            attempt=last + 1,
            received_at=received.at,
            status="queued",
            late_penalty=decision.penalty,
        )
        session.add(row)
        await session.flush()
        if terms.time_limit is None:
            await give_to_mates(session, row, node, mates, self._clock)
        await self._queue.put(session, row)
        return row

    async def _queue_again(self, session: AsyncSession, row: Submission) -> None:
        if row.status in ("graded", "failed"):
            row.status, row.failures, row.reason, row.claimed_until = "queued", 0, None, None
            await self._queue.put(session, row)

    async def _load_lab(self, session: AsyncSession, learner: Learner, node_id: UUID) -> tuple[Way, Node]:
        way, node = await load_way_of_node(session, node_id, learner)
        way.require_open(node)
        if node.type != "lab":
            raise NotALabError(type=node.type)
        await require_opened(session, learner, node, self._clock.now())
        return way, node

    async def _require_room(self, session: AsyncSession, learner: Learner, size: int) -> None:
        mine = (Submission.user_id == learner.id, IS_ORIGINAL)  # what others handed in takes no room of one's own
        query = select(func.sum(func.length(Submission.notebook))).where(*mine)
        limit = self._settings.stored_mb_per_learner * 1024 * 1024
        if (await session.scalar(query) or 0) + size > limit:
            raise SubmissionsFullError(max_bytes=limit)

    async def _read(self, learner: Learner, way: Way, node: Node, notebook: dict[str, Any] | None) -> bytes:
        data = as_bytes(notebook) if notebook is not None else await self._read_workspace(learner, way, node)
        most = self._settings.max_notebook_bytes
        _, kept = await self._offload.run(str(learner.id), check_notebook, data, max_bytes=most)
        return bytes(kept)

    async def _tests_if_same(self, learner: Learner, way: Way, node: Node, sha256: str) -> str | None:
        """Return today's tests when the same bytes were graded before: read now, while no transaction waits."""
        async with self._database.reading() as session:
            same = await _find_same(session, learner, node, sha256)
        if same is None or same.status != "graded":
            return None
        return await tests_of_today(node, self._content.folder(way.roadmap.slug))

    async def _read_workspace(self, learner: Learner, way: Way, node: Node) -> bytes:
        path = lab_path(lab_home(way.roadmap.slug, node))
        files = await self._open_workspace(learner)
        try:
            _, data = await asyncio.to_thread(partial(files.read, path, max_bytes=MAX_NOTEBOOK_BYTES))
        except NoSuchFileError:
            raise NothingToSubmitError(path=path) from None
        return data


async def _get(
    session: AsyncSession, learner: Learner, submission_id: UUID, *, with_feedback: bool = False
) -> Submission:
    query = select(Submission).where(Submission.id == submission_id, Submission.user_id == learner.id)
    row = await session.scalar(query.options(undefer(Submission.feedback)) if with_feedback else query)
    if row is None:
        raise SubmissionNotFoundError
    return row


async def _find_same(session: AsyncSession, learner: Learner, node: Node, sha256: str) -> Submission | None:
    query = select(Submission).where(
        Submission.user_id == learner.id, Submission.node_id == node.id, Submission.sha256 == sha256
    )
    return await session.scalar(query.order_by(Submission.attempt.desc()).limit(1).with_for_update())
