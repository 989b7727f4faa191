"""What becomes of the learners of a server that is gone: they are told, and their next need finds them another home."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import KernelDied
from nexus_server.kernels.death_reason import SENTENCES, DeathReason
from nexus_server.servers.database_time import database_time
from nexus_server.servers.liveness import Liveness
from nexus_server.store.database import Database
from nexus_server.store.models.kernels import Kernel, KernelSession
from nexus_server.store.models.servers import Home, Server
from nexus_server.tenancy.kernel_registry import DEAD

log = structlog.get_logger()


async def release_homes(session: AsyncSession, server_ids: Collection[UUID]) -> None:
    """Let every learner of these servers find another home at their next need."""
    theirs = update(Home).where(Home.server_id.in_(server_ids))
    await session.execute(theirs.values(server_id=None, fence=Home.fence + 1))


async def bury(
    session: AsyncSession, server_ids: Collection[UUID], reason: DeathReason, now: datetime
) -> list[tuple[UUID, UUID]]:
    """Write down that servers and what they held are gone; return whose kernels ended, and which.

    Their homes are given up, their sessions go, and their kernels count as ended.
    """
    await release_homes(session, server_ids)
    await session.execute(update(Server).where(Server.id.in_(server_ids)).values(is_witnessed=False))
    await session.execute(delete(KernelSession).where(KernelSession.server_id.in_(server_ids)))
    ended = (
        update(Kernel)
        .where(Kernel.server_id.in_(server_ids), Kernel.state != DEAD)
        .values(state=DEAD, death_reason=reason, ended_at=now)
        .returning(Kernel.user_id, Kernel.id)
    )
    return [(row.user_id, row.id) for row in await session.execute(ended)]


class Succession:
    """Gives up the homes of servers that were silent for longer than their lease."""

    def __init__(self, database: Database, bus: EventPublisher, liveness: Liveness) -> None:
        """Tell the learners by `bus`."""
        self._database = database
        self._bus = bus
        self._liveness = liveness

    async def look(self) -> int:
        """Give up what is to be given up, whoever of the site does it; return of how many kernels learners hear."""
        if not self._liveness.may_judge:
            return 0
        async with self._database.transaction() as session:
            now = await database_time(session)
            # One that comes back at this moment waits for the row, and then finds its kernels ended.
            held = or_(
                exists().where(Home.server_id == Server.id),
                exists().where(Kernel.server_id == Server.id, Kernel.state != DEAD),
            )
            silent = select(Server).where(Server.heartbeat_at < now - self._liveness.lease, Server.peer_port > 0, held)
            rows = list(await session.scalars(silent.with_for_update(skip_locked=True)))
            ids = await self._liveness.gone(rows, now)
            if not ids:
                return 0
            lost = await bury(session, ids, DeathReason.SERVER_GONE, now)
        log.warning("servers_are_gone", servers=[str(each) for each in ids], kernels=len(lost))
        for user_id, kernel_id in lost:
            self._tell(user_id, kernel_id)
        return len(lost)

    def _tell(self, user_id: UUID, kernel_id: UUID) -> None:
        reason = DeathReason.SERVER_GONE
        self._bus.publish(user_id, KernelDied(kernel_id=str(kernel_id), reason=reason, message=SENTENCES[reason]))
