"""Everything that can be derived from the learning events, derived anew: the ledger, XP, streaks, progress, scores.

`verify` compares what the events say with what the tables hold; `rebuild` makes the tables say it, and writes only what
differs. Both take some learners at once, in one transaction, so that a large site takes minutes and nobody waits long.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.badge_awards import award_badges_of
from nexus_server.gamify.derivation import Derived, derive
from nexus_server.gamify.history import EVENT_COLUMNS, history_of, read_places
from nexus_server.gamify.payments import Payment, StoredEvent
from nexus_server.gamify.recorder import apply_streak, streak_of
from nexus_server.store.bulk import insert_many
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.base import Base
from nexus_server.store.models.gamify import LearningEvent, XpEntry
from nexus_server.store.models.roadmaps import UserProgress

#: learners that are looked at in one transaction
AT_ONCE = 25
_PAYMENT_COLUMNS = [getattr(XpEntry, name) for name in Payment._fields]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a table does not say what the events say."""

    user_id: UUID
    what: str
    stored: str
    derived: str


class Projections:
    """Rebuilds and verifies, some learners per transaction."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    async def learner_ids(self) -> Sequence[UUID]:
        """Return everybody's id."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(User.id).order_by(User.id)))

    async def verify_all(self, user_ids: Sequence[UUID]) -> AsyncIterator[tuple[int, list[Difference]]]:
        """Verify group by group, and yield how many learners were looked at, and what differs."""
        for group in _groups(user_ids):
            yield len(group), await self.verify(*group)

    async def rebuild_all(self, user_ids: Sequence[UUID], now: datetime) -> AsyncIterator[int]:
        """Rebuild two groups at once: one computes while the database writes. Yield how many learners those were."""
        groups = _groups(user_ids)
        for start in range(0, len(groups), 2):
            pair = groups[start : start + 2]
            # What one of them raises comes out as it is, for the command line to say.
            await asyncio.gather(*(self.rebuild(*group, now=now) for group in pair))
            yield sum(map(len, pair))

    async def verify(self, *user_ids: UUID) -> list[Difference]:
        """Return where the tables differ from the events."""
        async with self._database.snapshot() as session:
            users = list(await session.scalars(_users(user_ids)))
            events = await _events(session, user_ids)
            ledgers = await _ledgers(session, user_ids)
            rows = await _progress(session, user_ids)
        return [
            difference
            for user in users
            for difference in _compare(user, derive(events[user.id]), ledgers[user.id], rows[user.id])
        ]

    async def rebuild(self, *user_ids: UUID, now: datetime) -> None:
        """Make the ledger, XP, streak, completed nodes and badges what the events say."""
        async with self._database.transaction() as session:
            users = list(await session.scalars(_users(user_ids).with_for_update()))
            events = await _events(session, user_ids)
            derived = {user_id: derive(events[user_id]) for user_id in user_ids}
            await _restore_ledger(session, user_ids, derived)
            rows = await _progress(session, user_ids)
            for user in users:
                _restore_totals(user, derived[user.id])
                session.add_all(_restore_progress(user.id, derived[user.id].completed, rows[user.id]))
            places = await read_places(session, {node_id for each in derived.values() for node_id in each.nodes})
            histories = {
                user.id: history_of(user, events[user.id], derived[user.id].xp_by_event(), places) for user in users
            }
            await award_badges_of(session, histories, now)


def _groups(user_ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [user_ids[start : start + AT_ONCE] for start in range(0, len(user_ids), AT_ONCE)]


def _users(user_ids: Collection[UUID]) -> Select[User]:
    return select(User).where(User.id.in_(user_ids)).order_by(User.id)


async def _events(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, list[StoredEvent]]:
    query = select(*EVENT_COLUMNS).where(LearningEvent.user_id.in_(user_ids)).order_by(LearningEvent.seq)
    events: defaultdict[UUID, list[StoredEvent]] = defaultdict(list)
    for row in await session.execute(query):
        event = StoredEvent(*row)
        events[event.user_id].append(event)
    return events


async def _ledgers(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, dict[str, Payment]]:
    ledgers: defaultdict[UUID, dict[str, Payment]] = defaultdict(dict)
    for row in await session.execute(select(*_PAYMENT_COLUMNS).where(XpEntry.user_id.in_(user_ids))):
        payment = Payment(*row)
        ledgers[payment.user_id][payment.award_key] = payment
    return ledgers


async def _progress(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, dict[UUID, UserProgress]]:
    rows: defaultdict[UUID, dict[UUID, UserProgress]] = defaultdict(dict)
    for row in await session.scalars(select(UserProgress).where(UserProgress.user_id.in_(user_ids))):
        rows[row.user_id][row.node_id] = row
    return rows


def _compare(
    user: User, derived: Derived, ledger: Mapping[str, Payment], rows: Mapping[UUID, UserProgress]
) -> list[Difference]:
    stored, streak = streak_of(user), derived.streak
    completed = {node_id for node_id, row in rows.items() if row.status == "completed"}
    pairs = [
        ("xp", user.xp, derived.xp),
        ("ledger", ledger, derived.payments),
        ("streak_count", stored.count, streak.count),
        ("longest_streak", stored.longest, streak.longest),
        ("streak_day", stored.day, streak.day),
        ("streak_freezes", stored.freezes, streak.freezes),
        ("completed", completed, set(derived.completed)),
    ]
    return [Difference(user.id, what, _told(held), _told(said)) for what, held, said in pairs if held != said]


def _told(value: object) -> str:
    """Return a value for people: of a ledger what is paid by each key, and by which version of the rules."""
    if not isinstance(value, Mapping):
        return str(value)
    return str({key: (payment.amount, payment.rule_version) for key, payment in value.items()})


async def _restore_ledger(session: AsyncSession, user_ids: Collection[UUID], derived: Mapping[UUID, Derived]) -> None:
    """Delete the payments that the events do not know, and write those that are missing."""
    ledgers = await _ledgers(session, user_ids)
    wrong: list[tuple[UUID, str]] = []
    missing: list[Payment] = []
    for user_id in user_ids:
        stored, said = ledgers[user_id], derived[user_id].payments
        wrong.extend((user_id, key) for key, payment in stored.items() if said.get(key) != payment)
        missing.extend(payment for key, payment in said.items() if stored.get(key) != payment)
    for user_id, key in wrong:
        await session.execute(delete(XpEntry).where(XpEntry.user_id == user_id, XpEntry.award_key == key))
    table = Base.metadata.tables[XpEntry.__tablename__]
    await insert_many(session, table, ["id", *Payment._fields], [(uuid4(), *payment) for payment in missing])


def _restore_totals(user: User, derived: Derived) -> None:
    last_login = user.last_login
    user.xp = derived.xp
    apply_streak(user, derived.streak)
    user.last_login = last_login


def _restore_progress(
    user_id: UUID, completed: Mapping[UUID, StoredEvent], rows: Mapping[UUID, UserProgress]
) -> Iterator[UserProgress]:
    """Change the rows that differ, and yield those that are missing."""
    for node_id, event in completed.items():
        row = rows.get(node_id)
        if row is None:
            row = UserProgress(user_id=user_id, node_id=node_id, updated_at=event.occurred_at)
            yield row
        if row.status != "completed":
            row.status, row.score, row.completed_at = "completed", event.score, event.occurred_at
    for node_id, row in rows.items():
        if row.status == "completed" and node_id not in completed:
            row.status, row.completed_at = "in_progress", None
