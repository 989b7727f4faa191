"""The vocabulary of the spine: what a learner achieves, and who writes it down.

A service that lets a learner achieve something calls `LearningRecorder.record` inside its own transaction and
`LearningRecorder.announce` after the commit. `gamify/recorder.py` is the real recorder. The same key pays once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class Difficulty(StrEnum):
    """A roadmap's difficulty, which is the XP formula's factor: 1, 2, 3."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class EventKind(StrEnum):
    """What can be achieved."""

    NODE_COMPLETED = "node_completed"
    #: a video that was completed by saying so, and watched afterwards
    VIDEO_WATCHED = "video_watched"
    QUIZ_PASSED = "quiz_passed"
    LAB_GRADED = "lab_graded"
    POST_ACCEPTED = "post_accepted"
    DAILY_ACTIVITY = "daily_activity"


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something achieved by a learner, identified by `key` for ever (say ``node:<id>:completed``)."""

    user_id: UUID
    kind: EventKind
    key: str
    occurred_at: datetime
    node_id: UUID | None = None
    #: share of the points, 0 to 1
    score: float | None = None
    #: None where the formula's factor is 1 (a forum post, say)
    difficulty: Difficulty | None = None
    #: base points of the XP formula; 0 records without paying
    base_points: int = 0
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording an achievement changed."""

    achievement: Achievement
    #: False when the key was known already, and nothing was changed or paid
    is_new: bool
    #: XP paid now, the streak bonus included; less than 0: taken back
    xp_awarded: int = 0
    xp_total: int = 0
    rank_before: str = ""
    rank_after: str = ""
    streak_count: int = 0


class LearningRecorder(Protocol):
    """Writes achievements down, pays for them, and tells the world."""

    async def record(self, session: "AsyncSession", achievement: Achievement) -> Recorded:
        """Write the event, its XP and the learner's totals in the caller's transaction."""
        ...

    async def take_back(self, session: "AsyncSession", achievement: Achievement) -> Recorded:
        """Reverse what an achievement paid, in the caller's transaction, where the site's rules say so."""
        ...

    async def announce(self, recorded: Recorded) -> None:
        """After the commit: badges, leaderboards, and the learner's open event sockets."""
        ...

    async def catch_up(self, user_id: UUID) -> None:
        """Do what `announce` would have done for the learner's achievements, had its process not died."""
        ...
