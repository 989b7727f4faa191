"""Whose points a repaired test would change: submissions are graded again, and nothing is written."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.submissions import hand_marks
from nexus_server.submissions.job import JobGrader
from nexus_server.submissions.job_loading import load_job, tests_of_today, was_graded_by


@dataclass(frozen=True, slots=True)
class RegradeOutcome:
    """What grading a submission again would give."""

    submission_id: UUID
    display_name: str
    attempt: int
    before: float
    #: None where it could not be graded; then `reason` says why
    after: float | None
    max_score: float
    reason: str | None = None

    @property
    def is_change(self) -> bool:
        """Whether its learner would have other points, or none."""
        return self.after != self.before


class RegradePreview:
    """Grades a lab's submissions against today's source, for nobody to see but who asks. Close it in the end."""

    def __init__(self, database: Database, grader: JobGrader, content_dir: Path) -> None:
        """`grader` is closed with the preview; data files of labs come from `content_dir`."""
        self._database = database
        self._grader = grader
        self._content_dir = content_dir

    async def outcomes(
        self, roadmap_slug: str, node_slug: str, *, only_changed: bool = True
    ) -> AsyncIterator[RegradeOutcome]:
        """Grade every graded submission of a lab, the oldest first; `only_changed`: those of other tests than today's.

        Raises:
            NodeNotFoundError: there is no such lab.
        """
        tests = await self._tests(roadmap_slug, node_slug)
        for row, display_name in await self._graded(roadmap_slug, node_slug):
            if not only_changed or not was_graded_by(row, tests):
                yield await self._outcome(row, display_name)

    async def close(self) -> None:
        """End the kernels that were kept."""
        await self._grader.close()

    async def _tests(self, roadmap_slug: str, node_slug: str) -> str | None:
        query = (
            select(Node)
            .join(Roadmap, Roadmap.id == Node.roadmap_id)
            .where(Roadmap.slug == roadmap_slug, Node.slug == node_slug, Node.type == "lab")
        )
        async with self._database.reading() as session:
            node = await session.scalar(query)
        if node is None:
            raise NodeNotFoundError
        return await tests_of_today(node, self._content_dir / roadmap_slug)

    async def _graded(self, roadmap_slug: str, node_slug: str) -> list[tuple[Submission, str]]:
        query = (
            select(Submission, User.display_name)
            .join(User, User.id == Submission.user_id)
            .join(Node, Node.id == Submission.node_id)
            .join(Roadmap, Roadmap.id == Node.roadmap_id)
            .where(Roadmap.slug == roadmap_slug, Node.slug == node_slug, Submission.graded_at.is_not(None))
            .order_by(Submission.received_at, Submission.id)
        )
        async with self._database.reading() as session:
            return [(row, name) for row, name in await session.execute(query)]

    async def _outcome(self, row: Submission, display_name: str) -> RegradeOutcome:
        before = row.score or 0.0
        try:
            graded = await self._grader.grade(await load_job(self._database, self._content_dir, row.id))
        except OSError as error:
            reason = f"A file of the lab cannot be read: {error.strerror}"
            return RegradeOutcome(row.id, display_name, row.attempt, before, None, row.max_score or 0.0, reason)
        if graded.reason is not None:
            return RegradeOutcome(row.id, display_name, row.attempt, before, None, row.max_score or 0.0, graded.reason)
        # Points that a person gave stay, as they would.
        after = hand_marks.result_of(hand_marks.kept(graded.cells, row.results or []), graded.max_score).score
        return RegradeOutcome(row.id, display_name, row.attempt, before, after, graded.max_score)
