"""Sandboxes as containers of an engine on this machine, which is asked from a few threads."""

import asyncio
import builtins
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nexus_server.kernels.docker.container import Container
from nexus_server.kernels.docker.container_engine import ContainerEngine, ContainerState
from nexus_server.kernels.docker.engine_calls import EngineCalls
from nexus_server.kernels.docker.engine_watch import run_in_daemon_thread
from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.kernels.sandbox import SandboxInfo, SandboxSpec
from nexus_server.tasks import once


class DockerBackend:
    """The sandboxes of one engine."""

    def __init__(self, engine: ContainerEngine) -> None:
        """Ask this engine, which is closed with the back end."""
        self._engine = engine
        self._calls = EngineCalls(engine)
        self.state = self._calls.state

    async def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return when its event stream ends.

        Raises:
            EngineUnavailableError: it does not answer.
        """
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(opened)

        await run_in_daemon_thread(lambda: self._engine.follow(tell))

    def stop_following(self) -> None:
        """End `follow` from outside."""
        self._engine.stop_following()

    async def start(self, spec: SandboxSpec) -> Container:
        """Create and start a container.

        Raises:
            EngineUnavailableError, ImageMissingError, KernelStartError: with the reason.
        """
        starting = asyncio.ensure_future(self._calls.ask(lambda engine: self._start(engine, spec)))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Beside whoever waits, who may be cancelled once more.
            await asyncio.shield(once("start-undone", lambda: self._undo_start(starting)))
            raise

    def _start(self, engine: ContainerEngine, spec: SandboxSpec) -> Container:
        state = engine.start(spec)
        try:
            return self._attach(state)
        except Exception:  # no thread or descriptor is left to watch it with, say: nobody would own it
            engine.remove(state.id)
            raise

    async def _undo_start(self, starting: "asyncio.Future[Container]") -> None:
        """Remove what a thread goes on to start although nobody waits for it any more."""
        await asyncio.wait({starting})
        if not starting.cancelled() and starting.exception() is None:
            with suppress(EngineUnavailableError):  # the reaper comes later
                await starting.result().remove()

    def _attach(self, state: ContainerState) -> Container:
        return Container(self._calls, state.id, state.pid, is_frozen=state.is_paused)

    async def find(self, sandbox_id: str) -> Container | None:
        """Return a running container, whoever started it."""
        state = await self._calls.ask(lambda engine: engine.inspect(sandbox_id))
        return self._attach(state) if state is not None and state.is_running else None

    async def list(self) -> builtins.list[SandboxInfo]:
        """Every container of this product, running or not."""
        return await self._calls.ask(lambda engine: engine.list())

    async def remove(self, sandbox_id: str) -> None:
        """End and delete a container, and return when it is gone, whoever removes it.

        Raises:
            EngineUnavailableError: the engine does not answer; the container is left.
        """
        await self._calls.ask(lambda engine: engine.remove(sandbox_id))

    async def image_id(self, reference: str) -> str:
        """The content hash of an image.

        Raises:
            ImageMissingError: the engine has no such image.
        """
        return await self._calls.ask(lambda engine: engine.image_id(reference))

    async def info(self) -> dict[str, Any]:
        """What the engine says about itself."""
        return await self._calls.ask(lambda engine: engine.info())

    def close(self) -> None:
        """Let go of threads and connections."""
        self._calls.close()
