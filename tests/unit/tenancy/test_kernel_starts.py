"""How many kernels a learner may start, and how fast."""

import asyncio

import pytest
from traitlets.config import Config

from nexus_server.tenancy.errors import TooManyKernelsError
from nexus_server.tenancy.kernel_starts import KernelStarts
from nexus_server.tenancy.settings import TenancySettings


class Time:
    """Monotonic seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def starts(time: Time, **settings: float) -> KernelStarts:
    config = Config({"TenancySettings": settings})
    return KernelStarts(TenancySettings(config=config), now=lambda: time.now, sleep=time.sleep)


async def test_three_start_at_once_and_the_next_in_steps() -> None:
    time, begun = Time(), []
    counted = starts(time, kernel_start_pace_s=2.0)
    for _ in range(6):
        await counted.take("ada")
        begun.append(time.now)
    assert begun == [0, 0, 0, 2, 4, 6]


async def test_one_learner_does_not_wait_for_another() -> None:
    time = Time()
    counted = starts(time)
    for _ in range(5):
        await counted.take("ada")
    before = time.now
    await counted.take("bob")
    assert time.now == before


async def test_a_start_whose_turn_is_far_off_is_refused_and_not_counted() -> None:
    time = Time()
    counted = starts(time, kernel_start_pace_s=5.0, kernel_start_wait_s=7.0)
    waits = [asyncio.create_task(counted.take("ada")) for _ in range(4)]
    await asyncio.gather(*waits)
    time.now = 0.0
    left = counted.left("ada")
    with pytest.raises(TooManyKernelsError) as caught:
        await counted.take("ada")
    assert (caught.value.retry_after_s, counted.left("ada")) == (3, left)
    time.now = 3.0
    await counted.take("ada")
    assert time.now == 10


async def test_too_many_are_refused_until_time_has_passed() -> None:
    time = Time()
    counted = starts(time, kernel_starts_burst=2, kernel_starts_per_minute=6)
    await counted.take("ada")
    await counted.take("ada")
    assert counted.left("ada") == 0
    with pytest.raises(TooManyKernelsError) as caught:
        await counted.take("ada")
    assert caught.value.retry_after_s == 10
    time.now = 10.0
    await counted.take("ada")
    assert (counted.left("ada"), counted.left("bob"), counted.limit) == (0, 2, 2)
