"""Work in processes of its own: bounded by the kernel, one after the other for each learner, paid from a budget."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator

import pytest

from nexus_server.errors import InvalidError
from nexus_server.offload.errors import ComputingSpentError, TooCostlyError, TooManyTasksError
from nexus_server.offload.pool import OffloadPool
from nexus_server.offload.settings import OffloadSettings
from tests.unit.offload import tasks


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def pool(clock: Clock) -> AsyncIterator[OffloadPool]:
    settings = OffloadSettings(cpu_s=0.5, wall_s=5, memory_mb=192, tasks_per_learner=3, cpu_burst_s=0.4)
    pool = OffloadPool(settings, now=clock)
    yield pool
    await pool.stop()


async def test_a_large_body_goes_there_and_back(pool: OffloadPool) -> None:
    body = bytes(range(256)) * 20_000
    value, result = await pool.run("ada", tasks.echo, body, name="x")
    assert value == {"name": "x"}
    assert bytes(result) == body


async def test_each_task_has_a_process_of_its_own(pool: OffloadPool) -> None:
    first, _ = await pool.run("ada", tasks.whoami)
    second, _ = await pool.run("ada", tasks.whoami)
    assert first != second


async def test_an_error_comes_back_with_its_details(pool: OffloadPool) -> None:
    with pytest.raises(InvalidError) as caught:
        await pool.run("ada", tasks.refuse)
    assert caught.value.details["fields"] == [{"field": "name", "message": "is wrong"}]


async def test_a_task_that_computes_too_long_is_ended_and_the_next_runs(pool: OffloadPool) -> None:
    with pytest.raises(TooCostlyError):
        await pool.run("ada", tasks.spin)
    assert (await pool.run("bob", tasks.echo))[0] == {}


async def test_a_task_that_takes_too_much_memory_is_refused(pool: OffloadPool) -> None:
    with pytest.raises(TooCostlyError):
        await pool.run("ada", tasks.hoard, size=400 * 1024 * 1024)


async def test_a_task_whose_process_ends_is_too_costly(pool: OffloadPool) -> None:
    with pytest.raises(TooCostlyError):
        await pool.run("ada", tasks.die)


async def test_a_task_that_waits_is_ended_by_the_clock() -> None:
    pool = OffloadPool(OffloadSettings(wall_s=0.2))
    with pytest.raises(TooCostlyError):
        await pool.run("ada", tasks.sleep)
    await pool.stop()


async def test_computing_time_is_a_budget_that_comes_back(pool: OffloadPool, clock: Clock) -> None:
    with pytest.raises(TooCostlyError):
        await pool.run("ada", tasks.spin)
    with pytest.raises(ComputingSpentError) as caught:
        await pool.run("ada", tasks.echo)
    assert caught.value.retry_after_s == pytest.approx(0.1 * 3)
    assert pool.computing_left_s("ada") == 0
    assert pool.computing_left_s("bob") == pytest.approx(0.4)
    clock.now += caught.value.retry_after_s
    await pool.run("ada", tasks.echo)


async def test_tasks_rest_so_that_one_learner_has_half_a_core(clock: Clock) -> None:
    rests: list[tuple[float, float]] = []

    async def sleep(seconds: float) -> None:
        rests.append((clock.now, seconds))
        clock.now += seconds

    pool = OffloadPool(OffloadSettings(cpu_unpaced_s=0.2, cpu_share=0.5), now=clock, sleep=sleep)
    used_s = 0.0
    while not rests:  # the clock stands still meanwhile: what was used is owed in full
        before = pool.computing_left_s("ada")
        await pool.run("ada", tasks.burn, count=1_000_000)
        if not rests:
            used_s += before - pool.computing_left_s("ada")
    ((begun, rest_s),) = rests
    assert begun == 0
    assert rest_s == pytest.approx((used_s - 0.2) / 0.5)
    await pool.run("bob", tasks.burn, count=1_000)
    assert len(rests) == 1
    await pool.stop()


async def test_one_learner_has_one_place_and_a_short_line(pool: OffloadPool) -> None:
    hers = [asyncio.create_task(pool.run("ada", tasks.sleep)) for _ in range(3)]
    await asyncio.sleep(0)  # they are in line by now
    with pytest.raises(TooManyTasksError) as caught:
        await pool.run("ada", tasks.echo)
    assert caught.value.retry_after_s == 1
    # The other place is free, though three tasks of hers wait.
    assert (await pool.run("bob", tasks.echo))[0] == {}
    for task in hers:
        task.cancel()
    await asyncio.gather(*hers, return_exceptions=True)
    assert (await pool.run("ada", tasks.echo))[0] == {}


async def test_the_processes_come_back_when_they_were_lost(pool: OffloadPool) -> None:
    await pool.run("ada", tasks.echo)
    process = pool._processes._process
    assert process is not None
    process.kill()
    await process.wait()
    assert (await pool.run("ada", tasks.echo))[0] == {}


async def test_the_processes_know_no_secrets(pool: OffloadPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_JWT_SECRET", "hush")
    monkeypatch.setenv("GEMINI_API_KEY", "hush")
    known, _ = await pool.run("ada", tasks.environment)
    assert "hush" not in known.values()


async def test_a_refused_body_is_let_go(pool: OffloadPool) -> None:
    body = bytes(1_000_000)
    known = sys.getrefcount(body)
    gc.disable()  # nothing may wait for a collection: bodies are large
    try:
        with pytest.raises(InvalidError):
            await pool.run("ada", tasks.refuse, body)
        assert sys.getrefcount(body) == known
    finally:
        gc.enable()
