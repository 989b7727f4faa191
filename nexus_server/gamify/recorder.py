"""The real `LearningRecorder`: one row for the event, its XP and the learner's totals, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.corrections import LoweredGradePolicy, find_paid
from nexus_server.gamify.errors import LearnerNotFoundError
from nexus_server.gamify.outages import read_outages
from nexus_server.gamify.payments import StoredEvent, payments_of
from nexus_server.gamify.rules import RULE_VERSION
from nexus_server.learning import Achievement, EventKind, Recorded
from nexus_server.standing.ranks import rank_of
from nexus_server.standing.streaks import (
    Streak,
    StreakChange,
    StreakPolicy,
    advance,
    holds_unchanged,
    local_day,
    weekends_between,
)
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.gamify import LearningEvent, XpEntry

#: days of streak that earn one freeze
DAYS_PER_FREEZE = 7


@dataclass(frozen=True, slots=True)
class StreakRules:
    """The site's streak settings."""

    policy: StreakPolicy
    max_freezes: int
    #: whether `calendar_day` forgives missed Saturdays and Sundays
    free_weekends: bool = False


class Recorder:
    """Writes achievements and daily activity down; the same key never pays twice."""

    def __init__(
        self,
        database: Database,
        announcer: Announcer,
        rules: StreakRules,
        *,
        lowered_grades: LoweredGradePolicy = LoweredGradePolicy.KEEP,
    ) -> None:
        """Announce through `announcer` what was recorded in `database`."""
        self._database = database
        self._announcer = announcer
        self._rules = rules
        self._lowered_grades = lowered_grades

    async def record(self, session: AsyncSession, achievement: Achievement) -> Recorded:
        """Write the event, pay for it, and move the learner's totals. What was paid and taken back is paid again.

        Raises:
            LearnerNotFoundError: the account is gone.
        """
        user = await _lock(session, achievement.user_id)
        await self._touch(session, user, achievement.occurred_at)
        before = user.xp
        if await _is_known(session, user.id, achievement.key):
            is_new = await _correct(session, user, achievement, is_earned=True)
            return _recorded(achievement, user, before, is_new=is_new)
        await _pay(session, user, await _write(session, achievement, _facts(achievement, user)))
        return _recorded(achievement, user, before, is_new=True)

    async def take_back(self, session: AsyncSession, achievement: Achievement) -> Recorded:
        """Reverse what was paid for an achievement that a lower grade no longer shows, where the site does so.

        Raises:
            LearnerNotFoundError: the account is gone.
        """
        user = await _lock(session, achievement.user_id)
        before, is_new = user.xp, False
        if self._lowered_grades is LoweredGradePolicy.REVERSE:
            is_new = await _correct(session, user, achievement, is_earned=False)
        return _recorded(achievement, user, before, is_new=is_new)

    async def announce(self, recorded: Recorded) -> None:
        """Tell badges, leaderboards and open tabs; a repeated achievement changes nothing, so it says nothing."""
        if recorded.is_new:
            await self._announcer.announce(recorded)

    async def catch_up(self, user_id: UUID) -> None:
        """Give the badges and scores that a lost announcement would have given."""
        await self._announcer.catch_up(user_id)

    async def touch(self, user_id: UUID, now: datetime) -> None:
        """Count activity at `now` towards the streak; any authenticated request is a login."""
        async with self._database.transaction() as session:
            change = await self.touch_within(session, user_id, now)
        await self.touched(user_id, change)

    async def touch_within(self, session: AsyncSession, user_id: UUID, now: datetime) -> StreakChange | None:
        """Count activity in the caller's transaction; give what comes back to `touched` after the commit."""
        user = await _lock(session, user_id)
        before = user.streak_count
        changed = await self._touch(session, user, now)
        return StreakChange(before, user.streak_count) if changed else None

    async def touched(self, user_id: UUID, change: StreakChange | None) -> None:
        """Say what activity changed, if anything."""
        if change is not None:
            await self._announcer.streak_changed(user_id, change.before, change.count)

    async def _touch(self, session: AsyncSession, user: User, now: datetime) -> bool:
        streak = streak_of(user)
        if streak.last_login is not None and now <= streak.last_login:
            return False
        if holds_unchanged(streak, now, user.timezone):
            user.last_login = now
            return False
        holidays = await _holidays(session, user.id)
        if self._rules.free_weekends and streak.day is not None:
            holidays |= weekends_between(streak.day, local_day(now, user.timezone))
        moved_from = await _moved_from(session, user)
        after = advance(
            streak,
            now,
            user.timezone,
            self._rules.policy,
            holidays=holidays,
            previous_timezone=moved_from,
            outages=await read_outages(session, user.id),
        )
        facts = {
            "timezone": user.timezone,
            "previous_login": streak.last_login.isoformat() if streak.last_login else None,
            "policy": self._rules.policy.value,
            "holidays": sorted(day.isoformat() for day in holidays),
            "max_freezes": self._rules.max_freezes,
            **({"previous_timezone": moved_from} if moved_from else {}),
        }
        key = f"day:{after.day}"
        if not await _is_known(session, user.id, key):
            await _write(session, Achievement(user.id, EventKind.DAILY_ACTIVITY, key, now), facts)
        apply_streak(user, grant_freeze(after, self._rules.max_freezes))
        return True


