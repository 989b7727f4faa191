"""What learners read of leaderboards: the site's, their classes', their league's, and last week's.

The site's boards of now may be in Redis. Classes and leagues are small, and past weeks are asked for seldom: those are
always queries.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from nexus_server.clock import Clock
from nexus_server.gamify.board_names import read_names
from nexus_server.gamify.errors import BoardNotFoundError, BoardsOffError, NoSuchBoardError
from nexus_server.gamify.groups import BoardGroup, ClassGroup, League
from nexus_server.gamify.leaderboard import Board, Leaderboard, Neighbours, Place
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.rules import iso_week
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.learner import Learner
from nexus_server.standing.ranks import RANKS
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class BoardWanted:
    """Which board is meant: of the site, of a class or of the asking learner's league; of this week or the last."""

    board: Board
    cohort_id: UUID | None = None
    in_league: bool = False
    of_last_week: bool = False


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place on a board, with the name and the id to show."""

    place: Place
    display_name: str
    shown_id: UUID
    me: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A part of a board, and where the asking learner stands (None when not listed)."""

    items: list[ListedPlace]
    total: int
    me: ListedPlace | None
    #: the ISO week, or ``all_time``
    period: str
    #: the class or the league; None for the whole site
    name: str | None

    @property
    def percentile(self) -> int | None:
        """Percentage of the listed learners who have at most the asking learner's XP, rounded down."""
        if self.me is None:
            return None
        return 100 * (self.total - self.me.place.rank + 1) // self.total


@dataclass(frozen=True, slots=True)
class _Found:
    """Where to read a board, for which week, and what its group is called."""

    leaderboard: Leaderboard
    week: str
    name: str | None = None


class BoardService:
    """Reads of leaderboards."""

    def __init__(self, database: Database, leaderboard: Leaderboard, leagues: Leagues, clock: Clock) -> None:
        """Read the site's boards of now from `leaderboard`, all else from `database`."""
        self._database = database
        self._leaderboard = leaderboard
        self._leagues = leagues
        self._clock = clock

    async def page(self, learner: Learner, wanted: BoardWanted, *, limit: int, offset: int) -> BoardPage:
        """Return a page from the top of a board.

        Raises:
            NoSuchBoardError: classes and leagues have no such board.
            BoardNotFoundError: the learner is not in this class.
            BoardsOffError: the class does without leaderboards.
        """
        found = await self._find(learner, wanted)
        if found is None:
            return self._empty(wanted)
        part = await found.leaderboard.top(wanted.board, found.week, learner.id, limit=limit, offset=offset)
        return await self._shape(learner, wanted, found, part)

    async def around(self, learner: Learner, wanted: BoardWanted, *, span: int) -> BoardPage:
        """Return up to `span` places above and below the asking learner; the top of the board when not listed.

        Raises:
            NoSuchBoardError, BoardNotFoundError, BoardsOffError: see `page`.
        """
        found = await self._find(learner, wanted)
        if found is None:
            return self._empty(wanted)
        part = await found.leaderboard.around(wanted.board, found.week, learner.id, span=span)
        return await self._shape(learner, wanted, found, part)

    def _week(self, wanted: BoardWanted) -> str:
        return iso_week(self._clock.now() - WEEK if wanted.of_last_week else self._clock.now())

    async def _find(self, learner: Learner, wanted: BoardWanted) -> _Found | None:
        """Return where the board is; None: the learner has no league in this week."""
        week = self._week(wanted)
        if wanted.board is Board.ALL_TIME_XP and (wanted.in_league or wanted.of_last_week):
            raise NoSuchBoardError
        if wanted.cohort_id is not None:
            name = await self._class_name(learner, wanted.cohort_id)
            return _Found(self._of_group(ClassGroup(wanted.cohort_id)), week, name)
        if wanted.in_league:
            league = await self._leagues.find(week, learner.id)
            return _Found(self._of_group(league), week, _league_name(league)) if league is not None else None
        return _Found(SqlLeaderboard(self._database) if wanted.of_last_week else self._leaderboard, week)

    def _of_group(self, group: BoardGroup) -> Leaderboard:
        return SqlLeaderboard(self._database, group)

    async def _class_name(self, learner: Learner, cohort_id: UUID) -> str:
        query = (
            select(Cohort.name, Cohort.shows_boards & Cohort.shows_xp)
            .join(CohortMember, CohortMember.cohort_id == Cohort.id)
            .where(Cohort.id == cohort_id, CohortMember.user_id == learner.id)
        )
        async with self._database.reading() as session:
            row = (await session.execute(query)).first()
        if row is None:
            raise BoardNotFoundError
        name, is_shown = row
        if not is_shown:
            raise BoardsOffError
        return str(name)

    def _empty(self, wanted: BoardWanted) -> BoardPage:
        return BoardPage([], 0, None, self._week(wanted), None)

    async def _shape(self, learner: Learner, wanted: BoardWanted, found: _Found, part: Neighbours) -> BoardPage:
        ids = [place.user_id for place in part.places]
        if part.mine is not None:
            ids.append(learner.id)
        names = part.names if part.names is not None else await read_names(self._database, ids)
        items = [
            ListedPlace(place, name.display_name, name.shown_id, me=place.user_id == learner.id)
            for place in part.places
            if (name := names.get(place.user_id)) is not None
        ]
        own = names.get(learner.id)
        me = ListedPlace(part.mine, own.display_name, own.shown_id, me=True) if part.mine and own else None
        period = found.week if wanted.board is Board.WEEKLY_XP else "all_time"
        return BoardPage(items, part.total, me, period, found.name)


def _league_name(league: League) -> str:
    return f"{RANKS[league.band].name} {league.number}"
