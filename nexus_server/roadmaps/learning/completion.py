"""Completing a node: the progress row, the learning events and what gets unlocked, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.learning import Achievement, Difficulty, EventKind, LearningRecorder, Recorded
from nexus_server.roadmaps.learning.progress import Way, begin
from nexus_server.roadmaps.learning.views import CompletedView, NodeStatus, UnlockedView
from nexus_server.store.models.roadmaps import Node


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing a node changed; give it to `NodeCompleter.announce` after the commit."""

    score: float | None
    recorded: list[Recorded] = field(default_factory=list)
    unlocked: list[UnlockedView] = field(default_factory=list)

    @property
    def xp_awarded(self) -> int:
        """XP paid now, the streak bonus included."""
        return sum(recorded.xp_awarded for recorded in self.recorded)

    def view(self) -> CompletedView:
        """Return it for the learner."""
        return CompletedView(
            status=NodeStatus.COMPLETED, score=self.score, xp_awarded=self.xp_awarded, unlocked=self.unlocked
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that the node was mastered: a passed quiz or a graded lab, with its own event."""

    kind: EventKind
    key: str


class NodeCompleter:
    """Completes nodes; a node pays once, however often it is completed."""

    def __init__(self, recorder: LearningRecorder, clock: Clock) -> None:
        """Write achievements through `recorder`."""
        self._recorder = recorder
        self._clock = clock

    async def complete(
        self, session: AsyncSession, learner: Learner, way: Way, node: Node, *, score: float, proof: Proof | None = None
    ) -> Completion:
        """Mark the node completed with a score (a share, 0 to 1); a better score than before is kept."""
        achievements = self._achievements(learner, way, node, score, proof)
        return await self._complete(session, learner, way, node, score=score, achievements=achievements)

    async def complete_unwatched(self, session: AsyncSession, learner: Learner, way: Way, node: Node) -> Completion:
        """Mark a video completed because the learner says so: no score, no points."""
        said = replace(self._completed(learner, way, node, score=0.0), base_points=0)
        return await self._complete(session, learner, way, node, score=0.0, achievements=[said])

    async def complete_watched(self, session: AsyncSession, learner: Learner, way: Way, node: Node) -> Completion:
        """Mark a video completed by watching; one that was completed by saying so before pays now."""
        completed = self._completed(learner, way, node, score=1.0)
        row = way.progress.get(node.id)
        if row is not None and row.status == "completed":
            completed = replace(completed, kind=EventKind.VIDEO_WATCHED, key=f"node:{node.id}:watched")
        return await self._complete(session, learner, way, node, score=1.0, achievements=[completed])

    async def no_longer_passed(self, session: AsyncSession, learner: Learner, way: Way, node: Node) -> Completion:
        """Say that a grade which was lowered no longer shows the node: it stays completed, and what it paid may go."""
        row = way.progress.get(node.id)
        if row is None or row.status != "completed":
            return Completion(None)
        lost = self._completed(learner, way, node, score=0.0)
        return Completion(row.score, [await self._recorder.take_back(session, lost)])

    async def _complete(
        self,
        session: AsyncSession,
        learner: Learner,
        way: Way,
        node: Node,
        *,
        score: float,
        achievements: Sequence[Achievement],
    ) -> Completion:
        before = way.standings()
        row = await begin(session, learner.id, node.id, self._clock)
        now = self._clock.now()
        is_better = row.score is None or score > row.score
        if is_better:
            row.score = score
        if row.status != "completed":
            row.status, row.completed_at = "completed", now
        row.updated_at = now
        way.progress[node.id] = row
        recorded = [await self._recorder.record(session, achievement) for achievement in achievements]
        unlocked = [
            UnlockedView(id=other.id, slug=other.slug, title=other.title, type=other.type)
            for other in way.unlocked_since(before)
        ]
        return Completion(row.score, recorded, unlocked)

    def _achievements(
        self, learner: Learner, way: Way, node: Node, score: float, proof: Proof | None
    ) -> list[Achievement]:
        completed = self._completed(learner, way, node, score)
        if proof is None:
            return [completed]
        # The proof is what badges count; the node's completion is what pays.
        mastered = Achievement(learner.id, proof.kind, proof.key, completed.occurred_at, node.id, score)
        return [completed, mastered]

    def _completed(self, learner: Learner, way: Way, node: Node, score: float) -> Achievement:
        return Achievement(
            user_id=learner.id,
            kind=EventKind.NODE_COMPLETED,
            key=f"node:{node.id}:completed",
            occurred_at=self._clock.now(),
            node_id=node.id,
            score=score,
            difficulty=Difficulty(way.roadmap.difficulty),
            base_points=node.points,
        )

    async def announce(self, completion: Completion) -> None:
        """Tell the world, after the commit."""
        for recorded in completion.recorded:
            await self._recorder.announce(recorded)

    async def catch_up(self, user_id: UUID) -> None:
        """Announce what was achieved by a learner when whoever should have done so died."""
        await self._recorder.catch_up(user_id)
