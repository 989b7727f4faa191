"""`live_kernels`, `rtt_p95_ratio`, `kernel_mb`, `server_mb_per_kernel`: many kernels held at once, a tab open on each.

`rtt_p95_at_200` is the p95 of `1+1` in kernels picked at random while all are held, with the pauses with which
`rtt_p95_at_1` was taken in the only kernel. `raw.busy_*` adds learners who all work: each runs a cell every ten
seconds.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks._kernels_section import Found, Scale, quantile, rounded, say
from benchmarks._kernels_servers import Site, User, cpu_s, docker, memory_mb, our_server
from benchmarks._kernels_tab import Tab, round_trip

#: a learner's limit, as the product comes
KERNELS_EACH = 3
#: requests for a kernel that are open at the same time
AT_ONCE = 6
#: kernels that live before the server's memory is taken as its base: what is loaded on first use is no kernel's
BASE = 5
#: how often a learner runs a cell, in seconds, when all work
CADENCE_S = 10.0
PAUSE_S = 0.1


async def hold(users: list[User], count: int, tabs: list[Tab]) -> list[str]:
    """Start kernels until `count` are held; return what went wrong."""
    few, failures = asyncio.Semaphore(AT_ONCE), list[str]()

    async def one(user: User) -> None:
        async with few:
            try:
                tab = await user.open_tab(await user.start_kernel())
                await tab.add()
            except Exception as exc:  # noqa: BLE001  whatever it is, it is one kernel fewer, and the others count
                failures.append(repr(exc)[:200])
                return
            tabs.append(tab)
            if len(tabs) % 25 == 0:
                say("crowd", f"{len(tabs)} kernels live")

    await asyncio.gather(*(one(user) for user in users[len(tabs) : count]))
    return failures


async def sample(tabs: list[Tab], count: int) -> list[float]:
    """Seconds of `1+1` in kernels picked at random, one after the other."""
    chosen = random.Random(7)  # noqa: S311  which kernel is asked decides nothing
    return [await round_trip(chosen.choice(tabs), PAUSE_S) for _ in range(count)]


@contextlib.asynccontextmanager
async def everybody_works(tabs: list[Tab]) -> AsyncIterator[None]:
    """Run a cell in each kernel every `CADENCE_S`, out of step."""

    async def work(tab: Tab, late_s: float) -> None:
        await asyncio.sleep(late_s)
        while True:
            await tab.add()
            await asyncio.sleep(CADENCE_S)

    workers = [asyncio.create_task(work(tab, CADENCE_S * i / len(tabs))) for i, tab in enumerate(tabs)]
    try:
        yield
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def charged_mb(container: str) -> float:
    """The memory in MiB that the engine charges to a container, without page cache that can be dropped."""
    used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container).split("/")[0].strip()
    units = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
    return next(float(used.removesuffix(unit)) * factor for unit, factor in units.items() if used.endswith(unit))


async def round_trips(tabs: list[Tab], cells: int) -> dict[str, list[float]]:
    """Seconds of `1+1` while all kernels are held, at rest and at work."""
    together = await sample(tabs, cells)
    spared, working = tabs[: max(1, len(tabs) // 10)], tabs[len(tabs) // 10 :]
    async with everybody_works(working):
        await asyncio.sleep(CADENCE_S / 2)
        return {"together_s": together, "busy_s": await sample(spared, cells)}


async def idle_share(site: Site) -> float:
    """The share of a core that the server needs while all its kernels rest."""
    await asyncio.sleep(1.0)
    before, begun = cpu_s(site.process.pid), time.perf_counter()
    await asyncio.sleep(3.0)
    return round((cpu_s(site.process.pid) - before) / (time.perf_counter() - begun), 3)


def server_state(site: Site) -> tuple[float, int]:
    """Return the server's memory in MiB and its open files."""
    pid = site.process.pid
    return memory_mb(pid), len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def run(site: Site, scale: Scale) -> Found:
    """Hold the kernels, measure, close the tabs."""
    tabs: list[Tab] = []
    try:
        return await observe(site, scale, tabs)
    finally:
        await asyncio.gather(*(tab.close() for tab in tabs))


async def observe(site: Site, scale: Scale, tabs: list[Tab]) -> Found:
    learners = await site.enroll(-(-scale.crowd // KERNELS_EACH))
    users = [user for user in learners for _ in range(KERNELS_EACH)]
    failures = await hold(users, 1, tabs)
    await sample(tabs, 5)
    alone = await sample(tabs, 2 * scale.cells)
    failures += await hold(users, BASE, tabs)
    base_mb, _ = server_state(site)
    begun, used_s = time.perf_counter(), cpu_s(site.process.pid)
    failures += await hold(users, scale.crowd, tabs)
    filled_s, used_s = time.perf_counter() - begun, cpu_s(site.process.pid) - used_s
    full_mb, open_files = server_state(site)
    say("crowd", f"{len(tabs)} kernels in {filled_s:.0f} s; the server has {full_mb:.0f} MiB, {open_files} files open")
    idle_cpu = await idle_share(site)
    times = {"alone_s": alone, **await round_trips(tabs, 2 * scale.cells)}
    held = site.containers()
    kernels_mb = [charged_mb(container) for container in random.Random(7).sample(held, min(5, len(held)))]  # noqa: S311
    p95 = {name: quantile(values, 0.95) for name, values in times.items()}
    figures = {
        "live_kernels": len(tabs),
        "rtt_p95_at_1": round(p95["alone_s"], 4),
        "rtt_p95_at_200": round(p95["together_s"], 4),
        "rtt_p95_ratio": round(p95["together_s"] / p95["alone_s"], 3),
        "kernel_mb": round(max(kernels_mb), 1),
        "server_mb_per_kernel": round((full_mb - base_mb) / (len(tabs) - BASE), 3),
    }
    raw = {
        **{name: rounded(values) for name, values in times.items()},
        "busy_p95_s": round(p95["busy_s"], 4),
        "kernels_mb": kernels_mb,
        "server_mb": {str(BASE): round(base_mb, 1), str(len(tabs)): round(full_mb, 1)},
        "server_open_files": open_files,
        "filled_s": round(filled_s, 1),
        "server_cpu_s_per_start": round(used_s / max(1, len(tabs) - BASE), 3),
        "server_cpu_at_rest": idle_cpu,
        "failures": failures,
    }
    return Found(figures, raw)


def measure(scale: Scale) -> Found:
    with our_server(0) as site:
        found = asyncio.run(run(site, scale))
        say("crowd", "ending them")
    return found
