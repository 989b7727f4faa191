"""Whose kernel is whose, written down: containers' labels cannot change, and memory does not survive a crash."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from nexus_server.clock import Clock
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.kernels import Kernel, KernelSession

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
    created_at: datetime


class KernelRegistry:
    """The `kernels` table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep the register in `database`."""
        self._database = database
        self._clock = clock

    async def add(self, kernel_id: UUID, user_id: UUID, kernel_name: str, spec: dict[str, Any]) -> None:
        """Write down whose kernel is about to start; `spec` is what starting it again needs."""
        async with self._database.transaction() as session:
            now = self._clock.now()
            kernel = Kernel(id=kernel_id, user_id=user_id, kernel_name=kernel_name, spec=spec, created_at=now)
            session.add(kernel)

    async def mark_alive(self, kernel_id: UUID, container_id: str | None) -> None:
        """Write down that the kernel runs, in this container."""
        await self._update(kernel_id, state=ALIVE, container_id=container_id, death_reason=None, ended_at=None)

    async def mark_dead(self, kernel_id: UUID, reason: str, *, forget_sessions: bool = False) -> None:
        """Write down why the kernel ended; its sessions go when nobody can bring it back."""
        await self._update(kernel_id, state=DEAD, death_reason=reason, ended_at=self._clock.now())
        if forget_sessions:
            async with self._database.transaction() as session:
                await session.execute(delete(KernelSession).where(KernelSession.kernel_id == kernel_id))

    async def list_running(self) -> list[RegisteredKernel]:
        """Return every kernel that has no end yet, the oldest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(Kernel).where(Kernel.state != DEAD).order_by(Kernel.created_at))
            return [RegisteredKernel(row.id, row.user_id, row.kernel_name, row.container_id, row.spec) for row in rows]

    async def list_owners(self) -> list[KernelOwner]:
        """Return whom the running kernels belong to."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(Kernel.id, Kernel.user_id, User.email, Kernel.created_at)
                .join(User, User.id == Kernel.user_id)
                .where(Kernel.state != DEAD)
                .order_by(Kernel.created_at)
            )
            return [KernelOwner(*row) for row in rows]

    async def _update(self, kernel_id: UUID, **values: Any) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(Kernel).where(Kernel.id == kernel_id).values(**values))
