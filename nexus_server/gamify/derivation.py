"""What a learner's events add up to. Pure: they say everything, whatever became of content and settings since."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from nexus_server.gamify.outages import STREAK_REPAIRED, outages_of
from nexus_server.gamify.payments import Payment, StoredEvent, payments_of
from nexus_server.gamify.recorder import grant_freeze
from nexus_server.learning import EventKind
from nexus_server.standing.streaks import Outage, Streak, StreakPolicy, advance

#: what completes a node, or completes it better
COMPLETING = (EventKind.NODE_COMPLETED.value, EventKind.VIDEO_WATCHED.value)


@dataclass
class Derived:
    """What the events of one learner add up to."""

    payments: dict[str, Payment] = field(default_factory=dict)
    streak: Streak = field(default_factory=Streak)
    completed: dict[UUID, StoredEvent] = field(default_factory=dict)
    #: what the events are about
    nodes: set[UUID] = field(default_factory=set)

    @property
    def xp(self) -> int:
        """The sum of all payments."""
        return sum(payment.amount for payment in self.payments.values())

    def xp_by_event(self) -> Mapping[int, int]:
        """Return what each event paid, by its number."""
        found: Counter[int] = Counter()
        for payment in self.payments.values():
            found[payment.event_seq] += payment.amount
        return found


def derive(events: Sequence[StoredEvent]) -> Derived:
    """Replay one learner's events, in the order in which they were recorded; a repair counts for what was before it."""
    derived = Derived()
    outages = outages_of(event.data for event in events if event.kind == STREAK_REPAIRED)
    for event in events:
        if event.node_id is not None:
            derived.nodes.add(event.node_id)
        if event.kind == EventKind.DAILY_ACTIVITY.value:
            derived.streak = _replay_day(derived.streak, event, outages)
        if event.kind in COMPLETING and event.node_id is not None:
            derived.completed[event.node_id] = event
        for payment in payments_of(event):
            derived.payments.setdefault(payment.award_key, payment)
    return derived


def _replay_day(streak: Streak, event: StoredEvent, outages: Collection[Outage]) -> Streak:
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
    after = advance(
        seen,
        event.occurred_at,
        facts["timezone"],
        policy,
        holidays=holidays,
        previous_timezone=facts.get("previous_timezone"),
        outages=outages,
    )
    return grant_freeze(after, int(facts["max_freezes"]))
