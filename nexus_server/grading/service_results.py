"""Writing a grade down: the submission, its history, the node's progress and the XP, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.bus import EventPublisher
from nexus_server.clock import Clock
from nexus_server.grading.policy import decisive_share, share_of
from nexus_server.grading.queue import GIVEN_UP, Claim, find_held, give_up, put_back
from nexus_server.grading.queue_settings import GradingQueueSettings
from nexus_server.grading.worker_grader import GradedJob
from nexus_server.learner import Learner, Role
from nexus_server.learning import EventKind
from nexus_server.roadmaps.completion import Completion, NodeCompleter, Proof
from nexus_server.roadmaps.roadmap_file import LabSpec
from nexus_server.roadmaps.standings import begin, load_way_of_node
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.store.models.roadmaps import Node

MAX_RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewGrade:
    """A grade to be written. `origin` is "autograde", "regrade" or "manual"."""

    origin: str
    score: float
    max_score: float
    needs_manual: bool
    cells: list[dict[str, Any]]
    provenance: dict[str, Any]
    feedback: str
    graded_by: UUID | None = None
    comment: str | None = None


class GradeWriter:
    """Turns what the engine said into rows, exactly once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventPublisher,
        completer: NodeCompleter,
        settings: GradingQueueSettings,
    ) -> None:
        """A grade that passes completes the node through `completer`."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._completer = completer
        self._settings = settings

    async def finish(self, claim: Claim, graded: GradedJob) -> bool:
        """Write what came of a claimed submission; False when the claim was lost, and nothing was written."""
        async with self._database.transaction() as session:
            row = await find_held(session, claim)
            if row is None:
                return False
            completion: Completion | None = None
            if graded.reason is None:
                origin = "autograde" if row.graded_at is None else "regrade"
                completion = await self.write(session, row, _new_grade(row, graded, origin))
            elif graded.is_retryable:
                wait = self.retry_wait(row.failures)
                reason = f"{GIVEN_UP} ({graded.reason})"
                limit = self._settings.max_failures
                put_back(row, self._clock.now() + wait, max_failures=limit, reason=reason)
            else:
                give_up(row, graded.reason)
        await self.announce(row, completion)
        return True

    def retry_wait(self, failures: int) -> timedelta:
        """Return how long to wait after the failure number `failures` (from 0)."""
        return min(MAX_RETRY, timedelta(seconds=float(self._settings.retry_s)) * 2.0**failures)

    async def write(self, session: AsyncSession, row: Submission, grade: NewGrade) -> Completion:
        """Write a grade and what follows from it in the caller's transaction; `announce` after the commit."""
        now = self._clock.now()
        row.status, row.claimed_by, row.claimed_until, row.reason = "graded", None, None, None
        row.score, row.max_score, row.needs_manual = grade.score, grade.max_score, grade.needs_manual
        row.results, row.provenance, row.feedback, row.graded_at = grade.cells, grade.provenance, grade.feedback, now
        session.add(_history_row(row, grade, now))
        await session.flush()
        completion = await self._progress(session, row)
        row.xp_awarded += completion.xp_awarded
        return completion

    async def announce(self, row: Submission, completion: Completion | None) -> None:
        """Tell the learner, after the commit."""
        self._bus.publish(
            row.user_id,
            {
                "type": "grading.progress",
                "submission_id": str(row.id),
                "node_id": str(row.node_id),
                "status": row.status,
                "score": row.score,
                "max_score": row.max_score,
            },
        )
        if completion is not None:
            await self._completer.announce(completion)

    async def _progress(self, session: AsyncSession, row: Submission) -> Completion:
        learner = await _learner_of(session, row.user_id)
        node = await session.get_one(Node, row.node_id)
        if node.archived_at is not None:
            return Completion(None)
        way, node = await load_way_of_node(session, node.id, learner)
        spec = LabSpec.model_validate(node.spec["lab"])
        progress = await begin(session, learner.id, node.id, self._clock)
        decisive = decisive_share(await _shares(session, row), spec.attempt_policy)
        own = share_of(row.score or 0.0, row.max_score or 0.0, row.late_penalty)
        completion = Completion(decisive)
        if decisive >= spec.pass_score:
            proof = Proof(EventKind.LAB_GRADED, f"submission:{row.id}:{own:.4f}")
            completion = await self._completer.complete(session, learner, way, node, score=own, proof=proof)
        # The completer keeps the best score; which attempt counts is the lab's own policy.
        progress.score, progress.updated_at = decisive, self._clock.now()
        return completion


def _new_grade(row: Submission, graded: GradedJob, origin: str) -> NewGrade:
    cells = [_with_hand_marks(cell, row.results or []) for cell in graded.cells]
    return NewGrade(
        origin=origin,
        score=graded.score + sum(cell["points"] for cell in cells if cell.get("by_hand")),
        max_score=graded.max_score,
        needs_manual=any(cell["status"] == "manual" for cell in cells),
        cells=cells,
        provenance=graded.provenance,
        feedback=graded.feedback,
    )


def _with_hand_marks(cell: dict[str, Any], before: list[Any]) -> dict[str, Any]:
    """Return a cell that waits for a person with the points that a person gave it before a regrade."""
    if cell["status"] != "manual":
        return cell
    marked = next((old for old in before if old["grade_id"] == cell["grade_id"] and old.get("by_hand")), None)
    if marked is None or marked["points"] > cell["max_points"]:
        return cell
    return {**cell, **{name: marked[name] for name in ("points", "status", "comment", "by_hand")}}


def _history_row(row: Submission, grade: NewGrade, now: datetime) -> Grade:
    return Grade(
        submission_id=row.id,
        origin=grade.origin,
        score=grade.score,
        max_score=grade.max_score,
        results=grade.cells,
        provenance=grade.provenance,
        comment=grade.comment,
        graded_by=grade.graded_by,
        graded_at=now,
    )


async def _shares(session: AsyncSession, row: Submission) -> list[float]:
    """Return what each graded submission of the learner for this lab is worth, in the order of receipt."""
    query = (
        select(Submission.score, Submission.max_score, Submission.late_penalty)
        .where(Submission.user_id == row.user_id, Submission.node_id == row.node_id, Submission.graded_at.is_not(None))
        .order_by(Submission.attempt)
    )
    return [share_of(score or 0.0, most or 0.0, penalty) for score, most, penalty in (await session.execute(query))]


async def _learner_of(session: AsyncSession, user_id: UUID) -> Learner:
    user = await session.get_one(User, user_id)
    return Learner(user.id, user.email, user.display_name, Role(user.role), user.timezone)
