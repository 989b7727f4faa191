"""This server's place among those of its site: it enters, gives signs of life, and leaves. A `Background`."""

import asyncio
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from nexus_server.servers.errors import SameServerError
from nexus_server.servers.lease import Lease
from nexus_server.servers.presence import Heard, Measure, ServerPresence, SignOfLife
from nexus_server.servers.redis_witness import RedisWitness
from nexus_server.servers.register import ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.tasks import Part, end_task, forever

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()

#: signs of life that may fail to come before somebody else with this number is taken for dead
MISSED = 2


class Membership:
    """Keeps one server in the register for as long as it runs."""

    _part: Part | None = None
    _witnessing: Part | None = None

    def __init__(
        self,
        register: ServerRegister,
        me: ServerPresence,
        settings: ServerSettings,
        *,
        lease: Lease | None = None,
        witness: RedisWitness | None = None,
        measure: Measure | None = None,
    ) -> None:
        """`me` is what the register is told once, `measure` what it is told each time; `witness` is told as well."""
        self._witness = witness
        #: when Redis was told last, on the lease's clock
        self._witnessed_at = float("-inf")
        self._beats = 0
        self._register = register
        self._me = me
        self._settings = settings
        self._measure = measure
        self._is_clock_off = False
        #: whether the lease was lost, and not all has been done since that its return takes
        self._is_returning = False
        self.lease = lease or Lease(settings.lease_s)
        #: called after each sign of life with what was heard
        self.on_beat: list[Callable[[Heard], Awaitable[None]]] = []
        #: called when a sign of life arrives after the lease was lost
        self.on_return: list[Callable[[], Awaitable[None]]] = []

    def open_to_peers(self, host: str, port: int) -> None:
        """Tell the other servers where they reach this one; before `start`."""
        self._me = replace(self._me, peer_host=host, peer_port=port)

    async def start(self) -> None:
        """Enter the register.

        Raises:
            SameServerError: another server with this number goes on to give signs of life.
        """
        deadline = monotonic() + self._settings.lease_s + MISSED * self._settings.heartbeat_s
        begun_at = self.lease.begin()
        while not await self._register.enter(self._me):
            if monotonic() > deadline:
                raise SameServerError
            await asyncio.sleep(self._settings.heartbeat_s)  # the other one may be gone: only silence tells
            begun_at = self.lease.begin()
        self.lease.renew(begun_at)
        self._part = forever("heartbeat", self._beat, every_s=self._settings.heartbeat_s)
        if self._witness is not None:
            self._witnessing = forever("heartbeat-redis", self._tell_witness, every_s=self._settings.heartbeat_s)

    async def stop(self) -> None:
        """Leave it."""
        await end_task(self._witnessing)
        await end_task(self._part)
        if self._part is not None:
            self.lease.end()
            await self._register.leave(self._me)

    async def _beat(self) -> None:
        begun_at = self.lease.begin()
        is_witnessed = begun_at - self._witnessed_at < self._settings.lease_s / 2
        if not is_witnessed:
            self.lease.rely_on_witness(is_witnessed=False)
        self._beats += 1
        load = self._measure() if self._measure is not None else None
        heard = await self._register.beat(self._me, load, SignOfLife(self._beats, is_witnessed))
        self.lease.rely_on_witness(is_witnessed=is_witnessed)
        if not self.lease.renew(begun_at):
            log.warning("lease_was_lost", lease_s=self._settings.lease_s)
            self._is_returning = True
        if self._is_returning:
            for come_back in self.on_return:
                await come_back()
            self._is_returning = False
        self._tell_clock(heard.clock_offset_s)
        for hear in self.on_beat:
            await hear(heard)

    async def _tell_witness(self) -> None:
        """Give Redis a sign of life, and see which Redis it is."""
        if self._witness is None:
            return
        begun_at = self.lease.begin()
        await self._witness.sign(self._me.id)
        self._witnessed_at = begun_at
        self.lease.extend(begun_at)
        await self._witness.watch()

    def _tell_clock(self, offset_s: float) -> None:
        is_off = abs(offset_s) > self._settings.clock_tolerance_s
        if is_off and not self._is_clock_off:
            log.warning("clock_is_off", seconds=round(offset_s, 1), than="the database's")
        self._is_clock_off = is_off
