"""The database's clock: the one that all servers of a site share."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.models.base import UtcDateTime


async def database_time(session: AsyncSession) -> datetime:
    """Return the database's time."""
    return (await session.execute(select(func.clock_timestamp(type_=UtcDateTime)))).scalar_one()
