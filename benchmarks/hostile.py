"""What one learner who sends the worst does to everybody else, here and at an earlier commit, in one run.

    make bench-hostile [BASE=83aea6a]
    python -m benchmarks.hostile [--base COMMIT] [--seconds S] [--learners N] [--kernels N] [--only TEXT]
                                 [--config LINE]

A class reads pages and runs cells: first alone, then beside each kind of attack in turn. For each kind the table shows
the reads' 99th percentile, the cells' 95th as a ratio to those alone on the same server, and how much more memory the
server and its worker processes took than before the first attack (shared pages by their share). The earlier commit is
what `make bench-before` built. Prints a table and writes benchmarks/results/hostile.json; exits 1 when a target is
missed.

A server that an attack stopped altogether is given RECOVERY_S to answer again before the next kind.

The host of a virtual machine may give its processors to others for a while. What was measured meanwhile is measured
again, up to TRIES times; the table shows how much was missing from the figures that stand.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks._hostile_attacks import KINDS
from benchmarks._hostile_class import Classroom, Memory, Times, classroom
from benchmarks._kernels_servers import API, ROOT, Site, User, machine, our_server
from benchmarks._stolen import AT_MOST as STOLEN_AT_MOST
from benchmarks._stolen import StolenTime

RESULTS = Path(__file__).parent / "results" / "hostile.json"
BASE = "83aea6a"
AT_MOST = {"worst_read_p99_ms": 100.0, "worst_cell_ratio": 2.0, "memory_growth_mb": 200.0}
#: seconds that a server has to answer again after an attack
RECOVERY_S = 180
#: how often a time is measured of which the host took a part, and the seconds before it is tried again
TRIES, PAUSE_S = 4, 20
#: learners who work at the same time must not meet the limits of the site's engine
SITE = "c.TenancySettings.kernels_per_site = 400\n"

console = Console()


def percentile(values: list[float], share: float) -> float | None:
    """Return the value below which a share of `values` lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else None


def summary(times: Times) -> dict[str, Any]:
    """Return the figures of a class's time."""
    return {
        "reads": len(times.reads),
        "cells": len(times.cells),
        "failed": times.failed,
        "read_p50_ms": percentile(times.reads, 0.5),
        "read_p99_ms": percentile(times.reads, 0.99),
        "cell_p50_ms": percentile(times.cells, 0.5),
        "cell_p95_ms": percentile(times.cells, 0.95),
    }


