"""`readopt_s`: the server is killed with `kill -9` and started again; until when has every kernel answered its tab?

Counted from the start of the new process. A kernel is back when a new WebSocket to it returns the variable that it was
given before.
"""

import asyncio
import time

from benchmarks._kernels_section import Found, Scale, quantile, rounded, say
from benchmarks._kernels_servers import Site, User, our_server

KERNELS_EACH = 3
AT_ONCE = 6
#: how often a tab tries to connect again, in seconds
RETRY_S = 0.1
#: after which a kernel counts as lost
LOST_S = 120.0


async def prepare(site: Site, count: int) -> dict[str, User]:
    """Start kernels and give each a variable; return whose they are, by id."""
    learners = await site.enroll(-(-count // KERNELS_EACH))
    users = [user for user in learners for _ in range(KERNELS_EACH)][:count]
    few = asyncio.Semaphore(AT_ONCE)

    async def one(user: User) -> str:
        async with few:
            kernel_id = await user.start_kernel()
            async with await user.open_tab(kernel_id) as tab:
                await tab.run(f"mine = {kernel_id!r}")
            return kernel_id

    return dict(zip(await asyncio.gather(*map(one, users)), users, strict=True))


async def until_back(user: User, kernel_id: str, begun: float) -> float:
    """Seconds until the kernel tells its variable."""
    reason: Exception | None = None
    while time.perf_counter() - begun < LOST_S:
        try:
            async with await user.open_tab(kernel_id) as tab:
                found = await tab.run("mine")
        except Exception as exc:  # noqa: BLE001  refused, closed, not yet known: whatever it is, the tab tries again
            reason = exc
            await asyncio.sleep(RETRY_S)
            continue
        if found != repr(kernel_id):
            raise RuntimeError(f"The kernel has lost its variable: {found!r}")
        return time.perf_counter() - begun
    raise TimeoutError(f"Kernel {kernel_id} did not come back.") from reason


async def run(site: Site, count: int) -> Found:
    kernels = await prepare(site, count)
    say("readopt", f"{len(kernels)} kernels live; kill -9")
    site.kill()
    begun = time.perf_counter()
    site.start_again()
    ends = await asyncio.gather(
        *(until_back(user, kernel_id, begun) for kernel_id, user in kernels.items()), return_exceptions=True
    )
    back = [end for end in ends if isinstance(end, float)]
    lost = [repr(end)[:300] for end in ends if isinstance(end, BaseException)]
    if lost:
        raise RuntimeError(f"{len(lost)} of {count} kernels did not come back: {lost[:3]}")
    say("readopt", f"all back after {max(back):.1f} s")
    raw = {
        "kernels": count,
        "first_s": round(min(back), 2),
        "p50_s": round(quantile(back, 0.5), 2),
        "each_s": rounded(back),
    }
    return Found({"readopt_s": round(max(back), 2)}, raw)


def measure(scale: Scale) -> Found:
    with our_server(0) as site:
        return asyncio.run(run(site, scale.survivors))
