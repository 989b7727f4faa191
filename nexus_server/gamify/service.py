"""What a learner may read of XP, badges and leaderboards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from nexus_server.clock import Clock
from nexus_server.gamify.badge_awards import count_metrics
from nexus_server.gamify.badges import in_words, progress_of
from nexus_server.gamify.leaderboard import Board, Leaderboard, Place
from nexus_server.gamify.rules import Rank, find_next_rank, iso_week, rank_of
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import Badge, LearningEvent, UserBadge, XpEntry


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One payment. `cursor` continues the list after it."""

    id: UUID
    amount: int
    reason: str
    award_key: str
    node_id: UUID | None
    awarded_at: datetime


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge as a learner sees it; `progress` of `goal`, and when it was earned."""

    id: UUID
    slug: str
    name: str
    icon_url: str
    criteria: str
    progress: int
    goal: int
    earned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """XP and rank. `next_rank` is None at the top."""

    xp: int
    rank: Rank
    next_rank: Rank | None
    badges: list[BadgeView]


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place on a board, with the name to show."""

    place: Place
    display_name: str
    me: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A part of a board, and where the asking learner stands (None when not listed)."""

    items: list[ListedPlace]
    total: int
    me: ListedPlace | None
    period: str


class GamifyService:
    """Reads of the spine's projections."""

    def __init__(self, database: Database, leaderboard: Leaderboard, clock: Clock) -> None:
        """Read from `database`, and ranks from `leaderboard`."""
        self._database = database
        self._leaderboard = leaderboard
        self._clock = clock

    async def standing(self, user_id: UUID) -> Standing:
        """Return XP, rank and earned badges."""
        async with self._database.transaction() as session:
            xp = (await session.get_one(User, user_id)).xp
        badges = [badge for badge in await self.badges(user_id) if badge.earned_at is not None]
        return Standing(xp, rank_of(xp), find_next_rank(xp), badges)

    async def ledger(self, learner: Learner, *, limit: int, before: datetime | None) -> list[LedgerRow]:
        """Return the newest payments, or those before a moment."""
        query = (
            select(XpEntry, LearningEvent.node_id)
            .join(LearningEvent, LearningEvent.seq == XpEntry.event_seq)
            .where(XpEntry.user_id == learner.id)
            .order_by(XpEntry.awarded_at.desc(), XpEntry.id)
            .limit(limit)
        )
        if before is not None:
            query = query.where(XpEntry.awarded_at < before)
        async with self._database.transaction() as session:
            rows = (await session.execute(query)).all()
        return [LedgerRow(e.id, e.amount, e.reason, e.award_key, node_id, e.awarded_at) for e, node_id in rows]

    async def badges(self, user_id: UUID) -> list[BadgeView]:
        """Return every badge, earned ones first, with the learner's progress."""
        async with self._database.transaction() as session:
            counts = await count_metrics(session, user_id)
            rows = select(UserBadge.badge_id, UserBadge.earned_at).where(UserBadge.user_id == user_id)
            earned = dict((await session.execute(rows)).all())
            badges = list(await session.scalars(select(Badge).order_by(Badge.slug)))
        views = [
            BadgeView(
                badge.id,
                badge.slug,
                badge.name,
                badge.icon_url,
                in_words(badge.criteria_json),
                progress_of(badge.criteria_json, counts),
                int(badge.criteria_json["at_least"]),
                earned.get(badge.id),
            )
            for badge in badges
        ]
        return sorted(views, key=lambda view: view.earned_at is None)

    async def page(self, learner: Learner, board: Board, *, limit: int, offset: int) -> BoardPage:
        """Return a page from the top of a board."""
        week = iso_week(self._clock.now())
        places = list(await self._leaderboard.page(board, week, limit=limit, offset=offset))
        found = await self._leaderboard.find_place(board, week, learner.id)
        return await self._shape(learner, board, week, places, found[0] if found else None)

    async def around(self, learner: Learner, board: Board, *, span: int) -> BoardPage:
        """Return up to `span` places above and below the asking learner; the top of the board when not listed."""
        week = iso_week(self._clock.now())
        found = await self._leaderboard.find_place(board, week, learner.id)
        offset = max(0, found[1] - span) if found else 0
        limit = (found[1] - offset if found else span) + span + 1
        places = list(await self._leaderboard.page(board, week, limit=limit, offset=offset))
        return await self._shape(learner, board, week, places, found[0] if found else None)

    async def _shape(
        self, learner: Learner, board: Board, week: str, places: list[Place], mine: Place | None
    ) -> BoardPage:
        ids = {place.user_id for place in places} | {learner.id}
        async with self._database.transaction() as session:
            rows = await session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
            names = dict(rows.all())
        items = [
            ListedPlace(place, names[place.user_id], me=place.user_id == learner.id)
            for place in places
            if place.user_id in names
        ]
        me = ListedPlace(mine, names[learner.id], me=True) if mine and learner.id in names else None
        period = week if board is Board.WEEKLY_XP else "all_time"
        return BoardPage(items, await self._leaderboard.total(board, week), me, period)