def streak_of(user: User) -> Streak:
    """Return the streak that the user's row holds."""
    return Streak(user.streak_count, user.longest_streak, user.streak_day, user.last_login, user.streak_freezes)


def apply_streak(user: User, streak: Streak) -> None:
    """Write `streak` into the user's row."""
    user.streak_count, user.longest_streak = streak.count, streak.longest
    user.streak_day, user.last_login, user.streak_freezes = streak.day, streak.last_login, streak.freezes


def grant_freeze(streak: Streak, max_freezes: int) -> Streak:
    """Give a freeze for each full week of streak, up to the site's cap."""
    earned = streak.count > 0 and streak.count % DAYS_PER_FREEZE == 0
    freezes = min(max_freezes, streak.freezes + (1 if earned else 0))
    return Streak(streak.count, streak.longest, streak.day, streak.last_login, freezes)


async def _lock(session: AsyncSession, user_id: UUID) -> User:
    user = await session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise LearnerNotFoundError
    return user


async def _is_known(session: AsyncSession, user_id: UUID, key: str) -> bool:
    query = select(LearningEvent.seq).where(LearningEvent.user_id == user_id, LearningEvent.key == key)
    return await session.scalar(query) is not None


async def _holidays(session: AsyncSession, user_id: UUID) -> set[date]:
    query = select(Cohort.holidays).join(CohortMember).where(CohortMember.user_id == user_id)
    return {date.fromisoformat(day) for days in await session.scalars(query) for day in days}


async def _moved_from(session: AsyncSession, user: User) -> str | None:
    """Return the time zone of the learner's last day, if it is another one than now."""
    query = select(LearningEvent.data).where(
        LearningEvent.user_id == user.id, LearningEvent.kind == EventKind.DAILY_ACTIVITY.value
    )
    last = await session.scalar(query.order_by(LearningEvent.seq.desc()).limit(1))
    before = str(last["timezone"]) if last else user.timezone
    return before if before != user.timezone else None


def _facts(achievement: Achievement, user: User) -> dict[str, Any]:
    """Everything that paying takes, as it is now: a replay years later must pay the same."""
    return {
        **achievement.data,
        "difficulty": achievement.difficulty.value if achievement.difficulty else None,
        "base_points": achievement.base_points,
        "local_day": local_day(achievement.occurred_at, user.timezone).isoformat(),
        "timezone": user.timezone,
        "streak": user.streak_count,
        "streak_day": user.streak_day.isoformat() if user.streak_day else None,
        "rule_version": RULE_VERSION,
    }


async def _write(session: AsyncSession, achievement: Achievement, facts: dict[str, Any]) -> LearningEvent:
    event = LearningEvent(
        user_id=achievement.user_id,
        kind=achievement.kind.value,
        key=achievement.key,
        node_id=achievement.node_id,
        score=achievement.score,
        data=facts,
        occurred_at=achievement.occurred_at,
    )
    session.add(event)
    await session.flush()
    return event


async def _pay(session: AsyncSession, user: User, event: LearningEvent) -> None:
    """Write what an event pays, and move the total."""
    stored = StoredEvent(
        event.seq, event.user_id, event.kind, event.key, event.node_id, event.score, event.data, event.occurred_at
    )
    for payment in payments_of(stored):
        if not await _is_paid(session, user.id, payment.award_key):
            session.add(XpEntry(**payment._asdict()))
            user.xp += payment.amount
    await session.flush()


async def _correct(session: AsyncSession, user: User, achievement: Achievement, *, is_earned: bool) -> bool:
    """Let a payment stand, or take it back; return whether that changed the ledger."""
    paid = await find_paid(session, user.id, achievement.key)
    event = paid.correct(paid.paid if is_earned else 0, achievement.occurred_at) if paid is not None else None
    if event is None:
        return False
    session.add(event)
    await session.flush()
    await _pay(session, user, event)
    return True


async def _is_paid(session: AsyncSession, user_id: UUID, award_key: str) -> bool:
    query = select(XpEntry.id).where(XpEntry.user_id == user_id, XpEntry.award_key == award_key)
    return await session.scalar(query) is not None


def _recorded(achievement: Achievement, user: User, xp_before: int, *, is_new: bool) -> Recorded:
    return Recorded(
        achievement=achievement,
        is_new=is_new,
        xp_awarded=user.xp - xp_before,
        xp_total=user.xp,
        rank_before=rank_of(xp_before).name,
        rank_after=rank_of(user.xp).name,
        streak_count=user.streak_count,
    )
