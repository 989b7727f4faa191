"""Whether the container engine answers, known without asking it for every kernel.

The server follows the engine's event stream: it breaks the moment the engine ends, also when the engine is back before
anybody asks it something.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: when somebody who was refused should try again, in seconds
RETRY_AFTER_S = 5.0
#: pause between two looks for an engine that is away, in seconds
LOOK_INTERVAL_S = 0.5
#: how long after the engine's return a kernel that was killed is taken for the engine's victim, in seconds
AFTERMATH_S = 15.0


@dataclass(slots=True)
class EngineState:
    """What is known about the engine. Without a watch it is taken to be there."""

    is_up: bool = True
    #: when it was last seen to come back, on the monotonic clock; None: it never was away
    returned_at: float | None = None

    @property
    def is_disturbed(self) -> bool:
        """Whether the engine is away, or was until a moment ago."""
        return not self.is_up or (self.returned_at is not None and time.monotonic() - self.returned_at < AFTERMATH_S)

    def require(self) -> None:
        """Insist on an engine.

        Raises:
            EngineUnavailableError: it is away.
        """
        if not self.is_up:
            raise EngineUnavailableError(retry_after_s=RETRY_AFTER_S)


class FollowedEngine(Protocol):
    """An engine whose events can be followed."""

    state: EngineState

    async def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return or raise when its event stream ends."""
        ...

    def stop_following(self) -> None:
        """End `follow` from outside."""
        ...


async def run_in_daemon_thread(work: Callable[[], None]) -> None:
    """Run `work`, which may never end, in a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error = None
        try:
            work()
        except Exception as exc:  # noqa: BLE001  raised again where the work is awaited
            error = exc
        with contextlib.suppress(RuntimeError):  # the loop may be closed
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name="engine-watch", daemon=True).start()
    await done


@dataclass(slots=True)
class EngineWatch:
    """Keeps an engine's state true; part of a server's background."""

    engine: FollowedEngine
    #: called when the engine is back
    on_return: list[Callable[[], None]] = field(default_factory=list)
    _part: Part | None = field(default=None, init=False)
    _is_stopping: bool = field(default=False, init=False)

    async def start(self) -> None:
        """Begin, on the running event loop."""
        self._is_stopping = False
        self._part = forever("engine-watch", self._follow, every_s=LOOK_INTERVAL_S)

    async def stop(self) -> None:
        """End."""
        self._is_stopping = True  # first, or it would take the end of the stream for the engine's
        if self._part is not None:
            self.engine.stop_following()
            await end_task(self._part)
            self._part = None

    async def _follow(self) -> None:
        """Follow the engine until its stream ends, which is the engine's end."""
        with contextlib.suppress(EngineUnavailableError):
            await self.engine.follow(self._note_answer)
        if self.engine.state.is_up and not self._is_stopping:
            self.engine.state.is_up = False
            log.warning("engine_went_away")

    def _note_answer(self) -> None:
        state = self.engine.state
        if state.is_up:
            return
        state.is_up, state.returned_at = True, time.monotonic()
        log.warning("engine_came_back")
        for tell in self.on_return:
            tell()
