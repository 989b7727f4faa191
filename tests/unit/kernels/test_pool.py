"""How the pool grows ahead of learners who are expected, and shrinks again; its kernels are made of nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.launcher import KernelImage, Launcher, RunningKernel
from nexus_server.kernels.pool import RETRY_INTERVAL_S, WarmPool
from nexus_server.kernels.pool_memory import PoolMemory
from nexus_server.kernels.settings import SandboxSettings

if TYPE_CHECKING:
    from nexus_server.kernels.storage.mount_slots import Slots

#: MiB of a kernel in these tests
EACH_MB = 30.0
IMAGE = KernelImage("nexus-python", ("python3",), is_claimable=True, env={})


class StillSandbox:
    """A sandbox that lives until it is removed."""

    id = "still"

    async def poll(self) -> None:
        return None

    def memory_mb(self) -> float:
        return EACH_MB

    async def remove(self) -> None:
        return None


class NoPlaces:
    """A kernel's directory that is not there."""

    def remove(self) -> None:
        return None


class InMemorySlots:
    """Slots that take no rights."""

    def prepare(self) -> bool:
        return True

    def slot(self, name: str) -> Path:
        return Path("/slots", name)

    def create(self, _slot: Path) -> None:
        return None

    def remove(self, _slot: Path) -> None:
        return None


@dataclass
class InMemoryLauncher:
    """Starts kernels at once, and counts how many it starts at the same time."""

    settings: SandboxSettings
    under_way: int = 0
    most_under_way: int = 0
    started: int = 0
    is_failing: bool = False
    #: what is told after each start
    on_start: list[Callable[[], None]] = field(default_factory=list)

    async def launch(self, name: str, key: bytes, *_: object, slot: Path) -> RunningKernel:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if self.is_failing:
            raise KernelStartError
        self.started += 1
        limits = self.settings.limits()
        return RunningKernel(cast("Any", StillSandbox()), cast("Any", NoPlaces()), key, limits, name, set(), slot)


@dataclass
class Machine:
    """A pool, and what it sees of its machine."""

    pool: WarmPool
    launcher: InMemoryLauncher
    now: float = 0.0
    free_mb: float = 16_000.0
    is_busy: bool = False

    @property
    def warm(self) -> int:
        return sum(self.pool.counts().values())

    async def until(self, count: int) -> None:
        """Return once the pool has `count` kernels, and is still at that when nothing is left to do."""
        async with asyncio.timeout(30):
            while self.warm != count:
                self.pool.wake()
                await asyncio.sleep(0.001)
        await self.settle()
        assert self.warm == count

    async def settle(self) -> None:
        """Let the pool do whatever it would do now."""
        for _ in range(20):
            self.pool.wake()
            await asyncio.sleep(0.001)


@asynccontextmanager
async def machine(**settings: Any) -> AsyncIterator[Machine]:
    """A pool of Python kernels: two when nobody is expected."""
    launcher = InMemoryLauncher(SandboxSettings(**{"pool_size": 2, "pool_sizes": {}, **settings}))
    found = Machine(cast("Any", None), launcher)
    memory = PoolMemory.of_machine(launcher.settings.pool_memory_mb, lambda: found.free_mb)
    found.pool = WarmPool(
        cast("Launcher", launcher),
        cast("Slots", InMemorySlots()),
        {"nexus-python": IMAGE},
        is_busy=lambda: found.is_busy,
        memory=memory,
        now=lambda: found.now,
    )
    await found.pool.start()
    try:
        await found.until(2)
        yield found
    finally:
        await found.pool.stop()


async def test_it_grows_ahead_of_a_class_and_shrinks_again() -> None:
    async with machine() as site:
        site.pool.expect({"nexus-python": 60})
        await site.until(60)
        assert site.launcher.most_under_way == 2, "two at a time, however many are expected"
        site.pool.expect({"nexus-python": 5})
        await site.until(5)
        site.pool.expect({})
        await site.until(2)


async def test_learners_for_another_kernel_make_it_no_larger() -> None:
    async with machine() as site:
        site.pool.expect({"nexus-octave": 60})
        await site.settle()
        assert site.warm == 2


async def test_however_many_are_expected_the_setting_bounds_it() -> None:
    async with machine(pool_ahead_max=6) as site:
        site.pool.expect({"nexus-python": 100_000})
        await site.until(6)


async def test_no_kernel_is_made_ahead_where_the_site_wants_none() -> None:
    async with machine(pool_ahead_max=0) as site:
        assert not site.pool.grows_ahead
        site.pool.expect({"nexus-python": 60})
        await site.settle()
        assert site.warm == 2


async def test_all_stay_within_the_memory_of_the_pool_as_it_is_taken() -> None:
    async with machine(pool_memory_mb=int(7.5 * EACH_MB)) as site:
        site.pool.expect({"nexus-python": 60})
        await site.until(7)


async def test_a_machine_without_room_gets_no_kernels_ahead_but_those_that_are_asked_for() -> None:
    async with machine() as site:
        site.free_mb = 4_000.0
        site.pool.expect({"nexus-python": 60})
        await site.settle()
        assert site.warm == 2
        site.free_mb = 16_000.0
        await site.until(60)
        site.free_mb = 2_000.0
        await site.until(2)


async def test_it_waits_while_learners_kernels_start() -> None:
    async with machine() as site:
        site.is_busy = True
        site.pool.expect({"nexus-python": 60})
        await site.settle()
        assert site.warm == 2
        site.is_busy = False
        await site.until(60)


async def test_a_failed_start_is_tried_again_later() -> None:
    async with machine() as site:
        site.launcher.is_failing = True
        site.pool.expect({"nexus-python": 60})
        await site.settle()
        assert site.warm == 2
        site.launcher.is_failing = False
        site.now += RETRY_INTERVAL_S
        await site.until(60)


async def test_claims_that_nobody_foresaw_keep_their_own_bound() -> None:
    async with machine(pool_max=4) as site:
        shelf = next(iter(site.pool._shelves.values()))
        for _ in range(9):
            shelf.demand.note(site.now)
        site.now += 1.0
        await site.until(4)
        assert site.launcher.started == 4, "nine asked"
        site.now += site.launcher.settings.pool_window_s + 1
        await site.until(2)
