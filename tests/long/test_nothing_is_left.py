"""Thousands of gradings and of kernel starts leave nothing behind; `make test-long` runs them, `make test` does not."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.sandboxes.fresh import FreshSandboxes
from nexus_server.kernels import runtime
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab
from tests.plugins.stepping import look, nothing_left

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(0)]

GRADINGS = int(os.environ.get("NEXUS_LONG_GRADINGS", "10000"))
STARTS = int(os.environ.get("NEXUS_LONG_STARTS", "2000"))
#: done at the same time
AT_ONCE = 4
#: done before what is held is noted: what is made on first use stays
FIRST = 8


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SandboxRuntime]:
    server = SandboxRuntime(SandboxSettings(pool_size=0, pool_sizes={}), tmp_path / "data", is_server=True)
    runtime.install(server)
    await server.start()
    yield server
    await server.stop()
    server.close()
    runtime.install(None)


async def repeat(work: Callable[[], Awaitable[None]], times: int) -> None:
    """Do the work so many times, some at once."""
    left = iter(range(times))

    async def some() -> None:
        for _ in left:
            await work()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def test_kernel_starts_leave_nothing(server: SandboxRuntime) -> None:
    async def start() -> None:
        await (await FreshSandboxes("nexus-python").open()).close()

    await repeat(start, FIRST)
    before = look(server.owner.path, server.root)
    await repeat(start, STARTS)
    assert await nothing_left(server.owner.path, server.root, before) == {}


async def test_gradings_leave_nothing(server: SandboxRuntime) -> None:
    source = lab.square_lab()
    submission = lab.answer(release(source), {"square": lab.SQUARE})

    async def grade_many(times: int) -> None:
        grader = Grader(GradeOptions(kernel_name="nexus-python", templates=2, start_ahead=2))

        async def grade() -> None:
            result = await grader.grade(submission, source)
            assert result.score == result.max_score

        await repeat(grade, times)
        await grader.close()

    await grade_many(FIRST)
    before = look(server.owner.path, server.root)
    await grade_many(GRADINGS)
    assert await nothing_left(server.owner.path, server.root, before) == {}
