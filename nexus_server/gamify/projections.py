"""Everything that can be derived from the learning events, derived anew: the ledger, XP, streaks, progress, scores.

`verify` compares what the events say with what the tables hold; `rebuild` makes the tables say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.badge_awards import award_badges
from nexus_server.gamify.payments import payments_of
from nexus_server.gamify.recorder import apply_streak, grant_freeze, streak_of
from nexus_server.learning import EventKind
from nexus_server.standing.streaks import Streak, StreakPolicy, advance
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent, XpEntry
from nexus_server.store.models.roadmaps import UserProgress


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a table does not say what the events say."""

    user_id: UUID
    what: str
    stored: str
    derived: str


@dataclass
class Derived:
    """What the events of one learner add up to."""

    payments: dict[str, XpEntry] = field(default_factory=dict)
    streak: Streak = field(default_factory=Streak)
    completed: dict[UUID, LearningEvent] = field(default_factory=dict)

    @property
    def xp(self) -> int:
        """The sum of all payments."""
        return sum(entry.amount for entry in self.payments.values())


#: what completes a node, or completes it better
COMPLETING = (EventKind.NODE_COMPLETED.value, EventKind.VIDEO_WATCHED.value)


def derive(events: Sequence[LearningEvent]) -> Derived:
    """Replay one learner's events, in the order in which they were recorded."""
    derived = Derived()
    for event in events:
        if event.kind == EventKind.DAILY_ACTIVITY.value:
            derived.streak = _replay_day(derived.streak, event)
        if event.kind in COMPLETING and event.node_id is not None:
            derived.completed[event.node_id] = event
        for entry in payments_of(event):
            derived.payments.setdefault(entry.award_key, entry)
    return derived


def _replay_day(streak: Streak, event: LearningEvent) -> Streak:
    facts = event.data
    previous = facts["previous_login"]
    seen = Streak(
        streak.count,
        streak.longest,
        streak.day,
        datetime.fromisoformat(previous) if previous else None,
        streak.freezes,
    )
    holidays = {date.fromisoformat(day) for day in facts["holidays"]}
    policy = StreakPolicy(facts["policy"])
    after = advance(seen, event.occurred_at, facts["timezone"], policy, holidays=holidays)
    return grant_freeze(after, int(facts["max_freezes"]))


class Projections:
    """Rebuilds and verifies, one learner per transaction."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    async def learner_ids(self) -> list[UUID]:
        """Return everybody's id."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(User.id).order_by(User.id)))

    async def verify(self, user_id: UUID) -> list[Difference]:
        """Return where the tables differ from the events, for one learner."""
        async with self._database.reading() as session:
            user = await session.get_one(User, user_id)
            derived = derive(await _events(session, user_id))
            ledger = await _ledger(session, user_id)
            completed = await _completed(session, user_id)
        stored_streak, streak = streak_of(user), derived.streak
        pairs = [
            ("xp", user.xp, derived.xp),
            ("ledger", ledger, {key: (one.amount, one.rule_version) for key, one in derived.payments.items()}),
            ("streak_count", stored_streak.count, streak.count),
            ("longest_streak", stored_streak.longest, streak.longest),
            ("streak_day", stored_streak.day, streak.day),
            ("streak_freezes", stored_streak.freezes, streak.freezes),
            ("completed", completed, set(derived.completed)),
        ]
        return [Difference(user_id, what, str(held), str(said)) for what, held, said in pairs if held != said]

    async def rebuild(self, user_id: UUID, now: datetime) -> None:
        """Make the ledger, XP, streak, completed nodes and badges of one learner what the events say."""
        async with self._database.transaction() as session:
            user = await session.get_one(User, user_id, with_for_update=True)
            derived = derive(await _events(session, user_id))
            await session.execute(delete(XpEntry).where(XpEntry.user_id == user_id))
            session.add_all(derived.payments.values())
            user.xp = derived.xp
            last_login = user.last_login
            apply_streak(user, derived.streak)
            user.last_login = last_login
            await _restore_progress(session, user_id, derived.completed)
            await session.flush()
            await award_badges(session, user_id, now)


async def _events(session: AsyncSession, user_id: UUID) -> list[LearningEvent]:
    query = select(LearningEvent).where(LearningEvent.user_id == user_id).order_by(LearningEvent.seq)
    return list(await session.scalars(query))


async def _ledger(session: AsyncSession, user_id: UUID) -> dict[str, tuple[int, int]]:
    """Return what is paid by each key, and by which version of the rules."""
    query = select(XpEntry.award_key, XpEntry.amount, XpEntry.rule_version).where(XpEntry.user_id == user_id)
    return {key: (amount, version) for key, amount, version in await session.execute(query)}


async def _completed(session: AsyncSession, user_id: UUID) -> set[UUID]:
    query = select(UserProgress.node_id).where(UserProgress.user_id == user_id, UserProgress.status == "completed")
    return set(await session.scalars(query))


async def _restore_progress(session: AsyncSession, user_id: UUID, completed: dict[UUID, LearningEvent]) -> None:
    rows = {
        row.node_id: row for row in await session.scalars(select(UserProgress).where(UserProgress.user_id == user_id))
    }
    for node_id, event in completed.items():
        row = rows.get(node_id)
        if row is None:
            row = UserProgress(user_id=user_id, node_id=node_id, updated_at=event.occurred_at)
            session.add(row)
        if row.status != "completed":
            row.status, row.score, row.completed_at = "completed", event.score, event.occurred_at
    for node_id, row in rows.items():
        if row.status == "completed" and node_id not in completed:
            row.status, row.completed_at = "in_progress", None
