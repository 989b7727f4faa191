"""How soon a server is there: on a data directory that exists, and after `kill -9` with many kernels.

    make bench-start [BASE=83aea6a]
    python -m benchmarks.start [--base COMMIT] [--rounds N] [--kernels N] [--only ready|readopt]

`ready_cpu_s` is the computing time of `nexus serve` until it listens, the median of some starts. `readopt_ratio` is the
time from the start of the new process until each kernel has told its variable through a new WebSocket, divided by that
of the earlier commit, which `make bench-before` built. Prints both, writes benchmarks/results/start.json, and exits 1
when a target is missed. Needs root, Docker and the kernel images.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import _kernels_readopt
from benchmarks._kernels_section import say
from benchmarks._kernels_servers import ROOT, cpu_s, machine, our_server
from tests.plugins.processes import wait_for

RESULTS = Path(__file__).parent / "results" / "start.json"
BASE = "83aea6a"
AT_MOST = {"ready_cpu_s": 1.5, "readopt_ratio": 0.5}
#: kernels of one learner at the same time
SITE = "c.TenancySettings.kernels_per_site = 400\n"


def compile_modules(tree: Path) -> None:
    """Compile a tree's modules as setup and pip do: those that changed since would be compiled by each start."""
    python = tree / ".venv" / "bin" / "python"
    subprocess.run([str(python), "-m", "compileall", "-q", str(tree / "nexus_server")], check=True)


def ready_cpu_s(tree: Path, rounds: int) -> list[float]:
    """Return the computing time of each start until the server listens."""
    compile_modules(tree)
    found = []
    with our_server(0, tree=tree) as site:
        port = urlsplit(site.url).port
        for _ in range(rounds):
            site.process.terminate()
            site.process.wait(60)
            site.start_again()
            wait_for(port or 0, site.process)
            found.append(round(cpu_s(site.process.pid), 2))
    return found


def readopt_s(tree: Path, kernels: int) -> float:
    """Return after how many seconds the last of the kernels was back."""
    with our_server(0, SITE, tree=tree) as site:
        return float(asyncio.run(_kernels_readopt.run(site, kernels)).figures["readopt_s"])


def main(arguments: list[str] | None = None) -> int:
    """Measure, and write the figures down; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--rounds", type=int, default=5, help="starts of which the median counts")
    parser.add_argument("--kernels", type=int, default=200, help="kernels that the killed server had")
    parser.add_argument("--only", choices=("ready", "readopt"), help="one of the two")
    options = parser.parse_args(arguments)
    found: dict[str, Any] = {"ready_cpu_s": None, "readopt_ratio": None}
    base, raw = ROOT / "build" / f"before-{options.base}", dict[str, Any]()
    trees = {"now": ROOT, **({"before": base} if base.exists() else {})}
    for name, tree in trees.items():
        if options.only != "readopt":
            raw[f"ready_cpu_s_{name}"] = ready_cpu_s(tree, options.rounds)
        if options.only != "ready":
            raw[f"readopt_s_{name}"] = readopt_s(tree, options.kernels)
        say("start", f"{name}: {raw}")
    if "ready_cpu_s_now" in raw:
        found["ready_cpu_s"] = statistics.median(raw["ready_cpu_s_now"])
    if {"readopt_s_now", "readopt_s_before"} <= raw.keys():
        found["readopt_ratio"] = round(raw["readopt_s_now"] / raw["readopt_s_before"], 3)
    missed = [name for name, most in AT_MOST.items() if found[name] is not None and found[name] > most]
    result = {**found, "missed": missed, "base": options.base, "kernels": options.kernels, **raw, "machine": machine()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(found, "missed:", missed or "nothing")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
