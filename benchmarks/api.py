"""How fast the API is, as ratios to a bare Tornado handler that returns the same bytes in the same run.

    python -m benchmarks.api

Each of LEARNERS learners asks over a connection of their own, for three reads and for logging in, on SQLite and on
PostgreSQL + Redis. Rounds of the bare server and of ours alternate; a ratio is the median of its rounds. Prints a
table and writes benchmarks/results/api.json; exits 1 when a target is missed.

The server may repeat a learner's own reply for two seconds unless something changed for them
(`web/reply_cache.py`); `ratio` is with that, as browsers get it: each learner asks for the same page again and
again, so nearly all replies are repeated ones. `uncached` is the same request with `Cache-Control: no-cache`, answered
from the database every time. Both are in the JSON. `cpu_ratio` compares the processor time of a request instead of the
wall's: on a machine that does other things too it is the figure to trust.

The load comes from this process, the servers have one each; one core is theirs while the other one sends
(`client_busy` is the share of its time that the sender computed: far from 1, it was no bottleneck).
"""

import asyncio
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from rich.console import Console
from rich.table import Table

from benchmarks._api_load import Load, request_bytes, run_load
from benchmarks._kernels_servers import cpu_s
from nexus_server.accounts.settings import AccountSettings
from tests.plugins.clusters import running_postgres, running_redis
from tests.plugins.processes import free_port, wait_for

API = "/nexus/api/v1"
LEARNERS = 16
#: short turns in alternation: what else the machine does then hits both alike
ROUNDS = 15
ROUND_S = 0.5
UNCACHED_ROUNDS = 6
LOGIN_ROUNDS = 4
LOGIN_ROUND_S = 3.0
PASSWORD = "correct-horse-42-battery"
#: the least share of the bare server's requests per second that a read may give
READ_RATIO = 0.35
#: milliseconds that the event loop may be held up at p99
LOOP_BLOCKED_MS = 20
RESULTS = Path(__file__).parent / "results" / "api.json"


@dataclass
class Site:
    """A running platform and its learners."""

    port: int
    pid: int
    tokens: list[str]
    emails: list[str]
    admin_token: str
    #: seconds that the server had computed when it listened
    ready_cpu_s: float = 0.0

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.tokens[0]}"}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=60).raise_for_status()


@contextmanager
def site(**environment: str) -> Iterator[Site]:
    """Run a platform with LEARNERS learners."""
    port = free_port()
    # Warm kernels would start during the measurement, and have a benchmark of their own.
    environment = {"NEXUS_POOL_SIZE": "0", **environment}
    admin = {"NEXUS_ADMIN_EMAIL": "boss@example.org", "NEXUS_ADMIN_PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory(prefix="nexus-bench-", ignore_cleanup_errors=True) as data:
        log = (Path(data) / "server.log").open("wb")
        command = [
            str(Path(sys.executable).parent / "nexus"),
            "serve",
            "--port",
            str(port),
            "--data",
            data,
            "--end-kernels",
        ]
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **admin, **environment})
        try:
            wait_for(port, process)
            ready_cpu_s = cpu_s(process.pid)
            yield replace(_with_learners(port, process.pid), ready_cpu_s=ready_cpu_s)
        finally:
            process.terminate()
            process.wait(60)
            log.close()


def _with_learners(port: int, pid: int) -> Site:
    emails = [f"learner-{number}@example.org" for number in range(LEARNERS)]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}{API}", timeout=60) as client:
        for email in emails:
            body = {"email": email, "password": PASSWORD, "display_name": email[:9]}
            client.post("/auth/register", json=body).raise_for_status()
        tokens = []
        for email in [*emails, "boss@example.org"]:
            reply = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
            tokens.append(reply.json()["access_token"])
        for token in tokens[:-1]:
            client.headers["Authorization"] = f"Bearer {token}"
            client.cookies.clear()
            _complete_first_step(client)
    return Site(port, pid, tokens[:-1], emails, tokens[-1])


def _complete_first_step(client: httpx.Client) -> None:
    """Earn some XP, so that leaderboards are not empty."""
    for roadmap in client.get("/roadmaps").json()["items"]:
        for node in client.get(f"/roadmaps/{roadmap['slug']}").json()["nodes"]:
            if node["type"] == "note" and node["status"] != "locked":
                client.post(f"/nodes/{node['id']}/open")
                if client.post(f"/nodes/{node['id']}/complete").is_success:
                    return


