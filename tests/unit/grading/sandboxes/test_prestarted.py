"""Kernels that are started ahead: each is given once, and none is left behind."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from nexus_server.grading.sandboxes.fresh import SandboxKernel
from nexus_server.grading.sandboxes.prestarted import PrestartedSandboxes
from nexus_server.notebook_format.errors import SandboxUnavailableError


@dataclass(eq=False)
class Kernel:
    """What a source of kernels gives; also stands for its own manager."""

    number: int
    is_closed: bool = False
    km: Any = None
    kc: Any = None

    def __post_init__(self) -> None:
        self.km = self
        #: while cleared, asking whether it lives takes its time
        self.looks = asyncio.Event()
        self.looks.set()

    async def is_alive(self) -> bool:
        await self.looks.wait()
        return not self.is_closed

    async def find_exit(self) -> None:
        return None

    def cpu_use(self) -> None:
        return None

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class Source:
    """Starts kernels when its gate is open."""

    made: list[Kernel] = field(default_factory=list)
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    is_broken: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    async def open(self) -> SandboxKernel:
        self.asked += 1
        await self.gate.wait()
        if self.is_broken:
            raise SandboxUnavailableError
        self.made.append(Kernel(len(self.made)))
        return self.made[-1]

    async def image(self) -> str:
        return "image"

    async def close(self) -> None:
        pass


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_every_kernel_is_given_once_and_the_next_ones_start_meanwhile() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 2)
    given = [await sandboxes.open() for _ in range(5)]
    assert len(set(map(id, given))) == 5
    await turns()
    assert source.asked == 7
    await sandboxes.close()
    assert [kernel.is_closed for kernel in source.made] == [False] * 5 + [True] * 2


async def test_a_kernel_that_died_while_it_waited_is_not_given() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1)
    await sandboxes.open()
    await turns()
    source.made[1].is_closed = True
    assert (await sandboxes.open()) is source.made[2]
    await sandboxes.close()


async def test_what_could_not_be_started_ahead_is_started_when_asked_for() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1)
    await sandboxes.open()
    source.is_broken = True
    await turns()
    with pytest.raises(SandboxUnavailableError):
        await sandboxes.open()
    source.is_broken = False
    assert (await sandboxes.open()) is source.made[1]
    await sandboxes.close()


async def test_a_caller_that_gives_up_leaves_its_kernel_to_the_next() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1)
    await sandboxes.open()
    source.gate.clear()
    await turns()
    asking = asyncio.create_task(sandboxes.open())
    await turns()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    source.gate.set()
    assert (await sandboxes.open()) is source.made[1]
    await sandboxes.close()
    assert all(kernel.is_closed for kernel in source.made[2:])


async def test_kernels_do_not_wait_for_ever() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1, keep_s=0.0)
    await sandboxes.open()
    async with asyncio.timeout(30):
        while source.asked < 2 or not all(kernel.is_closed for kernel in source.made[1:]):
            await asyncio.sleep(0.01)
    await sandboxes.close()
    assert not source.made[0].is_closed, "who asked for it keeps it"


async def test_kernels_that_start_are_ended_too() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 2)
    await sandboxes.open()
    source.gate.clear()
    await turns()
    await sandboxes.close()
    assert len(source.made) == 1


async def test_a_caller_that_gives_up_while_its_kernel_is_looked_at_leaves_it_to_the_next() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1)
    await sandboxes.open()
    await turns()
    source.made[1].looks.clear()
    asking = asyncio.create_task(sandboxes.open())
    await turns()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    source.made[1].looks.set()
    await sandboxes.close()
    assert all(kernel.is_closed for kernel in source.made[1:])


async def test_nothing_is_started_ahead_after_the_end() -> None:
    """A grading under way may ask once more when its grader is ended."""
    source = Source()
    sandboxes = PrestartedSandboxes(source, 2)
    await sandboxes.close()
    kernel = await sandboxes.open()
    await turns()
    assert source.made == [kernel]


async def test_a_kernel_whose_taker_gives_up_after_the_end_is_ended_too() -> None:
    source = Source()
    sandboxes = PrestartedSandboxes(source, 1)
    await sandboxes.open()
    await turns()
    source.made[1].looks.clear()
    taker = asyncio.create_task(sandboxes.open())
    await turns()
    await sandboxes.close()
    taker.cancel()
    await asyncio.wait({taker})
    await turns()
    assert source.made[1].is_closed
