"""Who may start a kernel now, and who waits: a queue with a position and a wait that the learner sees."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from nexus_server.kernels.errors import KernelsBusyError

#: (owner, kernel id, position, seconds): 1 is next, 0 is "your turn"; no seconds while nobody can tell
PositionListener = Callable[[str, str, int, float | None], None]


@dataclass(slots=True)
class _Pace:
    """How fast the queue moves, since it began. Times are monotonic seconds."""

    begun_at: float = 0.0
    served: int = 0

    def wait_s(self, position: int, now: float) -> float | None:
        """Return how long whoever is at `position` will wait about; None: nobody's turn came yet."""
        return position * (now - self.begun_at) / self.served if self.served else None


@dataclass(eq=False, slots=True)
class _Waiting:
    owner: str
    kernel_id: str
    turn: asyncio.Future[None]


@dataclass(slots=True)
class Turnstile:
    """A number of places, given first come, first served. Lives on one event loop."""

    places: int
    #: who may wait; more are refused
    queue_limit: int
    #: longest wait in seconds
    timeout_s: float
    tell: PositionListener = lambda _owner, _kernel_id, _position, _wait_s: None
    now: Callable[[], float] = time.monotonic
    taken: int = 0
    _queue: deque[_Waiting] = field(default_factory=deque)
    _pace: _Pace = field(default_factory=_Pace)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, owner: str, kernel_id: str) -> Callable[[], None]:
        """Take a place, waiting if need be; return what gives it back (calling it twice is harmless).

        Raises:
            KernelsBusyError: the queue is full, or the wait was too long.
        """
        if self.taken < self.places and not self._queue:
            self.taken += 1
            return self._leaver()
        if len(self._queue) >= self.queue_limit:
            raise KernelsBusyError(retry_after_s=self.timeout_s, waiting=len(self._queue))
        waiting = _Waiting(owner, kernel_id, asyncio.get_running_loop().create_future())
        if not self._queue:
            self._pace = _Pace(self.now())
        self._queue.append(waiting)
        self._tell_one(len(self._queue), waiting)
        try:
            async with asyncio.timeout(self.timeout_s):
                await waiting.turn
        except TimeoutError as exc:
            self._withdraw(waiting)
            raise KernelsBusyError("No place became free in time; try again in a moment.", retry_after_s=10) from exc
        except (Exception, asyncio.CancelledError):
            self._withdraw(waiting)
            raise
        return self._leaver()

    def occupy(self) -> Callable[[], None]:
        """Take a place for what has one already, also when all are taken; return what gives it back."""
        self.taken += 1
        return self._leaver()

    def _withdraw(self, waiting: _Waiting) -> None:
        """Leave the queue; a place that was given at the last moment goes to the next."""
        if waiting in self._queue:
            self._queue.remove(waiting)
            self._tell_all()
        elif waiting.turn.done() and not waiting.turn.cancelled():
            self._give_back()

    def _leaver(self) -> Callable[[], None]:
        is_given_back = False

        def leave() -> None:
            nonlocal is_given_back
            if not is_given_back:
                is_given_back = True
                self._give_back()

        return leave

    def _give_back(self) -> None:
        self.taken -= 1
        while self._queue and self.taken < self.places:
            first = self._queue.popleft()
            if first.turn.done():
                continue
            self.taken += 1
            self._pace.served += 1
            first.turn.set_result(None)
            self._tell_one(0, first)
        self._tell_all()

    def _tell_all(self) -> None:
        for position, waiting in enumerate(self._queue, start=1):
            self._tell_one(position, waiting)

    def _tell_one(self, position: int, waiting: _Waiting) -> None:
        self.tell(waiting.owner, waiting.kernel_id, position, self._pace.wait_s(position, self.now()))
