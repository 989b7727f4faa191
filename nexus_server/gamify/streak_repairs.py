"""Making up for an outage: nobody loses a streak because the site was down.

A repair writes an event for each learner, and edits none. Whoever came back too late gets the streak that the events
now add up to. Whoever has not come back yet has the outage's time more. Bonuses that were paid meanwhile stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.errors import InvalidError
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.derivation import derive
from nexus_server.gamify.history import EVENT_COLUMNS
from nexus_server.gamify.outages import repair_key, repair_of
from nexus_server.gamify.payments import StoredEvent
from nexus_server.gamify.recorder import StreakRules, apply_streak, streak_of
from nexus_server.learner import Learner
from nexus_server.standing.streaks import Outage, Streak, advance, local_day
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent

#: the longest outage that is made up for at once
LONGEST = timedelta(days=31)
#: no site is older: before that an outage is a slip of the pen
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: learners that are looked at in one transaction
AT_ONCE = 25


class BadOutageError(InvalidError):
    """An outage begins before it ends, is over, and takes 31 days at most."""

    code = "bad_outage"


@dataclass(frozen=True, slots=True)
class RepairedStreak:
    """A streak that ended because of the outage, before and after the repair; or one that gets a freeze back."""

    user_id: UUID
    display_name: str
    before: int
    after: int


@dataclass(slots=True)
class StreakRepair:
    """What a repair does, or did: streaks that it restores, and how many it keeps until their learners come back."""

    restored: list[RepairedStreak] = field(default_factory=list)
    held: int = 0


class StreakRepairs:
    """Makes up for outages, some learners per transaction."""

    def __init__(
        self, database: Database, announcer: Announcer, rules: StreakRules, audit: AuditLog, clock: Clock
    ) -> None:
        """Whoever has not come back is judged by `rules`."""
        self._database = database
        self._announcer = announcer
        self._rules = rules
        self._audit = audit
        self._clock = clock

    async def repair(self, admin: Learner | None, outage: Outage, *, is_rehearsal: bool) -> StreakRepair:
        """Make up for an outage; the second time changes nothing. A rehearsal writes nothing. None: the command line.

        Raises:
            ForbiddenError: only administrators may.
            BadOutageError: there was no such outage.
        """
        if admin is not None:
            require(admin, Permission.MANAGE_USERS)
        if not EARLIEST <= outage.begin < outage.end <= self._clock.now() or outage.end - outage.begin > LONGEST:
            raise BadOutageError
        done = StreakRepair()
        user_ids = await self._candidates(outage)
        for start in range(0, len(user_ids), AT_ONCE):
            await self._repair_some(user_ids[start : start + AT_ONCE], outage, done, is_rehearsal=is_rehearsal)
        if not is_rehearsal and (done.restored or done.held):
            await self._note(admin, outage, done)
            for streak in done.restored:
                await self._announcer.streak_changed(streak.user_id, streak.before, streak.after)
        return done

    async def _candidates(self, outage: Outage) -> Sequence[UUID]:
        """Return who was there before the end of the outage, and for whom it was not made up yet."""
        repaired = select(LearningEvent.user_id).where(LearningEvent.key == repair_key(outage))
        query = select(User.id).where(
            User.created_at < outage.end, User.last_login >= outage.begin - LONGEST, User.id.not_in(repaired)
        )
        async with self._database.reading() as session:
            return (await session.scalars(query.order_by(User.id))).all()

    async def _repair_some(
        self, user_ids: Sequence[UUID], outage: Outage, done: StreakRepair, *, is_rehearsal: bool
    ) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            users = list(await session.scalars(select(User).where(User.id.in_(user_ids)).with_for_update()))
            events = await _events(session, user_ids)
            for user in users:
                before, after = _replay(user, events[user.id], outage, now)
                is_restored, is_held = before != after, self._is_held(user, outage, now)
                if is_restored:
                    done.restored.append(RepairedStreak(user.id, user.display_name, before.count, after.count))
                done.held += is_held
                if (is_restored or is_held) and not is_rehearsal:
                    session.add(repair_of(outage, user.id, now))
                    apply_streak(user, replace(after if is_restored else streak_of(user), last_login=user.last_login))

    def _is_held(self, user: User, outage: Outage, now: datetime) -> bool:
        """Whether a learner who has not been back since would find the streak, if they came now."""
        streak = streak_of(user)
        if streak.last_login is None or streak.day is None or streak.last_login >= outage.end:
            return False
        if local_day(now, user.timezone) <= streak.day:
            return True
        return advance(streak, now, user.timezone, self._rules.policy, outages=[outage]).count > streak.count

    async def _note(self, admin: Learner | None, outage: Outage, done: StreakRepair) -> None:
        async with self._database.transaction() as session:
            self._audit.write(
                session,
                admin.id if admin else None,
                "streaks.repair",
                "site",
                "streaks",
                begin=outage.begin.isoformat(),
                end=outage.end.isoformat(),
                restored=len(done.restored),
                held=done.held,
            )


def _replay(user: User, events: Sequence[StoredEvent], outage: Outage, now: datetime) -> tuple[Streak, Streak]:
    """Return the streak that a learner's events give, and the one that they give with the repair."""
    event = repair_of(outage, user.id, now)
    repaired = StoredEvent(0, user.id, event.kind, event.key, None, None, event.data, now)
    return derive(events).streak, derive([*events, repaired]).streak


async def _events(session: AsyncSession, user_ids: Sequence[UUID]) -> Mapping[UUID, list[StoredEvent]]:
    query = select(*EVENT_COLUMNS).where(LearningEvent.user_id.in_(user_ids)).order_by(LearningEvent.seq)
    found: dict[UUID, list[StoredEvent]] = {user_id: [] for user_id in user_ids}
    for row in await session.execute(query):
        event = StoredEvent(*row)
        found[event.user_id].append(event)
    return found
