"""Leagues: about thirty learners of one rank who learn in the same week, so that a beginner can win.

Who earns the first XP of a week comes into the newest league of their rank, or opens the next one when it is full. Two
who come in the same moment may both get the last place: a league has about thirty places, not exactly.
"""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.groups import League
from nexus_server.standing.ranks import RANKS, rank_of
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LeaguePlace

LEAGUE_PLACES = 30
#: learners that a process remembers to have a place
MAX_REMEMBERED = 50_000


class Leagues:
    """Gives places, and finds them."""

    def __init__(self, database: Database) -> None:
        """Keep the places in `database`."""
        self._database = database
        self._placed: set[tuple[str, UUID]] = set()

    async def find(self, week: str, user_id: UUID) -> League | None:
        """Return a learner's league of a week; None: no XP yet in that week."""
        async with self._database.reading() as session:
            place = await session.get(LeaguePlace, (week, user_id))
            return League(week, place.band, place.number) if place is not None else None

    async def place(self, week: str, user_id: UUID, xp_before: int) -> None:
        """Give a learner a place for a week, unless there is one; `xp_before` says in which rank."""
        if (week, user_id) in self._placed:
            return
        band = RANKS.index(rank_of(xp_before))
        try:
            async with self._database.transaction() as session:
                if not await _has_place(session, week, user_id):
                    number = await _open_number(session, week, band)
                    session.add(LeaguePlace(week=week, user_id=user_id, band=band, number=number))
        except IntegrityError:
            pass  # another process placed the learner first, or the account is gone
        if len(self._placed) >= MAX_REMEMBERED:
            self._placed.clear()
        self._placed.add((week, user_id))


async def _has_place(session: AsyncSession, week: str, user_id: UUID) -> bool:
    is_gone = await session.get(User, user_id) is None
    return is_gone or await session.get(LeaguePlace, (week, user_id)) is not None


async def _open_number(session: AsyncSession, week: str, band: int) -> int:
    query = (
        select(LeaguePlace.number, func.count())
        .where(LeaguePlace.week == week, LeaguePlace.band == band)
        .group_by(LeaguePlace.number)
        .order_by(LeaguePlace.number.desc())
        .limit(1)
    )
    newest = (await session.execute(query)).first()
    if newest is None:
        return 1
    number, count = newest
    return int(number) if count < LEAGUE_PLACES else int(number) + 1
