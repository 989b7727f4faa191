"""A server's kernel runtime for tests: its pool, queue and reaper, in a directory of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nexus_server.kernels import runtime
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.settings import SandboxSettings

StartRuntime = Callable[..., Awaitable[SandboxRuntime]]


async def until(condition: Callable[[], bool], timeout: float = 150) -> None:
    """Wait until something that sends no event is true."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.02)


def warm(server: SandboxRuntime) -> int:
    """How many kernels wait in a runtime's pool."""
    return sum(server.pool.counts().values()) if server.pool else 0


@pytest_asyncio.fixture
async def start_runtime(tmp_path: Path) -> AsyncIterator[StartRuntime]:
    """Start server runtimes with settings; the last started is the process's own until the test ends."""
    started: list[SandboxRuntime] = []

    async def start(data_dir: Path | None = None, **settings: Any) -> SandboxRuntime:
        settings = {"pool_size": 0, "pool_sizes": {}, **settings}
        server = SandboxRuntime(SandboxSettings(**settings), data_dir or tmp_path / "data", is_server=True)
        runtime.install(server)
        await server.start()
        started.append(server)
        return server

    yield start
    runtime.install(None)
    for server in started:
        await server.stop()
        server.close()


@pytest.fixture
def python_pool() -> dict[str, Any]:
    """Settings of a pool with two Python kernels."""
    return {"pool_size": 2, "pool_sizes": {"nexus-data": 0, "nexus-javascript": 0}}
