"""Open tabs of the gamification benchmark: how soon each hears of something, and what it takes of the server."""

import asyncio
import os
import resource
import time
from statistics import median, quantiles
from typing import Any

import psutil
from sqlalchemy import make_url
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks._kernels_servers import API, Site, User, our_server

TABS_EACH = 20
ROUNDS = 20
#: tabs that are opened at once
AT_ONCE = 20
#: files beside the sockets that this process has open
OTHER_FILES = 200


async def measure_sockets(postgres_url: str, redis_url: str, count: int) -> dict[str, Any]:
    """Open so many sockets, and let one learner do what all tabs hear of."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + OTHER_FILES), most))
    own_url = make_url(postgres_url).set(drivername="postgresql")
    os.environ["NEXUS_DATABASE_URL"] = own_url.render_as_string(hide_password=False)
    os.environ["NEXUS_REDIS_URL"] = redis_url
    with our_server(pool_size=0) as site:
        learners = await site.enroll(max(1, count // TABS_EACH))
        first = await _open(site, learners[0])
        first.close()  # what the first socket makes the server load is nobody's
        before = _memory_kb(site)
        tabs = await _open_all(site, [learners[number % len(learners)] for number in range(count)])
        used = _memory_kb(site) - before
        delays = [delay for number in range(ROUNDS) for delay in await _round(learners[0], tabs, number)]
        for tab in tabs:
            tab.close()
    return {
        "sockets_p95_ms": quantiles(delays, n=20)[-1],
        "socket_kb": used / count,
        "raw": {"sockets": count, "rounds": ROUNDS, "median_ms": median(delays), "most_ms": max(delays)},
    }


async def _open_all(site: Site, owners: list[User]) -> list[WebSocketClientConnection]:
    few = asyncio.Semaphore(AT_ONCE)

    async def open_one(owner: User) -> WebSocketClientConnection:
        async with few:
            return await _open(site, owner)

    return await asyncio.gather(*(open_one(owner) for owner in owners))


async def _open(site: Site, owner: User) -> WebSocketClientConnection:
    """Open a tab's socket; it is open once it was greeted."""
    url = f"{site.url}{API}/events".replace("http", "ws", 1)
    tab = await websocket_connect(HTTPRequest(url, headers=owner.headers))
    await tab.read_message()
    return tab


async def _round(learner: User, tabs: list[WebSocketClientConnection], number: int) -> list[float]:
    """Change the leaderboard, and return the milliseconds after which each tab heard of it."""
    heard = [asyncio.ensure_future(_hear(tab)) for tab in tabs]
    async with learner.http() as client:
        begun = time.perf_counter()
        reply = await client.patch(f"{API}/me", json={"leaderboard_opt_out": number % 2 == 0})
        reply.raise_for_status()
    return [(moment - begun) * 1000 for moment in await asyncio.gather(*heard)]


async def _hear(tab: WebSocketClientConnection) -> float:
    while (message := await tab.read_message()) is not None:
        if "leaderboard.changed" in str(message):
            return time.perf_counter()
    raise ConnectionError("a tab was closed")


def _memory_kb(site: Site) -> float:
    return float(psutil.Process(site.process.pid).memory_full_info().uss) / 1024
