"""An engine's blocking API, asked from a few threads: what its containers and the back end share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nexus_server.kernels.docker.container_engine import ContainerEngine
from nexus_server.kernels.docker.engine_watch import EngineState

T = TypeVar("T")

#: threads that wait for the engine at the same time
ENGINE_THREADS = 16


class EngineCalls:
    """Calls of one engine, and what is known about it. Owned by the back end, which closes it."""

    def __init__(self, engine: ContainerEngine) -> None:
        """Ask this engine, which is closed with the calls."""
        self.engine = engine
        self.state = EngineState()
        self._threads = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="docker")

    async def ask(self, function: Callable[[ContainerEngine], T]) -> T:
        """Run `function(engine)` in a thread, and raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, self.engine)

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.engine.close()
