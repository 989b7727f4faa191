"""Daily limits, counted in the learner's own days."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.learner import Learner
from nexus_server.store.models.accounts import User


def day_of(moment: datetime, timezone: str) -> tuple[datetime, datetime]:
    """Return the start and the end (UTC) of the day that `moment` belongs to in the IANA zone `timezone`."""
    try:
        zone: ZoneInfo | None = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    today = moment.astimezone(zone or UTC).date()
    start, end = (datetime.combine(day, time(), zone or UTC) for day in (today, today + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


async def lock_learner(session: AsyncSession, learner: Learner) -> None:
    """Let a learner's requests pass one after the other until the transaction ends, so that none slips past a limit."""
    await session.execute(select(User.id).where(User.id == learner.id).with_for_update())
