"""This server's place among those of its site: it enters, gives signs of life, and leaves. A `Background`."""

import asyncio
from time import monotonic

import structlog

from nexus_server.servers.errors import SameServerError
from nexus_server.servers.register import ServerPresence, ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: signs of life that may fail to come before somebody else with this number is taken for dead
MISSED = 2


class Membership:
    """Keeps one server in the register for as long as it runs."""

    _part: Part | None = None

    def __init__(self, register: ServerRegister, me: ServerPresence, settings: ServerSettings) -> None:
        """`me` is what the register is told."""
        self._register = register
        self._me = me
        self._settings = settings
        self._is_clock_off = False

    async def start(self) -> None:
        """Enter the register.

        Raises:
            SameServerError: another server with this number goes on to give signs of life.
        """
        deadline = monotonic() + self._settings.lease_s + MISSED * self._settings.heartbeat_s
        while not await self._register.enter(self._me):
            if monotonic() > deadline:
                raise SameServerError
            await asyncio.sleep(self._settings.heartbeat_s)  # the other one may be gone: only silence tells
        pause_s = self._settings.heartbeat_s
        self._part = forever("heartbeat", self._beat, every_s=pause_s, delay_s=pause_s)

    async def stop(self) -> None:
        """Leave it."""
        await end_task(self._part)
        if self._part is not None:
            await self._register.leave(self._me)

    async def _beat(self) -> None:
        offset_s = await self._register.beat(self._me)
        is_off = abs(offset_s) > self._settings.clock_tolerance_s
        if is_off and not self._is_clock_off:
            log.warning("clock_is_off", seconds=round(offset_s, 1), than="the database's")
        self._is_clock_off = is_off
