"""After the commit: badges are evaluated, the leaderboard gets absolute scores, open tabs and the bell hear of it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import BadgeEarned, LeaderboardChanged, RankUp, StreakChanged, XpAwarded
from nexus_server.gamify.badge_awards import award_badges
from nexus_server.gamify.groups import LISTED
from nexus_server.gamify.leaderboard import KEPT_WEEKS, Leaderboard, Scores
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.rules import earned_xp, iso_week
from nexus_server.learning import Recorded
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.gamify import Badge, XpEntry

log = structlog.get_logger()


class Announcer:
    """Tells everybody who wants to know what a learner achieved."""

    def __init__(
        self, database: Database, leaderboard: Leaderboard, leagues: Leagues, bus: EventPublisher, clock: Clock
    ) -> None:
        """Publish on `bus`; keep scores in `leaderboard`, and give places in `leagues`."""
        self._database = database
        self._leaderboard = leaderboard
        self._leagues = leagues
        self._bus = bus
        self._clock = clock

    async def announce(self, recorded: Recorded) -> None:
        """Evaluate badges, put scores, publish; call it after the commit. What was taken back is said to nobody."""
        user_id = recorded.achievement.user_id
        if recorded.xp_awarded < 0:
            await self.put_scores(user_id)
            return
        badges = await self._award(user_id)
        self._publish_award(recorded)
        self._publish_badges(user_id, badges)
        if recorded.xp_awarded:
            week = iso_week(recorded.achievement.occurred_at)
            await self._leagues.place(week, user_id, recorded.xp_total - recorded.xp_awarded)
        await self.put_scores(user_id)

    async def catch_up(self, user_id: UUID) -> None:
        """Evaluate badges and put scores for a learner whose announcement was lost with its process."""
        await self.award_due(user_id)
        await self.put_scores(user_id)

    async def award_due(self, user_id: UUID) -> list[str]:
        """Give the badges that are due, say so, and return their slugs."""
        badges = await self._award(user_id)
        self._publish_badges(user_id, badges)
        return [badge.slug for badge in badges]

    async def streak_changed(self, user_id: UUID, before: int, count: int) -> None:
        """Say that a streak grew or started anew."""
        self._bus.publish(user_id, StreakChanged(streak_count=count, before=before))
        await self.award_due(user_id)

    async def put_scores(self, user_id: UUID) -> None:
        """Give the leaderboard the learner's absolute scores as the database has them now; who is gone has none.

        Whoever put a copy looks once more: another process may have put newer scores in between, which these hide.
        """
        week = iso_week(self._clock.now())
        scores = await self._find_scores(user_id, week)
        if scores is None:
            return
        while await self._leaderboard.put(scores):
            newest = await self._find_scores(user_id, week) or _unlisted(user_id, week)
            if newest == scores:
                break
            scores = newest
        self._bus.publish(None, LeaderboardChanged(period=week))

    async def renew_scores(self) -> None:
        """Let the leaderboards be made anew from the database, after many learners' totals changed in it."""
        week = iso_week(self._clock.now())
        await self._leaderboard.renew(week)
        self._bus.publish(None, LeaderboardChanged(period=week))

    async def erase(self, user_id: UUID) -> None:
        """Take a deleted learner off the leaderboards."""
        now = self._clock.now()
        week = iso_week(now)
        for past in range(KEPT_WEEKS + 1):
            await self._leaderboard.put(_unlisted(user_id, iso_week(now - timedelta(weeks=past))))
        self._bus.publish(None, LeaderboardChanged(period=week))

    async def _find_scores(self, user_id: UUID, week: str) -> Scores | None:
        async with self._database.reading() as session:
            return await find_scores(session, user_id, week)

    async def _award(self, user_id: UUID) -> list[Badge]:
        try:
            async with self._database.transaction() as session:
                badges = await award_badges(session, user_id, self._clock.now())
                for badge in badges:
                    payload = {"slug": badge.slug, "name": badge.name}
                    session.add(Notification(user_id=user_id, type="badge.earned", payload=payload))
                return badges
        except IntegrityError:
            # Another announcement of the same learner gave the badge first, and says so itself.
            log.info("badges_awarded_elsewhere", user_id=str(user_id))
            return []

    def _publish_award(self, recorded: Recorded) -> None:
        user_id = recorded.achievement.user_id
        if recorded.xp_awarded:
            achievement = recorded.achievement
            awarded = XpAwarded(
                amount=recorded.xp_awarded,
                xp=recorded.xp_total,
                reason=achievement.kind.value,
                streak_bonus=max(0, recorded.xp_awarded - earned_xp(achievement.difficulty, achievement.base_points)),
            )
            self._bus.publish(user_id, awarded)
        if recorded.rank_after != recorded.rank_before:
            self._bus.publish(user_id, RankUp(rank=recorded.rank_after, before=recorded.rank_before))

    def _publish_badges(self, user_id: UUID, badges: Sequence[Badge]) -> None:
        for badge in badges:
            self._bus.publish(user_id, BadgeEarned(slug=badge.slug, name=badge.name, icon_url=badge.icon_url))


def _unlisted(user_id: UUID, week: str) -> Scores:
    return Scores(user_id, week, weekly_xp=0, all_time_xp=0, listed=False)


async def find_scores(session: AsyncSession, user_id: UUID, week: str) -> Scores | None:
    """Return a learner's absolute scores from the ledger and the totals, or None."""
    weekly = select(func.sum(XpEntry.amount)).where(XpEntry.user_id == user_id, XpEntry.iso_week == week)
    query = select(User.xp, and_(*LISTED), weekly.scalar_subquery()).where(User.id == user_id)
    row = (await session.execute(query)).first()
    if row is None:
        return None
    xp, listed, weekly_xp = row
    return Scores(user_id, week, int(weekly_xp or 0), xp, bool(listed))
