"""Kernels stand still before the lease ends, and go on when their server has it again, where they are still its own."""

from dataclasses import dataclass, field

from nexus_server.events.messages import EventMessage
from nexus_server.jupyter.kernels.freezing import Freezing
from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.servers.lease import Lease
from nexus_server.servers.presence import Heard

HEARD = Heard(0.0, None, None)


@dataclass
class Kernel:
    kernel_id: str
    is_frozen: bool = False
    engine_fails: bool = False
    told: list[str] = field(default_factory=list)

    async def freeze(self) -> None:
        if self.engine_fails:
            raise EngineUnavailableError
        self.is_frozen = True

    async def thaw(self) -> None:
        self.is_frozen = False

    def announce(self, event: EventMessage) -> None:
        self.told.append(event.model_dump()["limit"])


class Server:
    """Kernels of a server, with a clock that stands until it is moved."""

    def __init__(self, *names: str) -> None:
        self.kernels = [Kernel(name) for name in names]
        self.now = 100.0
        self.lease = Lease(10.0, lambda: self.now)
        self.lease.renew(self.now)
        self.freezing = Freezing(self, self.lease)

    def living(self) -> list[Kernel]:
        return self.kernels

    async def pass_time(self, seconds: float) -> list[bool]:
        self.now += seconds
        await self.freezing.look()
        return [kernel.is_frozen for kernel in self.kernels]


async def test_a_server_that_gives_signs_of_life_freezes_nothing() -> None:
    server = Server("one")
    assert await server.pass_time(7.9) == [False]
    server.lease.renew(server.now)
    assert await server.pass_time(7.9) == [False]


async def test_kernels_stand_still_before_the_lease_is_over() -> None:
    server = Server("one", "two")
    assert await server.pass_time(8.1) == [True, True]
    assert server.lease.is_held
    server.lease.renew(server.now)
    assert await server.pass_time(0.5) == [False, False], "it never lost them"
    assert server.kernels[0].told == [], "a short silence is nobody's business"


async def test_what_lost_its_lease_goes_on_after_the_sign_of_life_was_heard_of() -> None:
    server = Server("one", "two")
    await server.pass_time(11)
    one, two = server.kernels
    assert one.told == ["frozen"]
    await server.pass_time(60)
    assert one.told == ["frozen"], "once"
    server.lease.renew(server.now)
    assert await server.pass_time(0.5) == [True, True], "whose they are is being asked"
    server.kernels = [one]  # the other one's learner moved
    await server.freezing.hear(HEARD)
    assert (one.is_frozen, one.told) == (False, ["frozen", "thawed"])
    assert (two.is_frozen, two.told) == (True, ["frozen"])
    await server.pass_time(8.1)
    assert one.is_frozen, "and so again the next time"


async def test_a_kernel_that_comes_meanwhile_is_frozen_as_well() -> None:
    server = Server("one")
    await server.pass_time(9)
    server.kernels.append(Kernel("two"))
    assert await server.pass_time(0.5) == [True, True]


async def test_what_the_engine_did_not_freeze_is_tried_again() -> None:
    server = Server("one", "two")
    server.kernels[0].engine_fails = True
    assert await server.pass_time(9) == [False, True]
    server.kernels[0].engine_fails = False
    assert await server.pass_time(0.5) == [True, True]
