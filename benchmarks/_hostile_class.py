"""A class at work: learners who read pages and run cells, and how long each takes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil

from benchmarks._kernels_servers import API, User, memory_mb
from benchmarks._kernels_tab import Tab

READS = (f"{API}/me", f"{API}/roadmaps", "/api/contents", f"{API}/leaderboards/weekly_xp")
#: seconds between a learner's reads, and between their cells
READ_EVERY_S, CELL_EVERY_S = 0.5, 2.0


@dataclass
class Times:
    """What a class has seen, in milliseconds."""

    reads: list[float] = field(default_factory=list)
    cells: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass
class Classroom:
    """Learners with open kernels."""

    users: list[User]
    clients: list[httpx.AsyncClient]
    tabs: list[Tab]

    async def work(self, seconds: float) -> Times:
        """Read and run cells for so long; whatever has begun is waited for."""
        times, end = Times(), time.monotonic() + seconds
        readers = [self._read(client, times, end, number) for number, client in enumerate(self.clients)]
        await asyncio.gather(*readers, *(self._run(tab, times, end, number) for number, tab in enumerate(self.tabs)))
        return times

    async def _read(self, client: httpx.AsyncClient, times: Times, end: float, number: int) -> None:
        await asyncio.sleep(number / len(self.clients) * READ_EVERY_S)  # they do not read in step
        while (started := time.monotonic()) < end:
            path = READS[number % len(READS)]
            number += 1
            try:
                (await client.get(path)).raise_for_status()
            except httpx.HTTPError:
                times.failed += 1
            times.reads.append((time.monotonic() - started) * 1000)
            await asyncio.sleep(READ_EVERY_S)

    async def _run(self, tab: Tab, times: Times, end: float, number: int) -> None:
        await asyncio.sleep(number / len(self.tabs) * CELL_EVERY_S)
        while (started := time.monotonic()) < end:
            try:
                await tab.run("1 + 1")
            except Exception:  # noqa: BLE001  a socket that the server cut is counted, however it was cut
                times.failed += 1
                return
            times.cells.append((time.monotonic() - started) * 1000)
            await asyncio.sleep(CELL_EVERY_S)


@asynccontextmanager
async def classroom(users: list[User], *, with_kernels: int) -> AsyncIterator[Classroom]:
    """A class whose first learners have kernels."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(user.http()) for user in users]
        few = asyncio.Semaphore(3)

        async def open_kernel(user: User) -> Tab:
            async with few:
                return await stack.enter_async_context(user.kernel())

        tabs = await asyncio.gather(*(open_kernel(user) for user in users[:with_kernels]))
        yield Classroom(users, clients, list(tabs))


@dataclass
class Memory:
    """The memory of a server and its own processes while something else goes on, in MiB."""

    pid: int
    most: float = 0.0

    def now(self) -> float:
        """Return what they take right now; a process that just ended takes nothing."""
        total = 0.0
        for process in [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]:
            try:
                total += memory_mb(process.pid)
            except (OSError, StopIteration):
                continue
        return total

    def cpu_s(self) -> float:
        """Return the computing time of the server's own process so far, which is the event loop's."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    async def watch(self) -> None:
        """Note the most, until cancelled."""
        while True:
            self.most = max(self.most, await asyncio.to_thread(self.now))
            await asyncio.sleep(0.1)
