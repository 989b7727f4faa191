"""What a leaderboard is, wherever its scores are kept.

Boards are ``weekly_xp`` and ``all_time_xp``. Ranks are standard competition ranks (equal XP, equal rank); equal
learners are listed by id, descending, as Redis does. Learners without XP, opted out or disabled are not listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

#: weeks that a weekly board is kept after its own
KEPT_WEEKS = 5


class Board(StrEnum):
    """The seed's two boards."""

    WEEKLY_XP = "weekly_xp"
    ALL_TIME_XP = "all_time_xp"


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's place on a board."""

    rank: int
    user_id: UUID
    xp: int


@dataclass(frozen=True, slots=True)
class BoardName:
    """What a board calls a learner, and the id that it shows: a pseudonym has one of its own, which leads to nobody."""

    display_name: str
    shown_id: UUID


@dataclass(frozen=True, slots=True)
class Scores:
    """A learner's absolute scores; None where the learner is not to be listed."""

    user_id: UUID
    week: str
    weekly_xp: int
    all_time_xp: int
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Some places, how many learners are listed, and the asking learner's own place (None: not listed)."""

    places: Sequence[Place]
    total: int
    mine: Place | None
    #: what the learners on the places are called, where that came along
    names: Mapping[UUID, BoardName] | None = None


class Leaderboard(Protocol):
    """Where scores are kept and ranked. `week` is an ISO week; boards of all time ignore it."""

    async def put(self, scores: Scores) -> bool:
        """Store absolute scores; return whether they are a copy, which the database may be ahead of."""
        ...

    async def renew(self, week: str) -> None:
        """Forget the scores of a week and of all time; the database has better ones."""
        ...

    async def page(self, board: Board, week: str, *, limit: int, offset: int) -> Sequence[Place]:
        """Return `limit` places from the top, after `offset`."""
        ...

    async def top(self, board: Board, week: str, user_id: UUID, *, limit: int, offset: int) -> Neighbours:
        """Return `limit` places from the top, after `offset`, and a learner's own."""
        ...

    async def total(self, board: Board, week: str) -> int:
        """Return how many learners are listed."""
        ...

    async def find_place(self, board: Board, week: str, user_id: UUID) -> tuple[Place, int] | None:
        """Return a learner's place and position in the list (from 0), or None when not listed."""
        ...

    async def around(self, board: Board, week: str, user_id: UUID, *, span: int) -> Neighbours:
        """Return up to `span` places above and below a learner; the top of the board for one who is not listed."""
        ...
