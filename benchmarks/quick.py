"""A few figures that other work on the machine changes little, against the stored ones: a figure 15% worse fails.

    make bench-quick                        # two to four minutes
    python -m benchmarks.quick --store      # what is measured becomes what is stored

Every figure is a share of computing time, not of the wall's: what a bare Tornado handler computes for the same bytes /
what the server computes for an uncached read, and what importing Jupyter Server takes / what the server takes until it
answers. More is better. A figure that seems worse is measured once more, and the better one counts.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._api_reads import compare
from benchmarks._api_site import API, Site, bare, site

STORED = Path(__file__).with_name("quick.json")
#: how much worse than the stored one a figure may be
TOLERANCE = 0.15
ROUNDS = 6
#: figure to what is read for it
READS = {
    "me": f"{API}/me",
    "roadmaps": f"{API}/roadmaps",
    "roadmap": f"{API}/roadmaps/python-foundations",
    "leaderboard": f"{API}/leaderboards/weekly_xp",
    "around_me": f"{API}/leaderboards/all_time_xp?around=me",
}
#: what every server of this kind loads
REFERENCE = "import jupyter_server.serverapp"


def read_share(target: Site, path: str) -> float:
    """Return the computing time of a bare handler / that of an uncached read with the same bytes."""
    with bare(target.get(path).content) as other:
        return float(compare(target, path, target.tokens, other, rounds=ROUNDS, cached=False)["cpu_ratio"])


def ready_share(ready_s: float) -> float:
    """Return the computing time of importing Jupyter Server / that of a server until it answered."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", REFERENCE], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / ready_s, 3)


def measure(stored: dict[str, float]) -> dict[str, float]:
    """Return every figure."""
    with site() as target:
        measures: dict[str, Callable[[], float]] = {
            name: lambda path=path: read_share(target, path)  # type: ignore[misc]
            for name, path in READS.items()
        }
        measures["ready"] = lambda: ready_share(target.ready_cpu_s)
        return {name: better(once, stored.get(name)) for name, once in measures.items()}


def better(once: Callable[[], float], stored: float | None) -> float:
    """Measure, and once more if it seems worse than the stored figure allows."""
    found = once()
    return max(found, once()) if is_worse(found, stored) else found


def is_worse(found: float, stored: float | None) -> bool:
    """Whether a figure is so much worse than the stored one that it fails; one that was never stored is not."""
    return stored is not None and found < stored * (1 - TOLERANCE)


def show(found: dict[str, float], stored: dict[str, float], worse: list[str]) -> None:
    """Print the table."""
    table = Table("figure", "measured", "stored", title="make bench-quick")
    for name, value in found.items():
        table.add_row(name, f"{value:.3f}", str(stored.get(name, "-")), style="red" if name in worse else None)
    Console(width=80).print(table)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and compare or store; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="store_true", help="store what is measured, to be compared with later")
    parser.add_argument("--stored", type=Path, default=STORED, help="the file with the stored figures")
    options = parser.parse_args(arguments)
    stored: dict[str, Any] = json.loads(options.stored.read_text()) if options.stored.exists() else {}
    found = measure({} if options.store else stored)
    worse = [] if options.store else [name for name, value in found.items() if is_worse(value, stored.get(name))]
    show(found, stored, worse)
    if options.store:
        options.stored.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
