"""`warm_first_result_ratio`, `cold_first_result_ratio`: from POST to the first result, against a plain server's.

Turns of the three servers alternate, so what else the machine does hits all alike.
"""

import asyncio
import time

from benchmarks._kernels_section import Found, Scale, ratio, rounded, say
from benchmarks._kernels_servers import Site, User, our_server, plain_server

#: seconds of rest between two turns
REST_S = 0.5
#: warm kernels wanted before a turn, and of one image only, so that counting containers tells when the pool is full
POOL = 2
PYTHON_ONLY = "c.SandboxSettings.pool_sizes = {'nexus-data': 0, 'nexus-javascript': 0}\n"


async def first_result(user: User) -> float:
    """Seconds from POST to the first result over the WebSocket."""
    begun = time.perf_counter()
    async with user.kernel() as tab:
        await tab.add()
        return time.perf_counter() - begun


async def until_warm(site: Site) -> None:
    """Wait until the pool is full and its machinery is at rest."""
    while len(site.containers()) < POOL:  # noqa: ASYNC110  another program's doing
        await asyncio.sleep(0.2)
    await asyncio.sleep(2.0)  # the last one is created, but not ready yet; nothing outside tells when it is


async def turns(plain: User, cold: Site, warm: Site, rounds: int) -> dict[str, list[float]]:
    [cold_user], [warm_user] = await cold.enroll(1), await warm.enroll(1)
    # Each server's first kernel pays for what is loaded on first use, and a learner's first for the workspace.
    for user in (plain, cold_user, warm_user):
        await first_result(user)
    times: dict[str, list[float]] = {"plain_s": [], "cold_s": [], "warm_s": []}
    for turn in range(rounds):
        await until_warm(warm)
        for name, user in (("plain_s", plain), ("cold_s", cold_user), ("warm_s", warm_user)):
            times[name].append(await first_result(user))
            await asyncio.sleep(REST_S)
        say("start", f"turn {turn + 1}: " + ", ".join(f"{name} {values[-1]:.3f}" for name, values in times.items()))
    return times


def measure(scale: Scale) -> Found:
    with plain_server() as plain, our_server(0) as cold, our_server(POOL, PYTHON_ONLY) as warm:
        times = asyncio.run(turns(plain, cold, warm, scale.rounds))
    figures = {
        "warm_first_result_ratio": ratio(times["warm_s"], times["plain_s"]),
        "cold_first_result_ratio": ratio(times["cold_s"], times["plain_s"]),
    }
    return Found(figures, {name: rounded(values) for name, values in times.items()})
