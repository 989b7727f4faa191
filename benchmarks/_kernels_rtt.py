"""`rtt_ratio`: `1+1` in a kernel with 0.1 CPU, against a plain server's uncapped kernel as it comes.

`rtt_nodelay_ratio` is the same against a plain server whose WebSockets have TCP_NODELAY, so that what is left is
what the container and our server cost. One client; bursts of cells, one after the other, as somebody runs a notebook
from its top; the servers take turns, and the rest between bursts is the same for all.
"""

import asyncio

from benchmarks._kernels_section import Found, Scale, ratio, rounded, say
from benchmarks._kernels_servers import WITH_NODELAY, User, our_server, plain_server
from benchmarks._kernels_tab import Tab

#: cells of a burst: what a tenth of a CPU pays in one second. A pause of more than 40 ms between cells would let TCP
#: acknowledge at once now and then, and make plain's figure fall into two heaps
BURST = 8
#: seconds between a server's bursts, at least: one accounting period of the CPU limit
REST_S = 1.2


async def alternate(users: dict[str, User], cells: int) -> dict[str, list[float]]:
    """Seconds of each cell, by server."""
    held = {name: await _hold(user) for name, user in users.items()}
    times: dict[str, list[float]] = {name: [] for name in users}
    for tab, _ in held.values():
        await tab.round_trips(BURST, 0)
    while min(map(len, times.values())) < cells:
        for name, (tab, _) in held.items():
            await asyncio.sleep(REST_S)
            times[name] += await tab.round_trips(min(BURST, cells), 0)
    for name, (tab, kernel_id) in held.items():
        await tab.close()
        await users[name].end_kernel(kernel_id)
    return times


async def _hold(user: User) -> tuple[Tab, str]:
    kernel_id = await user.start_kernel()
    return await user.open_tab(kernel_id), kernel_id


def measure(scale: Scale) -> Found:
    with plain_server() as plain, plain_server(WITH_NODELAY) as nodelay, our_server(0) as ours:
        [learner] = asyncio.run(ours.enroll(1))
        users = {"plain_s": plain, "plain_nodelay_s": nodelay, "ours_s": learner}
        times = asyncio.run(alternate(users, scale.cells))
    figures = {
        "rtt_ratio": ratio(times["ours_s"], times["plain_s"]),
        "rtt_nodelay_ratio": ratio(times["ours_s"], times["plain_nodelay_s"]),
    }
    say("rtt", str(figures))
    return Found(figures, {name: rounded(values) for name, values in times.items()})
