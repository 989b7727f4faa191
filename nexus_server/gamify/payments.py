"""What a learning event pays: the one place that turns events into ledger rows, live and in replays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from nexus_server.gamify.rules import earned_xp, iso_week, streak_bonus
from nexus_server.learning import Difficulty

#: the kind of events that correct a payment: no achievement, so nothing counts them
CORRECTION = "xp_corrected"


class StoredEvent(NamedTuple):
    """A row of `learning_events`; the fields are its columns. A tuple: replays make millions of them."""

    seq: int
    user_id: UUID
    kind: str
    key: str
    node_id: UUID | None
    score: float | None
    data: Mapping[str, Any]
    occurred_at: datetime


class Payment(NamedTuple):
    """A row of `xp_ledger`; the fields are its columns."""

    user_id: UUID
    event_seq: int
    award_key: str
    amount: int
    reason: str
    iso_week: str
    awarded_at: datetime
    rule_version: int


def payments_of(event: StoredEvent) -> list[Payment]:
    """Return the ledger rows of `event`, from the facts stored with it; a bonus is keyed by the streak's day."""
    if event.kind == CORRECTION:
        return [_correction(event)]
    base_points = int(event.data.get("base_points", 0))
    if not base_points:
        return []
    difficulty = event.data.get("difficulty")
    earned = earned_xp(Difficulty(difficulty) if difficulty else None, base_points)
    week = iso_week(event.occurred_at)
    rows = [_payment(event, event.key, earned, event.kind, week)]
    if bonus := streak_bonus(int(event.data.get("streak", 0))):
        rows.append(_payment(event, f"streak:{_streak_day(event.data)}", bonus, "streak", week))
    return rows


def _streak_day(data: Mapping[str, Any]) -> str:
    """Return the day whose bonus an event may pay. A streak's day never goes back, whatever clock or zone is set."""
    return str(data.get("streak_day") or data["local_day"])


def _correction(event: StoredEvent) -> Payment:
    """Return the row of a correction. It counts in the week of what it corrects, not in this one."""
    amount = int(event.data["amount"])
    return _payment(event, event.key, amount, "reversal" if amount < 0 else "difference", event.data["iso_week"])


def _payment(event: StoredEvent, award_key: str, amount: int, reason: str, week: str) -> Payment:
    return Payment(
        event.user_id, event.seq, award_key, amount, reason, week, event.occurred_at, rule_version_of(event.data)
    )


def rule_version_of(data: Mapping[str, Any]) -> int:
    """Return the version of the rules that an event is paid by; events of before they had one are of the first."""
    return int(data.get("rule_version", 1))
