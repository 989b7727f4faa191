"""Background work goes on whatever happens to it, says so, and ends when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from nexus_server.errors import UnavailableError
from nexus_server.tasks import Part, PartState, end_task, forever, once, parts

SOON_S = 0.001


def failures_of(name: str) -> float:
    return REGISTRY.get_sample_value("nexus_background_failures_total", {"part": name}) or 0.0


@asynccontextmanager
async def ended(part: Part) -> AsyncIterator[Part]:
    """Limit the test's time, and end the part after it."""
    try:
        async with asyncio.timeout(60):
            yield part
    finally:
        await end_task(part)


class Steps:
    """A step that fails as it is told to, then works."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.count = 0
        self.has_worked = asyncio.Event()

    async def __call__(self) -> None:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        self.has_worked.set()


@pytest.mark.parametrize(
    "error",
    [ValueError("unforeseen"), OSError("disk"), UnavailableError(), asyncio.CancelledError()],
    ids=lambda error: type(error).__name__,
)
async def test_a_part_goes_on_after_any_failure(error: BaseException) -> None:
    step, before = Steps(error, error), failures_of("odd")
    with capture_logs() as logged:
        async with ended(forever("odd", step, every_s=60, retry_s=SOON_S)) as part:
            await step.has_worked.wait()
            assert part.state is PartState.OK
            assert part.failures == 0
    assert failures_of("odd") == before + 2
    assert len([line for line in logged if line["event"].startswith("background_") and line["part"] == "odd"]) == 2


async def test_a_part_whose_task_is_ended_by_somebody_else_is_named_and_begins_again() -> None:
    step = Steps()
    async with ended(forever("lost", step, every_s=60, retry_s=SOON_S)) as part:
        await step.has_worked.wait()
        step.has_worked.clear()
        part.task.cancel()
        await asyncio.wait({part.task})
        assert part.state.value == "stopped"
        assert part in parts()
        await step.has_worked.wait()
        assert part.state.value == "ok"


@pytest.mark.parametrize(
    ("error", "state"), [(KeyError("x"), PartState.FAILING), (UnavailableError(), PartState.WAITING)]
)
async def test_a_part_that_pauses_after_a_failure_says_so(error: Exception, state: PartState) -> None:
    async with ended(forever("pausing", Steps(error), retry_s=60)) as part:
        while not part.failures:
            await asyncio.sleep(0)
        assert part.state is state


async def test_the_pause_grows_with_each_failure_in_a_row() -> None:
    step = Steps(*[ValueError()] * 1000)
    async with ended(forever("growing", step, every_s=0, retry_s=0.01)):
        await asyncio.sleep(0.2)
    assert step.count < 8


async def test_what_never_returns_counts_as_working_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nexus_server.tasks.SETTLED_S", 0.0)
    errors, listens = [OSError()], asyncio.Event()

    async def listen() -> None:
        if errors:
            raise errors.pop()
        listens.set()
        await asyncio.Event().wait()

    async with ended(forever("listener", listen, retry_s=SOON_S)) as part:
        await listens.wait()
        assert part.failures == 1
        assert part.state is PartState.OK


async def test_a_part_is_woken_and_otherwise_rests() -> None:
    wake, step = asyncio.Event(), Steps()
    async with ended(forever("sleeper", step, every_s=None, wake=wake)):
        await step.has_worked.wait()
        step.has_worked.clear()
        wake.set()
        await step.has_worked.wait()
    assert step.count == 2


async def test_a_step_may_say_when_the_next_one_is_due() -> None:
    turns, has_enough = [0.0, 0.0, 60.0], asyncio.Event()

    async def step() -> float:
        if len(turns) == 1:
            has_enough.set()
        return turns.pop(0)

    async with ended(forever("paced", step, every_s=60)):
        await has_enough.wait()
    assert not turns


async def test_a_part_that_swallows_its_cancellation_ends_all_the_same() -> None:
    begun = asyncio.Event()

    async def stubborn() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    async with asyncio.timeout(60):
        part = forever("stubborn", stubborn, every_s=3600)
        await begun.wait()
        await end_task(part)
    assert part not in parts()


async def test_no_part_is_left_when_it_ended_before_it_began() -> None:
    step = Steps()
    await end_task(forever("brief", step))
    assert not step.count
    assert not [part for part in parts() if part.name == "brief"]


async def test_a_part_that_stopped_can_be_ended_before_it_begins_again() -> None:
    part = forever("stopped", Steps(), every_s=60, retry_s=SOON_S)
    part.task.cancel()
    await asyncio.wait({part.task})
    await end_task(part)
    await asyncio.sleep(SOON_S * 10)
    assert part.task.done()


@pytest.mark.parametrize("error", [ValueError("unforeseen"), UnavailableError()])
async def test_work_that_is_done_once_tells_the_log_of_its_failure(error: Exception) -> None:
    async def work() -> None:
        raise error

    before = failures_of("errand")
    with capture_logs() as logged:
        await once("errand", work)
    assert failures_of("errand") == before + 1
    assert [line["part"] for line in logged] == ["errand"]


async def test_work_that_is_done_once_can_be_ended() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = once("errand", work)
    await begun.wait()
    await end_task(task)
    assert task.cancelled()


async def test_a_task_that_was_ended_has_cleaned_up() -> None:
    begun, cleaned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    task = asyncio.create_task(work())
    await begun.wait()
    await end_task(task)
    assert cleaned.is_set()
    assert task.cancelled()


async def test_no_task_is_ended_already() -> None:
    assert await end_task(None) is None  # type: ignore[func-returns-value]


async def test_what_a_task_failed_with_is_not_hidden() -> None:
    async def work() -> None:
        raise LookupError

    task = asyncio.create_task(work())
    await asyncio.wait({task})
    with pytest.raises(LookupError):
        await end_task(task)


async def test_who_ends_a_task_may_be_cancelled_meanwhile() -> None:
    may_end = asyncio.Event()

    async def linger() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await may_end.wait()

    task = asyncio.create_task(linger())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end_task(task))
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert not task.done()
    may_end.set()
    await asyncio.wait({task})
