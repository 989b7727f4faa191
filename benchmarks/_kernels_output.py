"""`output_ratio`: ten megabytes of prints, against a plain server's kernel.

Both sides' brakes are off: ours has the CPU cap lifted (`cpu_share`) and the flood limits lifted (`output_*`,
`messages_*`, `unread_mb`), plain's the IOPub limits that would cut it at a megabyte per second.
"""

import asyncio
import time

from benchmarks._kernels_section import Found, Scale, ratio, rounded, say
from benchmarks._kernels_servers import User, our_server, plain_server

LINE = 100
UNLIMITED_PLAIN = """
for limits in (c.ZMQChannelsWebsocketConnection,):
    limits.iopub_data_rate_limit = 1e12
    limits.iopub_msg_rate_limit = 1e12
"""
UNLIMITED = """
c.SandboxSettings.cpu_share = 2.0
c.SandboxSettings.max_cpu_share = 2.0
c.SandboxSettings.start_cpu_share = 2.0
c.TenancySettings.output_kb_per_s = 1e9
c.TenancySettings.output_burst_mb = 1e6
c.TenancySettings.messages_per_s = 1e9
c.TenancySettings.messages_burst = 1e9
c.TenancySettings.unread_mb = 1e6
"""


async def print_all(user: User, megabytes: int, rounds: int) -> list[float]:
    """Seconds until everything printed has arrived, several times in one kernel."""
    lines = megabytes * 1_000_000 // LINE
    times = []
    async with user.kernel() as tab:
        await tab.add()
        for _ in range(rounds):
            begun = time.perf_counter()
            printed = await tab.run(f"for _ in range({lines}): print('x' * {LINE - 1})")
            times.append(time.perf_counter() - begun)
            if len(printed) != lines * LINE:
                raise RuntimeError(f"{len(printed)} of {lines * LINE} characters arrived.")
            await asyncio.sleep(0.5)
    return times


def measure(scale: Scale) -> Found:
    with plain_server(UNLIMITED_PLAIN) as plain, our_server(0, UNLIMITED) as ours:
        [learner] = asyncio.run(ours.enroll(1))
        plain_s: list[float] = []
        ours_s: list[float] = []
        for turn in range(max(1, scale.rounds // 2)):
            plain_s += asyncio.run(print_all(plain, scale.output_mb, 2))
            ours_s += asyncio.run(print_all(learner, scale.output_mb, 2))
            say("output", f"turn {turn + 1}: plain {plain_s[-1]:.2f} s, ours {ours_s[-1]:.2f} s")
    return Found({"output_ratio": ratio(ours_s, plain_s)}, {"plain_s": rounded(plain_s), "ours_s": rounded(ours_s)})
