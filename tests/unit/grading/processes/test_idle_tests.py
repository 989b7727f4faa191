"""Processes for tests that wait for the next submission: a few, and none once their grader is closed."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from nexus_server.grading.processes.idle_tests import MAX_IDLE, IdleTests
from nexus_server.grading.remote.install import Classes
from nexus_server.grading.sandboxes.stdin_dialogue import KernelLostError

if TYPE_CHECKING:
    from nexus_server.grading.processes.tests_process import TestsProcess
    from nexus_server.grading.sandboxes.fresh import Sandboxes


class Process:
    """A process that remembers what was done with it."""

    def __init__(self, *, is_lost: bool = False) -> None:
        self.is_dead = False
        self.is_lost = is_lost

    async def begin(self, _classes: Classes) -> None:
        if self.is_lost:
            raise KernelLostError

    async def close(self) -> None:
        self.is_dead = True


class NoSandboxes:
    """Where none can be started."""

    async def open(self) -> Any:
        raise RuntimeError("a new kernel is asked for")


def idle() -> IdleTests:
    return IdleTests(cast("Sandboxes", NoSandboxes()))


async def kept(tests: IdleTests, count: int) -> list[Process]:
    processes = [Process() for _ in range(count)]
    for number, process in enumerate(processes):
        await tests.give_back(f"lab {number}", cast("TestsProcess", process))
    return processes


async def test_a_process_is_taken_by_its_own_lab_only() -> None:
    tests = idle()
    first, second = await kept(tests, 2)
    assert await tests.take("lab 1", Classes(), {}) is cast("TestsProcess", second)
    assert not first.is_dead


async def test_the_oldest_gives_way() -> None:
    processes = await kept(idle(), MAX_IDLE + 1)
    assert [process.is_dead for process in processes] == [True] + [False] * MAX_IDLE


async def test_what_comes_back_to_a_closed_grader_ends() -> None:
    """A grader that gave way to another has gradings under way."""
    tests = idle()
    (waiting,) = await kept(tests, 1)
    await tests.close()
    assert waiting.is_dead
    (late,) = await kept(tests, 1)
    assert late.is_dead


async def test_a_process_that_is_lost_ends_and_another_is_started() -> None:
    tests, lost = idle(), Process(is_lost=True)
    await tests.give_back("lab", cast("TestsProcess", lost))
    with pytest.raises(RuntimeError, match="a new kernel is asked for"):
        await tests.take("lab", Classes(), {})
    assert lost.is_dead
