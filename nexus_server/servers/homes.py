"""Each learner's home: the one server at which their files are written and their kernels run.

A home is a row. While its server lives, that server alone gives it away: only it knows whether kernels live there.
When the server is gone, whoever notices gives it up (`succession.py`), and the next need finds another one. So one
server at a time takes a learner for its own, and a server whose lease ran out takes nobody for its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.errors import UnavailableError
from nexus_server.servers.choosing import choose
from nexus_server.servers.database_time import database_time
from nexus_server.servers.errors import LeaseLostError, NoServerError, NotHomeError
from nexus_server.servers.lease import Lease
from nexus_server.servers.liveness import Liveness, LivingServer, PeerAddress
from nexus_server.servers.succession import release_homes
from nexus_server.store.database import Database
from nexus_server.store.models.servers import Home, Server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()

#: seconds for which it is remembered that a learner is at home elsewhere, and for how many learners
ELSEWHERE_S, ELSEWHERE_MOST = 2.0, 10_000
#: learners whose need is written down in one statement
TOUCHED_AT_ONCE = 500


@dataclass(slots=True)
class _Held:
    """A learner who is at home here."""

    fence: int
    #: monotonic seconds
    needed_at: float
    is_written: bool = True


class Homes:
    """The homes of a site, as one of its servers sees them."""

    def __init__(self, database: Database, server_id: UUID, lease: Lease, liveness: Liveness, *, stay_s: float) -> None:
        """Without kernels a home stays for `stay_s` seconds after its last need."""
        self._liveness = liveness
        self._database = database
        self._server_id = server_id
        self._lease = lease
        self._stay_s = stay_s
        self._held: dict[UUID, _Held] = {}
        #: learners who are at home elsewhere, and the monotonic second until which that is believed
        self._elsewhere: dict[UUID, tuple[PeerAddress, float]] = {}
        #: whether a learner has a kernel here, or one that starts
        self.has_kernels: Callable[[UUID], bool] = lambda _user_id: False
        #: called before a learner moves from here: hands on what was written, or raises UnavailableError
        self.let_go: Callable[[UUID], Awaitable[None]] = _nothing_to_hand_on
        self.is_draining = False

    def holds(self, user_id: UUID) -> bool:
        """Whether the learner is known to be at home here, and to stay; notes the need."""
        held, now = self._held.get(user_id), monotonic()
        if held is None or not self._lease.is_held:
            return False
        is_recent = not self.is_draining and now - held.needed_at < self._stay_s
        if not is_recent and not self.has_kernels(user_id):
            return False
        held.needed_at, held.is_written = now, False
        return True

    def fence_of(self, user_id: UUID) -> int | None:
        """Return the number of the learner's home, while it is here."""
        held = self._held.get(user_id)
        return held.fence if held is not None and self._lease.is_held else None

    async def find(self, user_id: UUID) -> PeerAddress | None:
        """Return where the learner is at home, chosen now if need be; None: here.

        Raises:
            NoServerError: no server takes learners.
            LeaseLostError: this server lost touch.
        """
        if self.holds(user_id):
            return None
        believed = self._elsewhere.get(user_id)
        if believed is not None and monotonic() < believed[1]:
            return believed[0]
        if not self._lease.is_held:  # the database may not even refuse to answer
            raise LeaseLostError
        peer = await self._find_elsewhere(user_id)
        if peer is None:
            return await self._settle(user_id)
        if len(self._elsewhere) >= ELSEWHERE_MOST:
            self._elsewhere.clear()
        self._elsewhere[user_id] = peer, monotonic() + ELSEWHERE_S
        return peer

    def doubt(self, user_id: UUID) -> None:
        """Ask the database again where the learner is at home: they were not found there."""
        self._elsewhere.pop(user_id, None)

    async def require_here(self, user_id: UUID) -> None:
        """Refuse to open a learner's files where they are not at home.

        Raises:
            NotHomeError: they are at home elsewhere.
        """
        if await self.find(user_id) is not None:
            raise NotHomeError

    async def overtake(self, user_id: UUID, number: int) -> int:
        """Give a home that is here a number larger than `number`, under which somebody had the files; return it.

        The database is older than the files then: it was restored.

        Raises:
            NotHomeError: the learner is at home elsewhere by now.
        """
        async with self._database.transaction() as session:
            row = await self._own_row(session, user_id)
            is_here = row.server_id == self._server_id
            if is_here and row.fence <= number:
                log.warning("home_was_behind_its_files", user_id=str(user_id), fence=row.fence, newest=number)
                row.fence = number + 1
            fence = row.fence
        self.release(user_id)
        if not is_here or not self._lease.is_held:
            raise NotHomeError
        self._held[user_id] = _Held(fence, monotonic())
        return fence

    def release(self, user_id: UUID) -> None:
        """Take a learner for one's own only when the database was asked again."""
        self._held.pop(user_id, None)

    def release_all(self) -> None:
        """Take nobody for one's own until the database was asked again."""
        self._held.clear()

    async def moved(self, user_ids: Collection[UUID]) -> set[UUID]:
        """Return which of these learners are at home elsewhere by now, or nowhere."""
        here = select(Home.user_id).where(Home.user_id.in_(user_ids), Home.server_id == self._server_id)
        async with self._database.reading() as session:
            return set(user_ids) - set(await session.scalars(here))

    async def give_up_all(self) -> None:
        """Let every learner of this server find another home at their next need: no kernel is left here."""
        self.release_all()
        async with self._database.transaction() as session:
            await release_homes(session, [self._server_id])

    async def write_needs(self) -> None:
        """Write down whose files and kernels were needed since the last time."""
        needed = [user_id for user_id, held in self._held.items() if not held.is_written]
        for start in range(0, len(needed), TOUCHED_AT_ONCE):
            part = needed[start : start + TOUCHED_AT_ONCE]
            async with self._database.transaction() as session:
                now = await database_time(session)
                mine = (Home.server_id == self._server_id, Home.user_id.in_(part))
                await session.execute(update(Home).where(*mine).values(needed_at=now))
            for user_id in part:
                if (held := self._held.get(user_id)) is not None:
                    held.is_written = True

    async def _find_elsewhere(self, user_id: UUID) -> PeerAddress | None:
        """Return where the home is, when another living server has it: most requests that come here by mistake."""
        query = (
            select(Server)
            .join(Home, Home.server_id == Server.id)
            .where(Home.user_id == user_id, Server.id != self._server_id)
        )
        async with self._database.reading() as session:
            now = await database_time(session)
            row = (await session.scalars(query)).one_or_none()
        # One that was stopped is not succeeded before its lease is over.
        if row is None or await self._liveness.gone([row], now):
            return None
        return PeerAddress(row.id, row.peer_host, row.peer_port)

    async def _settle(self, user_id: UUID) -> PeerAddress | None:
        """Keep the home or choose another one, alone with its row."""
        async with self._database.transaction() as session:
            row = await self._own_row(session, user_id)
            now, living = await self._liveness.living(session)
            if row.server_id is not None and row.server_id not in living:
                now, living = await self._liveness.living_without(session, row.server_id)
            if row.server_id not in living or (row.server_id == self._server_id and self._may_leave(row, now)):
                await self._move(session, row, living)
            row.needed_at = now
            server_id, fence = row.server_id, row.fence
            peer = living.get(server_id) if server_id is not None else None
        return self._note(user_id, fence, peer)

    def _note(self, user_id: UUID, fence: int, peer: LivingServer | None) -> PeerAddress | None:
        if peer is None:
            raise NoServerError
        if peer.address.server_id != self._server_id:
            self._held.pop(user_id, None)
            return peer.address
        if not self._lease.is_held:
            raise LeaseLostError
        self._held[user_id] = _Held(fence, monotonic())
        return None

    async def _own_row(self, session: AsyncSession, user_id: UUID) -> Home:
        """Return the learner's row, made if need be, locked."""
        row = await session.get(Home, user_id, with_for_update=True)
        if row is not None:
            return row
        values = {"user_id": user_id, "server_id": None, "fence": 0, "needed_at": func.clock_timestamp()}
        await session.execute(insert(Home).values(**values).on_conflict_do_nothing())
        return await session.get_one(Home, user_id, with_for_update=True)

    def _may_leave(self, row: Home, now: datetime) -> bool:
        """Whether nothing keeps the learner here: no kernel, and no work a moment ago."""
        is_recent = not self.is_draining and (now - row.needed_at).total_seconds() < self._stay_s
        return not is_recent and not self.has_kernels(row.user_id)

    async def _move(self, session: AsyncSession, row: Home, living: dict[UUID, LivingServer]) -> None:
        """Give the learner the server that has most room; where none takes learners the home stays as it is."""
        chosen = choose(each.capacity for each in living.values() if each.is_ready)
        if chosen is None or chosen == row.server_id or not await self._hand_on(row):
            return
        row.server_id, row.fence = chosen, row.fence + 1
        # The next learners are placed before that server tells how full it is.
        await session.execute(
            update(Server).where(Server.id == chosen).values(room=Server.room - 1, homes=Server.homes + 1)
        )

    async def _hand_on(self, row: Home) -> bool:
        """Hand on the files of a learner who is at home here; False: that cannot be now, so the learner stays."""
        if row.server_id != self._server_id:
            return True
        try:
            await self.let_go(row.user_id)
        except UnavailableError as error:
            log.warning("files_not_handed_on", user_id=str(row.user_id), code=error.code, message=error.message)
            return False
        return True


async def _nothing_to_hand_on(_user_id: UUID) -> None:
    pass
