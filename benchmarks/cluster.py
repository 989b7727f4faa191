"""What it costs that a site has several servers: three of them, on this one machine.

    python -m benchmarks.cluster              # some minutes; needs root, Docker, PostgreSQL and HAProxy
    python -m benchmarks.cluster --quick      # a smoke run; the figures mean nothing

`proxy_first_result_ratio`: POST of a kernel to its first result through HAProxy with the home cookie / straight to the
home. `passed_on_ratio`: a listing of files from a server that is not the home / from the home. `passed_on_cell_ms`: how
much longer `1+1` takes there. `imbalance`: (most - mean) / mean of the homes of 600 learners who come by turns to all
three. `rehome_s`: from the end of a server until a learner of it reads their files elsewhere, the lease included.

Each ratio is of medians, measured by turns. Prints a table and writes benchmarks/results/cluster.json; exits 1 when a
target is missed.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks._cluster_servers import NAMES, ClusterSite, Server, cluster
from benchmarks._kernels_servers import API, NO_TLS, PASSWORD, User, machine
from benchmarks._kernels_start import first_result

RESULTS = Path(__file__).parent / "results" / "cluster.json"
TARGETS = {
    "proxy_first_result_ratio": 1.25,
    "passed_on_ratio": 2.0,
    "passed_on_cell_ms": 3.0,
    "imbalance": 0.10,
    "rehome_s": 15.0,
}
#: seconds of rest in which a pool of warm kernels fills again
REFILL_S = 6.0
REST_S = 0.05


async def enroll(site: ClusterSite, number: int) -> tuple[str, User]:
    """Register a learner at one of the servers, and return their id and them."""
    server = site.servers[NAMES[number % len(NAMES)]]
    email = f"{time.time_ns()}-{number}@example.org"
    async with httpx.AsyncClient(base_url=f"{server.url}{API}", timeout=180, verify=NO_TLS) as client:
        body = {"email": email, "password": PASSWORD, "display_name": "Bench"}
        user_id = (await client.post("/auth/register", json=body)).raise_for_status().json()["id"]
        reply = await client.post("/auth/login", json={"email": email, "password": PASSWORD})
    token = reply.raise_for_status().json()["access_token"]
    return user_id, User(server.url, {"Authorization": f"Bearer {token}"}, "nexus-python")


async def list_files(user: User, client: httpx.AsyncClient) -> None:
    (await client.get(f"{user.url}/api/contents/", headers=user.headers)).raise_for_status()


async def settle(site: ClusterSite, number: int) -> tuple[User, Server, Server]:
    """Return a learner, their home, and a server that is not it."""
    user_id, user = await enroll(site, number)
    async with user.http() as client:
        await list_files(user, client)
    home = site.home_of(user_id)
    return user, home, next(server for server in site.servers.values() if server is not home)


async def place(site: ClusterSite, learners: int) -> dict[str, int]:
    """Let so many learners need a home, a few at a time; return how many each server has."""
    few = asyncio.Semaphore(4)

    async def one(number: int) -> None:
        async with few:
            _, user = await enroll(site, number)
            async with user.http() as client:
                await list_files(user, client)

    await asyncio.gather(*(one(number) for number in range(learners)))
    return site.homes()


async def by_turns(rounds: int, rest_s: float, *measured: Callable[[], Awaitable[float]]) -> list[list[float]]:
    """Measure so many times by turns, after a turn that pays for what is loaded on first use."""
    taken: list[list[float]] = [[] for _ in measured]
    for turn in range(rounds + 1):
        for number, measure in enumerate(measured):
            seconds = await measure()
            if turn:
                taken[number].append(seconds)
            await asyncio.sleep(rest_s)
    return taken


async def requests(site: ClusterSite, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of a listing at the home and elsewhere, and of a cell."""
    user, home, other = await settle(site, 1)
    at_home, elsewhere = site.at(user, home), site.at(user, other)
    async with httpx.AsyncClient(timeout=60, verify=NO_TLS) as client:

        async def listing(who: User) -> float:
            begun = time.perf_counter()
            await list_files(who, client)
            return time.perf_counter() - begun

        straight, passed = await by_turns(rounds, REST_S, lambda: listing(at_home), lambda: listing(elsewhere))
    kernel_id = await at_home.start_kernel()
    async with await at_home.open_tab(kernel_id) as near, await elsewhere.open_tab(kernel_id) as far:

        async def cell(tab: Any) -> float:
            begun = time.perf_counter()
            await tab.add()
            return time.perf_counter() - begun

        cells, passed_cells = await by_turns(rounds, REST_S, lambda: cell(near), lambda: cell(far))
    await at_home.end_kernel(kernel_id)
    return {"straight_s": straight, "passed_s": passed, "cell_s": cells, "passed_cell_s": passed_cells}


async def starts(site: ClusterSite, rounds: int) -> dict[str, list[float]]:
    """Return the seconds to a first result, straight and through the proxy."""
    user, home, _ = await settle(site, 2)
    straight, proxied = site.at(user, home), site.by_proxy(user, home)
    direct, through = await by_turns(rounds, REFILL_S, lambda: first_result(straight), lambda: first_result(proxied))
    return {"direct_start_s": direct, "proxied_start_s": through}


async def rehome(site: ClusterSite) -> float:
    """Return the seconds from the end of a learner's home until their files are open elsewhere."""
    user, home, other = await settle(site, 3)
    elsewhere = site.at(user, other)
    home.process.kill()
    begun = time.perf_counter()
    async with elsewhere.http() as client:
        while (await client.get("/api/contents/")).status_code != httpx.codes.OK:  # noqa: ASYNC110  another program's doing
            await asyncio.sleep(REST_S)
    return time.perf_counter() - begun


async def measure(site: ClusterSite, *, learners: int, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the figures, and what they are made of."""
    raw: dict[str, Any] = {"homes": await place(site, learners)}
    raw |= await requests(site, rounds)
    raw |= await starts(site, max(3, rounds // 10))
    median = {name: statistics.median(values) for name, values in raw.items() if isinstance(values, list)}
    mean = sum(raw["homes"].values()) / len(raw["homes"])
    figures = {
        "proxy_first_result_ratio": median["proxied_start_s"] / median["direct_start_s"],
        "passed_on_ratio": median["passed_s"] / median["straight_s"],
        "passed_on_cell_ms": (median["passed_cell_s"] - median["cell_s"]) * 1000,
        "imbalance": (max(raw["homes"].values()) - mean) / mean,
        "rehome_s": await rehome(site),
    }
    return {name: round(value, 4) for name, value in figures.items()}, raw


def main() -> int:
    """Measure, print and write; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="What several servers cost.")
    parser.add_argument("--quick", action="store_true", help="a smoke run; the figures mean nothing")
    scale = {"learners": 30, "rounds": 10} if parser.parse_args().quick else {"learners": 600, "rounds": 100}
    with cluster() as site:
        figures, raw = asyncio.run(measure(site, **scale))
    table = Table("figure", "measured", "target")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", f"≤ {TARGETS[name]:g}")
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**figures, "machine": machine(), "scale": scale, "raw": raw}, indent=2))
    return int(any(value > TARGETS[name] for name, value in figures.items()))


if __name__ == "__main__":
    raise SystemExit(main())
