"""Whose kernel is whose, written down: containers' labels cannot change, and memory does not survive a crash."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.kernels import Kernel, KernelSession
from nexus_server.store.models.servers import Server

ALIVE = "alive"
DEAD = "dead"


@dataclass(frozen=True, slots=True)
class RegisteredKernel:
    """A kernel that should be running."""

    id: UUID
    user_id: UUID
    kernel_name: str
    container_id: str | None
    spec: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KernelOwner:
    """Whom a kernel belongs to, for administrators."""

    kernel_id: UUID
    user_id: UUID
    email: str
    kernel_name: str
    state: str
    created_at: datetime
    #: whether it is another server's of the site
    is_elsewhere: bool
    #: what its server is called; empty where the site has one
    server: str


class KernelRegistry:
    """One server's part of the `kernels` table.

    What other servers of the site hold is not touched. Administrators see it, and may ask for its end.
    """

    def __init__(self, database: Database, clock: Clock, server_id: UUID) -> None:
        """Keep the register in `database`, of the kernels that the server `server_id` holds."""
        self._database = database
        self._clock = clock
        self.server_id = server_id

    async def claim_unowned(self) -> None:
        """Take over what a version wrote that knew one server only, unless another server of the site could hold it."""
        others = select(Server.id).where(Server.id != self.server_id)
        async with self._database.transaction() as session:
            if await session.scalar(others.limit(1)) is not None:
                return
            for table in (Kernel, KernelSession):
                await session.execute(update(table).where(table.server_id.is_(None)).values(server_id=self.server_id))

    async def add(self, kernel_id: UUID, user_id: UUID, kernel_name: str, spec: dict[str, Any]) -> None:
        """Write down whose kernel is about to start; `spec` is what starting it again needs."""
        async with self._database.transaction() as session:
            now = self._clock.now()
            of = {"user_id": user_id, "server_id": self.server_id}
            session.add(Kernel(id=kernel_id, kernel_name=kernel_name, spec=spec, created_at=now, **of))

    async def mark_alive(self, kernel_id: UUID, container_id: str | None) -> None:
        """Write down that the kernel runs, in this container."""
        await self._update(kernel_id, state=ALIVE, container_id=container_id, death_reason=None, ended_at=None)

    async def mark_dead(self, kernel_id: UUID, reason: str, *, forget_sessions: bool = False) -> None:
        """Write down why the kernel ended; its sessions go when nobody can bring it back."""
        await self._update(kernel_id, state=DEAD, death_reason=reason, ended_at=self._clock.now())
        if forget_sessions:
            async with self._database.transaction() as session:
                mine = (KernelSession.kernel_id == kernel_id, KernelSession.server_id == self.server_id)
                await session.execute(delete(KernelSession).where(*mine))

    async def list_running(self) -> list[RegisteredKernel]:
        """Return every kernel that has no end yet, the oldest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(Kernel).where(*self._running()).order_by(Kernel.created_at))
            return [RegisteredKernel(row.id, row.user_id, row.kernel_name, row.container_id, row.spec) for row in rows]

    async def list_site(self) -> list[KernelOwner]:
        """Return every kernel of the site that has no end yet, the oldest first."""
        is_elsewhere = func.coalesce(Kernel.server_id, self.server_id) != self.server_id
        query = (
            select(Kernel, User.email, is_elsewhere, func.coalesce(Server.address, ""))
            .join(User, User.id == Kernel.user_id)
            .outerjoin(Server, Server.id == Kernel.server_id)
            .where(Kernel.state != DEAD)
            .order_by(Kernel.created_at, Kernel.id)
        )
        async with self._database.reading() as session:
            return [
                KernelOwner(row.id, row.user_id, email, row.kernel_name, row.state, row.created_at, is_other, address)
                for row, email, is_other, address in await session.execute(query)
            ]

    async def ask_for_end(self, session: AsyncSession, kernel_id: UUID, reason: str) -> UUID | None:
        """Write down that a kernel of another server is to end, and return whose it is; None: there is none.

        That server ends it with its next sign of life.
        """
        theirs = (Kernel.id == kernel_id, Kernel.state != DEAD, Kernel.server_id != self.server_id)
        ended = update(Kernel).where(*theirs).values(state=DEAD, death_reason=reason, ended_at=self._clock.now())
        return (await session.execute(ended.returning(Kernel.user_id))).scalar_one_or_none()

    async def asked_to_end(self, kernel_ids: Collection[UUID], reason: str) -> set[UUID]:
        """Return which of these kernels another server wrote down as ended for this reason."""
        if not kernel_ids:
            return set()
        mine = (Kernel.server_id == self.server_id, Kernel.id.in_(kernel_ids))
        async with self._database.reading() as session:
            asked = select(Kernel.id).where(*mine, Kernel.state == DEAD, Kernel.death_reason == reason)
            return set(await session.scalars(asked))

    def _running(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return Kernel.state != DEAD, Kernel.server_id == self.server_id

    async def _update(self, kernel_id: UUID, **values: Any) -> None:
        mine = (Kernel.id == kernel_id, Kernel.server_id == self.server_id)
        async with self._database.transaction() as session:
            await session.execute(update(Kernel).where(*mine).values(**values))
