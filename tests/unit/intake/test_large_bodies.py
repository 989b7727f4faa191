"""Large bodies: in turn for each learner, a few on the server, and no more by the hour than was agreed."""

import asyncio

import pytest

from nexus_server.intake.large_bodies import MIB, LargeBodies, TooManyBodiesError
from nexus_server.intake.settings import IntakeSettings


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def bodies(clock: Clock, **settings: float) -> LargeBodies:
    return LargeBodies(IntakeSettings(**settings), now=clock)


async def settled(*tasks: "asyncio.Task[object]") -> list[bool]:
    """Return which tasks are over once the loop has nothing to do."""
    for _ in range(20):
        await asyncio.sleep(0)
    return [task.done() for task in tasks]


async def test_a_learner_s_bodies_come_one_after_the_other(clock: Clock) -> None:
    large = bodies(clock)
    first = await large.enter("ada", MIB)
    second = asyncio.create_task(large.enter("ada", MIB))
    other = asyncio.create_task(large.enter("bob", MIB))
    assert await settled(second, other) == [False, True]
    first()
    first()  # giving back twice does no harm
    assert await settled(second) == [True]


async def test_the_server_holds_a_few(clock: Clock) -> None:
    large = bodies(clock, bodies_at_once=2)
    held = [await large.enter(name, MIB) for name in ("ada", "bob")]
    third = asyncio.create_task(large.enter("eve", MIB))
    assert await settled(third) == [False]
    held[0]()
    assert await settled(third) == [True]


async def test_too_many_that_wait_are_refused(clock: Clock) -> None:
    large = bodies(clock, bodies_per_learner=2)
    give_back = await large.enter("ada", MIB)
    waiting = asyncio.create_task(large.enter("ada", MIB))
    await settled(waiting)
    with pytest.raises(TooManyBodiesError):
        await large.enter("ada", MIB)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    give_back()
    (await large.enter("ada", MIB))()


async def test_who_sent_much_waits_and_is_told_for_how_long(clock: Clock) -> None:
    large = bodies(clock, upload_mb_per_s=1, upload_burst_mb=10, body_wait_s=0.1)
    assert large.bytes_left("ada") == 10 * MIB
    (await large.enter("ada", 16 * MIB))()
    assert large.bytes_left("ada") == 0
    with pytest.raises(TooManyBodiesError) as caught:
        await large.enter("ada", MIB)
    assert caught.value.retry_after_s == pytest.approx(6)
    clock.now += 6
    (await large.enter("ada", MIB))()
