"""What a payment is worth when a grade is looked at again.

Nothing that was paid is edited. A correction is an event and a ledger row of its own: the difference between what the
payment is to be worth and what stands in the ledger for it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.gamify.payments import CORRECTION
from nexus_server.gamify.rules import RULE_VERSION
from nexus_server.store.models.gamify import LearningEvent, XpEntry


class LoweredGradePolicy(StrEnum):
    """What becomes of XP when a grade is lowered below what passes."""

    #: what was paid stays
    KEEP = "keep"
    #: a reversal takes it back; passing again pays it again
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class PaidAward:
    """What was paid by a key, and what stands for it now, after so many corrections."""

    user_id: UUID
    award_key: str
    paid: int
    stands: int
    corrections: int
    iso_week: str

    def correct(self, worth: int, now: datetime) -> LearningEvent | None:
        """Return the event that makes the payment worth this; None: it is."""
        if worth == self.stands:
            return None
        facts = {
            "corrects": self.award_key,
            "amount": worth - self.stands,
            "iso_week": self.iso_week,
            "rule_version": RULE_VERSION,
        }
        key = f"{_prefix(self.award_key)}{self.corrections + 1}"
        return LearningEvent(user_id=self.user_id, kind=CORRECTION, key=key, data=facts, occurred_at=now)


async def find_paid(session: AsyncSession, user_id: UUID, award_key: str) -> PaidAward | None:
    """Return what was paid by a key; None: nothing ever."""
    own = XpEntry.user_id == user_id
    entry = await session.scalar(select(XpEntry).where(own, XpEntry.award_key == award_key))
    if entry is None:
        return None
    corrections = select(func.coalesce(func.sum(XpEntry.amount), 0), func.count(XpEntry.id))
    is_one = XpEntry.award_key.startswith(_prefix(award_key), autoescape=True)
    amount, count = (await session.execute(corrections.where(own, is_one))).one()
    return PaidAward(user_id, award_key, entry.amount, entry.amount + int(amount), int(count), entry.iso_week)


def _prefix(award_key: str) -> str:
    return f"{award_key}:corrected:"
