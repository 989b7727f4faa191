"""What a learning event pays: the one place that turns events into ledger rows, live and in replays."""

from nexus_server.gamify.rules import earned_xp, iso_week, streak_bonus
from nexus_server.learning import Difficulty
from nexus_server.store.models.gamify import LearningEvent, XpEntry


def payments_of(event: LearningEvent) -> list[XpEntry]:
    """Return the ledger rows of `event`, from the facts stored with it; the streak bonus is keyed by learner-day."""
    base_points = int(event.data.get("base_points", 0))
    if not base_points:
        return []
    difficulty = event.data.get("difficulty")
    earned = earned_xp(Difficulty(difficulty) if difficulty else None, base_points)
    rows = [_entry(event, event.key, earned, event.kind)]
    if bonus := streak_bonus(int(event.data.get("streak", 0))):
        rows.append(_entry(event, f"streak:{event.data['local_day']}", bonus, "streak"))
    return rows


def _entry(event: LearningEvent, award_key: str, amount: int, reason: str) -> XpEntry:
    return XpEntry(
        user_id=event.user_id,
        event_seq=event.seq,
        award_key=award_key,
        amount=amount,
        reason=reason,
        iso_week=iso_week(event.occurred_at),
        awarded_at=event.occurred_at,
        rule_version=rule_version_of(event),
    )


def rule_version_of(event: LearningEvent) -> int:
    """Return the version of the rules that an event is paid by; events of before they had one are of the first."""
    return int(event.data.get("rule_version", 1))
