"""How fast the API is, as ratios to a bare Tornado handler that returns the same bytes in the same run.

    python -m benchmarks.api

Sixteen learners ask over a connection each, for three reads and for logging in, on SQLite and on PostgreSQL + Redis,
while sixty others earn XP, twenty times a second. Rounds of the bare server and of ours alternate; a ratio is the
median of its rounds. Prints tables and writes benchmarks/results/api.json; exits 1 when a target is missed.

The server may repeat a learner's own reply for two seconds unless something changed for them
(`web/reply_cache.py`); `ratio` is with that, as browsers get it: each learner asks for the same page again and
again, so nearly all replies are repeated ones. `uncached` is the same request with `Cache-Control: no-cache`, answered
from the database every time. Both are in the JSON. `cpu_ratio` compares the processor time of a request instead of the
wall's: on a machine that does other things too it is the figure to trust.

The load comes from this process, the servers have one each; one core is theirs while the other one sends
(`client_busy` is the share of its time that the sender computed: far from 1, it was no bottleneck).

`gradebook_ms` is the median of reading a class of 500 students and 40 steps. `loop_blocked_p99_ms` and
`loop_blocked_max_ms` are for how long the event loop's thread computed before it looked up again, while 200 learners
look around, read notes, save, ask for hints and hand in, four of them notebooks of 15 MB. They are the bounds of the
histogram's buckets that `/metrics` shows, so each is an upper bound.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import _api_class
from benchmarks._api_crowd import Job, crowd
from benchmarks._api_login import measure_login
from benchmarks._api_loop import BLOCKED, LAG, at_most_ms, read_buckets, since
from benchmarks._api_reads import measure_read
from benchmarks._api_site import ADMIN, API, Site, site
from nexus_server.accounts.settings import AccountSettings
from tests.plugins.clusters import running_postgres, running_redis

#: learners who read, learners who earn XP meanwhile, and learners of a school at work
READERS, WRITERS, SCHOOL = 16, 60, 200
#: seconds for which a school is at work
WORK_S = 30.0
GRADEBOOK_ROUNDS = 20
AT_LEAST = {"read_ratio": 0.40, "uncached_read_ratio": 0.30}
AT_MOST = {"loop_blocked_p99_ms": 8.0, "loop_blocked_max_ms": 50.0, "gradebook_ms": 150.0, "failures": 0.0}
READS = {
    "GET /me": f"{API}/me",
    "GET /roadmaps/{slug}": f"{API}/roadmaps/python-foundations",  # a long one
    "GET /leaderboards?around=me": f"{API}/leaderboards/all_time_xp?around=me",
}
RESULTS = Path(__file__).parent / "results" / "api.json"


def measure(name: str, *, school: int, **environment: str) -> dict[str, Any]:
    """Return the figures of a platform on one kind of database."""
    with site(learners=max(school, WRITERS + READERS), with_class=True, **environment) as target:
        reads = measure_reads(target)
        login = measure_login(replace(target, emails=target.emails[:READERS]), AccountSettings().hashes_at_once)
        gradebook_ms = measure_gradebook(target)
        loop = measure_loop(target, school)
    return {"database": name, "reads": reads, "login": login, "gradebook_ms": gradebook_ms, "loop": loop}


def measure_reads(target: Site) -> dict[str, Any]:
    """Return the figures of all reads of some learners, while the others earn XP."""
    readers, writers = target.tokens[:READERS], target.tokens[READERS : READERS + WRITERS]
    with crowd(_job(target, "earn", writers)):
        return {name: measure_read(target, path, readers) for name, path in READS.items()}


def measure_loop(target: Site, school: int) -> dict[str, Any]:
    """Return for how long the event loop was held up while a whole school was at work."""
    before = {metric: read_buckets(target, metric) for metric in (BLOCKED, LAG)}
    with crowd(_job(target, "work", target.tokens[:school])) as report:
        time.sleep(WORK_S)
        found = {metric: since(then, read_buckets(target, metric)) for metric, then in before.items()}
    return {
        "blocked_p99_ms": at_most_ms(found[BLOCKED], 0.99),
        "blocked_max_ms": at_most_ms(found[BLOCKED], 1.0),
        "lag_p99_ms": at_most_ms(found[LAG], 0.99),
        "lag_max_ms": at_most_ms(found[LAG], 1.0),
        "learners": school,
        "statuses": report["statuses"],
        "failures": report["failures"],
    }


def _job(target: Site, kind: str, tokens: list[str]) -> Job:
    steps = asyncio.run(_api_class.node_ids(target.database_url))
    notes = [str(node_id) for slug, node_id in steps.items() if slug.startswith("note")]
    labs = [str(node_id) for slug, node_id in steps.items() if slug.startswith("lab")]
    return Job(target.port, kind, tokens, notes, labs)


def measure_gradebook(target: Site) -> float:
    """Return the median in ms of reading a gradebook of 500 students and 40 steps."""
    cohort_id = asyncio.run(_api_class.enrol(target.database_url, ADMIN))
    path = f"{API}/teaching/roadmaps/{_api_class.SLUG}/gradebook?cohort_id={cohort_id}"
    taken = []
    for _ in range(GRADEBOOK_ROUNDS):
        begun = time.perf_counter()
        target.get(path, target.admin_token)
        taken.append(1000 * (time.perf_counter() - begun))
    return round(statistics.median(taken), 1)


def show(result: dict[str, Any]) -> None:
    """Print the tables."""
    console = Console(width=120)
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
    console.print(table)
    for figures in result["sites"]:
        console.print(f"{figures['database']}: {figures['loop']}, gradebook {figures['gradebook_ms']} ms")
    targets = Table("figure", "value", "target")
    for name, least in AT_LEAST.items():
        targets.add_row(name, str(result[name]), f">= {least}")
    for name, most in AT_MOST.items():
        targets.add_row(name, str(result[name]), f"<= {most}")
    console.print(targets)


def missed(result: dict[str, Any]) -> list[str]:
    """Return the figures that miss their target."""
    low = [name for name, least in AT_LEAST.items() if result[name] < least]
    return low + [name for name, most in AT_MOST.items() if result[name] > most]


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Reads, logging in, a gradebook, and the event loop of a school.")
    parser.add_argument("--school", type=int, default=SCHOOL, help="learners at work")
    school = parser.parse_args().school
    sites = [measure("SQLite", school=school)]
    with running_postgres() as postgres, running_redis() as redis:
        urls = {"NEXUS_DATABASE_URL": postgres.url, "NEXUS_REDIS_URL": redis.url}
        sites.append(measure("PostgreSQL + Redis", school=school, **urls))
    reads = [read for figures in sites for read in figures["reads"].values()]
    result = {
        "read_ratio": min(read["ratio"] for read in reads),
        "read_cpu_ratio": min(read["cpu_ratio"] for read in reads),
        "uncached_read_ratio": min(read["uncached"]["ratio"] for read in reads),
        "loop_blocked_p99_ms": max(figures["loop"]["blocked_p99_ms"] for figures in sites),
        "loop_blocked_max_ms": max(figures["loop"]["blocked_max_ms"] for figures in sites),
        "gradebook_ms": max(figures["gradebook_ms"] for figures in sites),
        "failures": sum(sum(figures["loop"]["failures"].values()) for figures in sites),
        "login_ratio_to_argon2": min(figures["login"]["ratio_to_argon2"] for figures in sites),
        "login_argon2_cpu_share": min(figures["login"]["argon2_cpu_share"] for figures in sites),
        "readers": READERS,
        "writers": WRITERS,
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
    return 1 if missed(result) else 0


if __name__ == "__main__":
    sys.exit(main())