@contextmanager
def bare(body: bytes) -> Iterator[tuple[int, int]]:
    """Run a bare Tornado server that answers with `body`; gives its port and process id."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        process = subprocess.Popen([sys.executable, "-m", "benchmarks._api_bare", str(port), file.name])
        try:
            wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def measure_read(target: Site, path: str) -> dict[str, Any]:
    """Return the figures of one read and its ratio to the bare server."""
    body = target.get(path).content
    with bare(body) as other:
        return {
            **compare(target, path, other, rounds=ROUNDS, cached=True),
            "uncached": compare(target, path, other, rounds=UNCACHED_ROUNDS, cached=False),
            "bytes": len(body),
        }


def compare(target: Site, path: str, other: tuple[int, int], *, rounds: int, cached: bool) -> dict[str, Any]:
    """Return the figures of one read in alternation with the bare server, which is `other` (port and process id)."""
    ours = [request_bytes(target.port, path, token, cached=cached) for token in target.tokens]
    bare_port, bare_pid = other
    theirs = [request_bytes(bare_port, "/") for _ in ours]
    asyncio.run(run_load(target.port, ours, seconds=1.0))
    began, computed = time.perf_counter(), time.process_time()
    used = [cpu_s(bare_pid), cpu_s(target.pid)]
    pairs: list[tuple[Load, Load]] = []
    for _ in range(rounds):
        their = asyncio.run(run_load(bare_port, theirs, seconds=ROUND_S))
        pairs.append((their, asyncio.run(run_load(target.port, ours, seconds=ROUND_S))))
    busy = (time.process_time() - computed) / (time.perf_counter() - began)
    their_ms = 1000 * (cpu_s(bare_pid) - used[0]) / sum(their.requests for their, _ in pairs)
    our_ms = 1000 * (cpu_s(target.pid) - used[1]) / sum(our.requests for _, our in pairs)
    return {
        **_figures(pairs),
        "cpu_ms_per_request": round(our_ms, 3),
        "bare_cpu_ms_per_request": round(their_ms, 3),
        "cpu_ratio": round(their_ms / our_ms, 3),
        "client_busy": round(busy, 2),
    }


def _figures(rounds: list[tuple[Load, Load]]) -> dict[str, Any]:
    ratios = [our.per_second / their.per_second for their, our in rounds]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "requests_per_second": round(statistics.median(our.per_second for _, our in rounds)),
        "bare_requests_per_second": round(statistics.median(their.per_second for their, _ in rounds)),
        "p50_ms": statistics.median(our.quantile_ms(0.5) for _, our in rounds),
        "p95_ms": statistics.median(our.quantile_ms(0.95) for _, our in rounds),
        "failures": sum(our.failures for _, our in rounds),
    }


def measure_login(target: Site, threads: int) -> dict[str, Any]:
    """Return the figures of logging in, and its ratios to what hashing alone costs, in wall time and processor time.

    In wall time the sender and the database's server compete for the cores, too; `argon2_cpu_share` leaves them out.
    """
    bodies = [json.dumps({"email": email, "password": PASSWORD}).encode() for email in target.emails]
    requests = [request_bytes(target.port, f"{API}/auth/login", body=body) for body in bodies]
    asyncio.run(run_load(target.port, requests, seconds=1.0))
    used, hashes, loads = cpu_s(target.pid), [argon2()], []
    for _ in range(LOGIN_ROUNDS):
        loads.append(asyncio.run(run_load(target.port, requests, seconds=LOGIN_ROUND_S)))
        hashes.append(argon2())
    login_cpu_s = (cpu_s(target.pid) - used) / sum(load.requests for load in loads)
    hash_s, hash_cpu_s = (statistics.median(values) for values in zip(*hashes, strict=True))
    rate, bound = statistics.median(load.per_second for load in loads), threads / hash_s
    return {
        "ratio_to_argon2": round(rate / bound, 3),
        "argon2_cpu_share": round(hash_cpu_s / login_cpu_s, 3),
        "cpu_ms_per_login": round(1000 * login_cpu_s, 2),
        "argon2_cpu_ms": round(1000 * hash_cpu_s, 2),
        "requests_per_second": round(rate, 1),
        "argon2_per_second": round(bound, 1),
        "p50_ms": statistics.median(load.quantile_ms(0.5) for load in loads),
        "p95_ms": statistics.median(load.quantile_ms(0.95) for load in loads),
        "failures": sum(load.failures for load in loads),
    }


def loop_p99_ms(target: Site, metric: str) -> float:
    """Return the least bucket bound, in ms, below which 99 % of the event loop's delays were."""
    text = target.get("/metrics", target.admin_token).text
    pattern = rf'^{metric}_bucket\{{le="([^"]+)"\}} (\S+)$'
    buckets = [(float(bound), float(count)) for bound, count in re.findall(pattern, text, re.MULTILINE)]
    total = buckets[-1][1]
    return round(1000 * next(bound for bound, count in buckets if count >= 0.99 * total), 1)


