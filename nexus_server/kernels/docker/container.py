"""One kernel's container, watched through its first process where that can be seen."""

import asyncio
import contextlib
import select
import signal
import time

from nexus_server.kernels import relay_loop
from nexus_server.kernels.docker.container_engine import ContainerState
from nexus_server.kernels.docker.counters import CpuCounters, LimitCounters
from nexus_server.kernels.docker.engine_calls import EngineCalls
from nexus_server.kernels.docker.pidfd import WatchedProcess
from nexus_server.kernels.errors import EngineUnavailableError, KernelFrozenError
from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.sandbox import CpuUse, Exit, Hits

#: how long the engine may take to notice that a process has ended, in seconds
NOTICE_TIMEOUT_S = 5.0
#: how often the engine is asked when the process cannot be watched directly, in seconds
ASK_INTERVAL_S = 1.0
#: exit codes of containers that an engine ends: SIGTERM, SIGKILL, and 255 where it lost sight of them
KILLED_BY_ENGINE = frozenset({128 + signal.SIGTERM, 128 + signal.SIGKILL, 255})
KILLED_WITH_ENGINE = Exit(code=128 + signal.SIGKILL, engine_gone=True)


class Container:
    """One running container."""

    def __init__(self, calls: EngineCalls, container_id: str, pid: int, *, is_frozen: bool = False) -> None:
        """Watch the container's first process where it can be seen, else ask the engine now and then."""
        #: whether its processes stand still, or are about to
        self._is_frozen = is_frozen
        #: held while the engine is asked for what would cross another such request
        self._turn = asyncio.Lock()
        self._calls = calls
        self._id = container_id
        self._exit: Exit | None = None
        self._is_closed = False
        self._asked_at = 0.0
        self._counters: LimitCounters | None = None
        #: found when it is asked for, by gradings alone: no start pays for it
        self._cpu: CpuCounters | None = None
        #: processes that were killed for want of memory, as counted at the end; None: nobody could count
        self._memory_kills: int | None = None
        #: where the end is waited for: soon after it the cgroup is gone, with its count
        self._watch: relay_loop.RelayLoop | None = None
        try:
            self.process: WatchedProcess | None = WatchedProcess(pid, container_id)
            self._counters = LimitCounters.find(pid)
        except OSError:
            self.process = None
        if self.process is not None and self._counters is not None:
            self._watch = relay_loop.acquire()
            self._watch.call(self._await_end)

    def _await_end(self) -> None:
        if self._watch is not None and self.process is not None and self.process.fileno() >= 0:
            self._watch.watch(self.process.fileno(), select.EPOLLIN, self._note_end)

    def _note_end(self, _events: int) -> None:
        if self._watch is not None and self._counters is not None:
            self._memory_kills = self._counters.memory_kills()
            self._forget_end()

    def _forget_end(self) -> None:
        if self._watch is not None and self.process is not None:
            with contextlib.suppress(KeyError, OSError):  # it ended, and was forgotten then
                self._watch.forget(self.process.fileno())

    def _let_go(self) -> None:
        """Close the process's descriptor, in the thread that waits for it."""
        self._forget_end()
        if self.process is not None:
            self.process.close()

    @property
    def id(self) -> str:
        """The container's id."""
        return self._id

    async def poll(self) -> Exit | None:
        """Return how it ended, or None while it runs."""
        if self._exit is None and self._may_have_ended():
            self._exit = await self._read_exit()
        return self._exit

    def hits(self) -> Hits | None:
        """Return what its cgroups counted, where its process can be seen."""
        return None if self._counters is None else self._counters.read()

    def memory_mb(self) -> float | None:
        """Return what its memory cgroup is charged, where its process can be seen."""
        return None if self._counters is None else self._counters.memory_mb()

    def peak_mb(self) -> float | None:
        """Return the most that its memory cgroup was charged, where its process can be seen."""
        return None if self._counters is None else self._counters.peak_mb()

    def cpu_use(self) -> CpuUse | None:
        """Return what its cgroup had of the processor, where its process can be seen."""
        if self._cpu is None and self.process is not None and not self.process.has_ended():
            self._cpu = CpuCounters.find(self.process.pid)
        return None if self._cpu is None else self._cpu.read()

    def _may_have_ended(self) -> bool:
        if self.process is not None:
            return self.process.has_ended()
        now = time.monotonic()
        if now - self._asked_at < ASK_INTERVAL_S:
            return False
        self._asked_at = now
        return True

    async def _read_exit(self) -> Exit | None:
        """Ask the engine, which may notice the end of a process a little later than we do."""
        deadline = time.monotonic() + NOTICE_TIMEOUT_S
        while True:
            try:
                state = await self._calls.ask(lambda engine: engine.inspect(self._id))
            except EngineUnavailableError:
                return KILLED_WITH_ENGINE if self._is_surely_gone() else None
            if state is None:
                return KILLED_WITH_ENGINE
            if not state.is_running:
                return self._judge(state)
            if not self._is_surely_gone():
                return None
            if time.monotonic() > deadline:
                return KILLED_WITH_ENGINE
            await asyncio.sleep(0.02)

    def _judge(self, state: ContainerState) -> Exit:
        """An engine that ends or comes back kills its containers; what was killed then did not lack memory."""
        code, oom_killed = state.exit_code, self._lacked_memory(told=state.oom_killed)
        is_victim = code in KILLED_BY_ENGINE and not oom_killed and self._calls.state.is_disturbed
        return Exit(code=code, oom_killed=oom_killed, engine_gone=is_victim)

    def _lacked_memory(self, *, told: bool) -> bool | None:
        """The engine may miss what the cgroup counted; and where neither could be seen nothing is known."""
        if told or self._memory_kills:
            return True
        return None if self._memory_kills is None else False

    def _is_surely_gone(self) -> bool:
        return self.process is not None and self.process.has_ended()

    async def signal(self, signum: int) -> None:
        """Send a signal to the kernel, through the container's init; past the engine when that is away.

        Raises:
            EngineUnavailableError: the engine does not answer, and the process cannot be seen from here.
            KernelFrozenError: it stands still; only SIGKILL reaches it.
        """
        if signum == signal.SIGKILL:
            await self._signal(signum)
            return
        async with self._turn:
            if self._is_frozen:  # the engine would let it go on
                raise KernelFrozenError
            await self._signal(signum)

    async def _signal(self, signum: int) -> None:
        try:
            await self._calls.ask(lambda engine: engine.signal(self._id, signum))
        except EngineUnavailableError:
            if self.process is None:
                raise
            self.process.send(signum)

    async def freeze(self) -> None:
        """Let all processes stand still until `thaw`. May be called twice.

        Raises:
            EngineUnavailableError: the engine does not answer; they may go on.
        """
        async with self._turn:
            self._is_frozen = True
            await self._calls.ask(lambda engine: engine.pause(self._id))

    async def thaw(self) -> None:
        """Let them go on, if they stand still.

        Raises:
            EngineUnavailableError: the engine does not answer.
        """
        async with self._turn:
            if self._is_frozen:
                await self._calls.ask(lambda engine: engine.resume(self._id))
                self._is_frozen = False

    async def resize(self, limits: KernelLimits) -> None:
        """Set memory and CPU.

        Raises:
            KernelStartError: they could not be set, or the kernel has ended.
        """
        await self._calls.ask(lambda engine: engine.resize(self._id, limits))

    async def remove(self) -> None:
        """End and delete the container.

        Raises:
            EngineUnavailableError: the engine does not answer; the process is ended all the same.
        """
        try:
            await self._calls.ask(lambda engine: engine.remove(self._id))
        except EngineUnavailableError:
            if self.process is not None:
                self.process.send(signal.SIGKILL)
            raise
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Stop watching it, and leave it as it is. May be called twice."""
        if self._watch is None:
            if self.process is not None:
                self.process.close()
        elif not self._is_closed:
            self._is_closed = True
            self._watch.call(self._let_go)
            relay_loop.release(self._watch)