async def measure(tree: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of one checkout's server by kind of attack."""
    config = f"{SITE}{options.config}\n" if tree == ROOT else SITE
    with our_server(None, config, tree=tree) as site:
        users = await site.enroll(options.learners + 1)
        attacker = users.pop()
        async with classroom(users, with_kernels=options.kernels) as room:
            await room.work(3)  # caches and connections
            alone = await _undisturbed(partial(_at_work, room, options.seconds))
            alone["memory_mb"] = Memory(site.process.pid).now()
            console.print(f"[dim]{tree.name}: alone {alone}")
            kinds = [kind for kind in KINDS if options.only in kind]
            found = {
                kind: await _undisturbed(
                    partial(attacked, site, room, attacker, kind=kind, alone=alone, seconds=options.seconds)
                )
                for kind in kinds
            }
    return {"alone": alone, "kinds": found}


async def _at_work(room: Classroom, seconds: float) -> dict[str, Any]:
    stolen = StolenTime()
    return {**summary(await room.work(seconds)), "stolen_share": stolen.share()}


async def _undisturbed(measure_once: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return the figures of the first time from which the host took next to nothing, else of the best of TRIES."""
    found = []
    for _ in range(TRIES):
        found.append(await measure_once())
        if found[-1]["stolen_share"] <= STOLEN_AT_MOST:
            break
        await asyncio.sleep(PAUSE_S)
    return min(found, key=lambda figures: float(figures["stolen_share"]))


async def attacked(
    site: Site, room: Classroom, attacker: User, *, kind: str, alone: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return the figures of a class beside one kind of attack."""
    kernel = await attacker.start_kernel() if kind.startswith("kernel messages") else "-"
    node = await _node(attacker, with_quiz=kind.startswith("quiz"))
    memory = Memory(site.process.pid)
    cpu_before = memory.cpu_s()
    watching = asyncio.create_task(memory.watch())
    token = attacker.headers["Authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-m", "benchmarks._hostile_attacks", site.url, token, kind, node, kernel]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        await asyncio.sleep(1.5)  # the sender has made what it sends
        found = await _at_work(room, seconds)
        used_s = memory.cpu_s() - cpu_before
    finally:
        if process.returncode is not None:
            raise RuntimeError(f"The attack {kind} ended by itself.")
        process.kill()
        await process.wait()
        watching.cancel()
    await _recover(attacker)
    ratio = found["cell_p95_ms"] / alone["cell_p95_ms"] if found["cell_p95_ms"] and alone["cell_p95_ms"] else None
    result = {
        **found,
        "cell_ratio": ratio,
        "memory_growth_mb": max(0.0, memory.most - alone["memory_mb"]),
        "server_cpu_s": used_s,
    }
    console.print(f"[dim]{site.tree.name}: {kind} {result}")
    if kernel != "-":
        with suppress(httpx.HTTPError):
            await attacker.end_kernel(kernel)
    return result


async def _node(user: User, *, with_quiz: bool) -> str:
    """Return a step's id: one with a quiz, or any."""
    async with user.http() as client:
        roadmaps = (await client.get(f"{API}/roadmaps")).json()["items"]
        for roadmap in roadmaps:
            for node in (await client.get(f"{API}/roadmaps/{roadmap['slug']}")).json()["nodes"]:
                reply = await client.get(f"{API}/nodes/{node['id']}/quiz")
                if not with_quiz or reply.status_code == 200:
                    return str(node["id"])
    raise RuntimeError("No step has a quiz.")


async def _recover(user: User) -> None:
    """Return when the server answers at once again."""
    end = time.monotonic() + RECOVERY_S
    async with user.http() as client:
        while time.monotonic() < end:
            started = time.monotonic()
            with suppress(httpx.HTTPError):
                await client.get(f"{API}/me")
                if time.monotonic() - started < 0.5:
                    return
            await asyncio.sleep(0.2)


def measured_before(tree: Path, options: argparse.Namespace) -> dict[str, Any] | None:
    """Return the figures of the earlier commit; None where it was not built, or did not last."""
    if not (tree / ".built").exists():
        console.print(f"{options.base} is not built: `make bench-before BASE={options.base}`")
        return None
    try:
        return asyncio.run(measure(tree, options))
    except Exception:  # noqa: BLE001  a server that an attack ended for good must not take the present figures with it
        console.print_exception()
        return None


def worst(found: dict[str, Any]) -> dict[str, float | None]:
    """Return the figures that the targets are about; None where nothing was measured."""

    def most(name: str) -> float | None:
        return max((kind[name] for kind in found["kinds"].values() if kind[name] is not None), default=None)

    return {
        "worst_read_p99_ms": most("read_p99_ms"),
        "worst_cell_ratio": most("cell_ratio"),
        "memory_growth_mb": most("memory_growth_mb"),
    }


def show(before: dict[str, Any] | None, now: dict[str, Any], base: str) -> None:
    """Print the table."""
    table = Table(title=f"One learner sends the worst (in brackets: {base})")
    for name in ("kind", "reads p99, ms", "cells p95, ratio", "memory, MB", "failed", "stolen, %"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind, figures in now["kinds"].items():
        old = before["kinds"].get(kind, {}) if before else {}
        shown = ("read_p99_ms", "cell_ratio", "memory_growth_mb", "failed")
        stolen = (100 * figures["stolen_share"], 100 * old["stolen_share"] if old else None)
        table.add_row(kind, *(_pair(figures[name], old.get(name)) for name in shown), _pair(*stolen))
    console.print(table)


def _pair(now: float | None, before: float | None) -> str:
    words = ["-" if value is None else f"{value:,.3g}" if value < 10 else f"{value:,.0f}" for value in (now, before)]
    return f"{words[0]} ({words[1]})"


def main() -> None:
    """Measure both, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--kernels", type=int, default=30)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--config", default="", help="a line of configuration for this tree's server, to try a setting")
    options = parser.parse_args()
    tree = ROOT / "build" / f"before-{options.base}"
    load_before = os.getloadavg()
    now = asyncio.run(measure(ROOT, options))
    before = measured_before(tree, options)
    figures = worst(now)
    missed = [key for key, most in AT_MOST.items() if figures[key] is None or figures[key] > most]  # type: ignore[operator]
    result = {
        **figures,
        "missed": missed,
        "before": worst(before) if before else None,
        "base": options.base,
        "now_raw": now,
        "before_raw": before,
        "load": {"before": load_before, "after": os.getloadavg()},
        "machine": machine(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1))
    show(before, now, options.base)
    console.print({key: figures[key] for key in AT_MOST}, "missed:", missed or "nothing")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