def measure(name: str, **environment: str) -> dict[str, Any]:
    """Return the figures of a platform on one kind of database."""
    with site(**environment) as target:
        slug = "python-foundations"  # a long one
        reads = {
            "GET /me": measure_read(target, f"{API}/me"),
            "GET /roadmaps/{slug}": measure_read(target, f"{API}/roadmaps/{slug}"),
            "GET /leaderboards?around=me": measure_read(target, f"{API}/leaderboards/all_time_xp?around=me"),
        }
        login = measure_login(target, AccountSettings().hashes_at_once)
        blocked = loop_p99_ms(target, "nexus_event_loop_blocked_seconds")
        lag = loop_p99_ms(target, "nexus_event_loop_lag_seconds")
    return {"database": name, "reads": reads, "login": login, "loop_blocked_p99_ms": blocked, "loop_lag_p99_ms": lag}


def argon2() -> tuple[float, float]:
    """Return what one verification takes when all hashing threads work: seconds of the wall's time and of the CPU's."""
    settings = AccountSettings()
    hasher = PasswordHasher(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)
    hashed = hasher.hash(PASSWORD)
    count = 40
    began, computed = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(settings.hashes_at_once) as threads:
        list(threads.map(lambda _: hasher.verify(hashed, PASSWORD), range(count)))
    wall_s, computed_s = time.perf_counter() - began, time.process_time() - computed
    return wall_s * settings.hashes_at_once / count, computed_s / count


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(
        "database", "operation", "per second", "bare", "ratio", "CPU", "p50 ms", "p95 ms", title="make bench-api"
    )
    for figures in result["sites"]:
        for name, read in figures["reads"].items():
            for title, row in ((name, read), (f"{name}, uncached", read["uncached"])):
                numbers = (row["requests_per_second"], row["bare_requests_per_second"], row["ratio"])
                shown = (*numbers, row["cpu_ratio"], round(row["p50_ms"], 2), round(row["p95_ms"], 2))
                table.add_row(figures["database"], title, *map(str, shown))
        login = figures["login"]
        numbers = (login["requests_per_second"], login["argon2_per_second"], login["ratio_to_argon2"])
        shown = (*numbers, login["argon2_cpu_share"], login["p50_ms"], login["p95_ms"])
        table.add_row(figures["database"], "login (bare: Argon2)", *map(str, shown))
    Console(width=120).print(table)
    for figures in result["sites"]:
        Console(width=120).print(
            f"{figures['database']}: at p99 the event loop was blocked for {figures['loop_blocked_p99_ms']} ms at most "
            f"(late by {figures['loop_lag_p99_ms']} ms, other programs' work on the machine included)"
        )


def main() -> int:
    """Measure, print, write; return the exit code."""
    sites = [measure("SQLite")]
    with running_postgres() as postgres, running_redis() as redis:
        sites.append(measure("PostgreSQL + Redis", NEXUS_DATABASE_URL=postgres.url, NEXUS_REDIS_URL=redis.url))
    reads = [read for figures in sites for read in figures["reads"].values()]
    lowest = min(read["ratio"] for read in reads)
    result = {
        "read_ratio": lowest,
        "read_cpu_ratio": min(read["cpu_ratio"] for read in reads),
        "uncached_read_ratio": min(read["uncached"]["ratio"] for read in reads),
        "target": READ_RATIO,
        "loop_blocked_p99_ms": max(figures["loop_blocked_p99_ms"] for figures in sites),
        "login_ratio_to_argon2": min(figures["login"]["ratio_to_argon2"] for figures in sites),
        "login_argon2_cpu_share": min(figures["login"]["argon2_cpu_share"] for figures in sites),
        "learners": LEARNERS,
        "sites": sites,
        "machine": {
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "python": platform.python_version(),
        },
        "versions": {name: version(name) for name in ("tornado", "jupyter_server", "sqlalchemy", "argon2-cffi")},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    show(result)
    return 0 if lowest >= READ_RATIO and result["loop_blocked_p99_ms"] <= LOOP_BLOCKED_MS else 1


if __name__ == "__main__":
    sys.exit(main())
