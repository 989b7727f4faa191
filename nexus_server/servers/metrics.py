"""How the servers of a site are, for Prometheus and for whatever adds and removes machines."""

import math
from collections.abc import Callable, Sequence

from prometheus_client import Gauge

from nexus_server.servers.register import ServerRegister
from nexus_server.servers.views import ServerState, ServerView
from nexus_server.tasks import Part, end_task, forever

INTERVAL_S = 15.0

UP = Gauge("nexus_server_up", "1 while a server gives signs of life, by server and state.", ["server", "state"])
OFFSET = Gauge("nexus_server_clock_offset_seconds", "How far a server's clock is before the database's.", ["server"])
#: a figure of each server: what it is called, what it says, and what it is
FIGURES: list[tuple[Gauge, Callable[[ServerView], int]]] = [
    (Gauge("nexus_server_homes", "Active learners who are at home at a server.", ["server"]), lambda s: s.homes),
    (Gauge("nexus_server_kernels", "Kernels of a server.", ["server"]), lambda s: s.kernels),
    (Gauge("nexus_server_kernels_max", "Kernels that a server may hold.", ["server"]), lambda s: s.kernels_max),
    (Gauge("nexus_server_room", "Learners for whom a server has room.", ["server"]), lambda s: s.room),
    (Gauge("nexus_server_warm_kernels", "Kernels of a server that wait for a learner.", ["server"]), lambda s: s.warm),
    (Gauge("nexus_server_waiting", "Learners who wait for a kernel of a server.", ["server"]), lambda s: s.waiting),
]
LEARNERS = Gauge("nexus_capacity_learners", "Learners that the ready servers of the site can have at the same time.")
USED = Gauge("nexus_capacity_used_learners", "Active learners of the ready servers.")
FREE = Gauge("nexus_capacity_free_learners", "Learners for whom the ready servers have room.")
WANTED = Gauge("nexus_capacity_servers_wanted", "Servers that the site needs for its learners, with room to spare.")
#: the share of a server's room that its learners may take before another server is wanted
FULL_SHARE = 0.8


class ServerMetrics:
    """Reads the register now and then, so that a scrape never waits for the database. A `Background`."""

    _part: Part | None = None

    def __init__(self, register: ServerRegister) -> None:
        """Read `register`."""
        self._register = register

    async def start(self) -> None:
        """Begin to read."""
        self._part = forever("server-metrics", self._look, every_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop reading."""
        await end_task(self._part)

    async def _look(self) -> None:
        show(await self._register.list_all())


def show(servers: Sequence[ServerView]) -> None:
    """Bring every gauge up to date; what was forgotten is shown no more."""
    for gauge in (UP, OFFSET, *(gauge for gauge, _ in FIGURES)):
        gauge.clear()
    for server in servers:
        UP.labels(server.address, server.state).set(server.state is not ServerState.GONE)
        OFFSET.labels(server.address).set(server.clock_offset_s)
        for gauge, figure in FIGURES:
            gauge.labels(server.address).set(figure(server))
    ready = [server for server in servers if server.state is ServerState.READY]
    used, free = sum(server.homes for server in ready), sum(max(0, server.room) for server in ready)
    USED.set(used)
    FREE.set(free)
    LEARNERS.set(used + free)
    WANTED.set(servers_wanted(servers))


def servers_wanted(servers: Sequence[ServerView]) -> int:
    """Return how many servers of the present ones' mean size the learners need, each filled to `FULL_SHARE`.

    Who waits for a kernel counts, and so do learners of servers that are drained: they move. At least one is wanted.
    """
    living = [server for server in servers if server.state is not ServerState.GONE]
    sizes = [server.homes + max(0, server.room) for server in living if server.state is ServerState.READY]
    if not sum(sizes):
        return max(1, len(living))
    learners = sum(server.homes + server.waiting for server in living)
    return max(1, math.ceil(learners * len(sizes) / (FULL_SHARE * sum(sizes))))
