"""XP, leaderboards and open tabs under load, on PostgreSQL and Redis that this starts for itself.

    python -m benchmarks.gamify
    python -m benchmarks.gamify --only boards         # one section; its figures replace those in the result file
    python -m benchmarks.gamify --quick               # a smoke run; the figures mean nothing, and are not kept

- ``around_me_ratio``, ``rank_ratio``: a board of a million members, asked as the server asks it / by raw redis-py with
  the same commands in a pipeline, in alternation.
- ``awards_per_second``: achievements recorded and announced, by sixteen at once.
- ``sql_board_p95_ms``: the places around a learner among 100,000, by PostgreSQL alone.
- ``rebuild_per_second``: learning events replayed into an empty ledger, with streaks and badges.
- ``sockets_p95_ms``: from the achievement until each of a thousand open tabs has heard of it;
  ``socket_kb`` is the server's memory for each.

Prints a table and writes benchmarks/results/gamify.json; exits 1 when a target is missed.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from benchmarks._gamify_boards import measure_boards, measure_sql_board
from benchmarks._gamify_ledger import measure_awards, measure_rebuild
from benchmarks._gamify_sockets import measure_sockets
from nexus_server.store.migrate import upgrade
from tests.plugins.clusters import running_postgres, running_redis
from tests.plugins.databases import administer

RESULTS = Path(__file__).parent / "results" / "gamify.json"
TARGETS = {"around_me_ratio": 1.3, "rank_ratio": 1.3}
LEAST = {"rebuild_per_second": 1_000_000 / 60}


@dataclass(frozen=True)
class Section:
    """Something that is measured: `count` is its size, `quick` that of a smoke run."""

    measure: Callable[[str, str, int], Coroutine[Any, Any, dict[str, Any]]]
    count: int
    quick: int


SECTIONS = {
    "boards": Section(measure_boards, 1_000_000, 2_000),
    "sql_board": Section(measure_sql_board, 100_000, 500),
    "awards": Section(measure_awards, 4_000, 50),
    "rebuild": Section(measure_rebuild, 100_000, 2_000),
    "sockets": Section(measure_sockets, 1_000, 20),
}


def main() -> int:
    """Measure, show, write."""
    arguments = _arguments()
    result = _stored() if arguments.only else {}
    with ExitStack() as stack:
        cluster = stack.enter_context(running_postgres())
        redis = stack.enter_context(running_redis())
        for name in [arguments.only] if arguments.only else SECTIONS:
            url = _database(cluster.url, name)
            section = SECTIONS[name]
            load = os.getloadavg()[0]
            figures = asyncio.run(section.measure(url, redis.url, section.quick if arguments.quick else section.count))
            result |= {key: value for key, value in figures.items() if key != "raw"}
            result.setdefault("sections", {})[name] = {"load": load, **figures.get("raw", {})}
    result["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    result["targets"] = {**TARGETS, **LEAST}
    _show(result)
    if arguments.quick:
        return 0
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    return int(_is_missed(result))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="XP, leaderboards and open tabs under load.")
    parser.add_argument("--only", choices=list(SECTIONS))
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def _stored() -> dict[str, Any]:
    if not RESULTS.exists():
        return {}
    stored: dict[str, Any] = json.loads(RESULTS.read_text())
    return stored


def _database(server_url: str, name: str) -> str:
    """Return the URL of a new migrated database."""
    administer(server_url, f"CREATE DATABASE bench_{name}")
    url = make_url(server_url).set(database=f"bench_{name}")
    upgrade(url)
    return url.render_as_string(hide_password=False)


def _is_missed(result: dict[str, Any]) -> bool:
    too_much = any(result[name] > most for name, most in TARGETS.items() if name in result)
    return too_much or any(result[name] < least for name, least in LEAST.items() if name in result)


def _show(result: dict[str, Any]) -> None:
    table = Table("figure", "measured", "target")
    for name, value in result.items():
        if isinstance(value, int | float):
            target = f"≤ {TARGETS[name]}" if name in TARGETS else f"≥ {LEAST[name]:.0f}" if name in LEAST else ""
            table.add_row(name, f"{value:,.3f}", target)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
