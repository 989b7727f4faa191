"""A school arrives, and a lesson begins: what learners wait for, here and at an earlier commit, in one run.

    make bench-arrival [BASE=83aea6a]
    python -m benchmarks.arrival [--base COMMIT] [--only SECTION] [--learners N] [--class-size N] [--note-s S] [--here]

`arrival`: 200 learners log in within a minute, open a lab, run five cells with five seconds of thought before each,
check, and hand in. `lesson`: 60 learners are on the note before the lab for a minute; then all open the lab within one
second. Both servers run with their default settings, and their pools are at the default fill when a section begins.
The learners are in processes of their own. Writes benchmarks/results/arrival.json; exits 1 when a target is missed.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks._arrival_clients import Job, Learner, Report
from benchmarks._kernels_section import quantile, rounded, say
from benchmarks._kernels_servers import API, NO_TLS, PASSWORD, REQUEST_TIMEOUT_S, ROOT, Site, cpu_s, machine, our_server
from tests.plugins.processes import wait_for

RESULTS = Path(__file__).parent / "results" / "arrival.json"
BASE = "83aea6a"
AT_MOST = {"p95_ratio": 0.15, "grade_p95_ratio": 0.35, "lesson_p95_ratio": 0.12, "failures": 0}
SECTIONS = ("arrival", "lesson")
#: seconds within which everybody arrives, and within which a class opens its lab
ARRIVAL_S, LESSON_S = 60.0, 1.0
#: processes that play the learners
PROCESSES = 2
#: containers of a pool at its default fill, and seconds that it may take to be there
FILL, FILL_TIMEOUT_S = 4, 900.0


async def enrol(site: Site, count: int, *, for_section: str) -> list[str]:
    """Register so many learners; those who arrive have read the note before the lab some other day."""
    few = asyncio.Semaphore(4)
    emails = [f"{uuid4().hex[:12]}@example.org" for _ in range(count)]

    async def one(client: httpx.AsyncClient, email: str) -> None:
        async with few:
            body = {"email": email, "password": PASSWORD, "display_name": "Bench"}
            (await client.post("/auth/register", json=body)).raise_for_status()
            client.cookies.clear()
            if for_section == "arrival":
                learner = Learner(site.url, email)
                await learner.log_in()
                await learner.read_note()
                await learner.finish_note()
                await learner.leave()

    base = f"{site.url}{API}"
    async with httpx.AsyncClient(base_url=base, timeout=REQUEST_TIMEOUT_S, verify=NO_TLS) as client:
        await asyncio.gather(*(one(client, email) for email in emails))
    return emails


async def start_afresh(site: Site) -> None:
    """Start the server again, so that nobody is known to be there, and wait for its pool."""
    site.process.terminate()
    await asyncio.to_thread(site.process.wait, 180)
    site.start_again()
    await asyncio.to_thread(wait_for, urlsplit(site.url).port or 80, site.process)
    deadline = time.monotonic() + FILL_TIMEOUT_S
    while len(site.containers()) < FILL:
        if time.monotonic() > deadline:
            raise TimeoutError("The pool did not fill.")
        await asyncio.sleep(0.5)
    await asyncio.sleep(3.0)  # the last one is created, but not ready yet; nothing outside tells when it is


class Clients:
    """The processes that play the learners."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._processes: list[asyncio.subprocess.Process] = []

    async def prepare(self) -> None:
        """Return when everybody stands where they begin."""
        command = [sys.executable, "-m", "benchmarks._arrival_clients"]
        pipe = asyncio.subprocess.PIPE
        for job in self._jobs:
            process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe, limit=2**24)
            self._processes.append(process)
            await self._tell(process, json.dumps(vars(job)))
        for process in self._processes:
            await self._hear(process)

    async def play(self) -> list[Report]:
        """Let everybody begin; return what they saw."""
        begin_at = time.time() + 0.5
        for process in self._processes:
            await self._tell(process, str(begin_at))
        return [Report(**json.loads(await self._hear(process))) for process in self._processes]

    async def end(self) -> None:
        """Leave no process."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _tell(self, process: asyncio.subprocess.Process, line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{line}\n".encode())
        await process.stdin.drain()

    async def _hear(self, process: asyncio.subprocess.Process) -> bytes:
        assert process.stdout is not None
        if not (line := await process.stdout.readline()):
            raise RuntimeError("A process of learners ended.")
        return line


async def measure(site: Site, section: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of one section on one server."""
    count = options.learners if section == "arrival" else options.class_size
    within_s = ARRIVAL_S * count / 200 if section == "arrival" else LESSON_S
    emails = await enrol(site, count, for_section=section)
    await start_afresh(site)
    begins = [within_s * number / count for number in range(count)]
    parts = [
        Job(site.url, section, emails[turn::PROCESSES], begins[turn::PROCESSES], grades=not options.no_grades)
        for turn in range(PROCESSES)
    ]
    clients = Clients(parts)
    try:
        await clients.prepare()
        if section == "lesson":
            await asyncio.sleep(options.note_s)
        ready, used_s, busy_s, begun = len(site.containers()), cpu_s(site.process.pid), _busy_s(), time.monotonic()
        reports = await clients.play()
    finally:
        await clients.end()
    used_s, busy_s, took_s = cpu_s(site.process.pid) - used_s, _busy_s() - busy_s, time.monotonic() - begun
    first_s = [value for report in reports for value in report.first_s]
    grade_s = [value for report in reports for value in report.grade_s]
    return {
        "learners": count,
        "first_p50_s": _quantile(first_s, 0.5),
        "first_p95_s": _quantile(first_s, 0.95),
        "grade_p50_s": _quantile(grade_s, 0.5),
        "grade_p95_s": _quantile(grade_s, 0.95),
        "failures": [failure for report in reports for failure in report.failures],
        "containers_at_begin": ready,
        "server_cpu_s": round(used_s, 1),
        "clients_cpu_s": [report.cpu_s for report in reports],
        "machine_cpu_s": round(busy_s, 1),
        "took_s": round(took_s, 1),
        "load": os.getloadavg(),
        "first_s": rounded(first_s),
        "grade_s": rounded(grade_s),
    }


def _quantile(values: list[float], share: float) -> float | None:
    return round(quantile(values, share), 3) if values else None


def _busy_s() -> float:
    """CPU seconds that the whole machine has worked."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait)


def run(tree: Path, options: argparse.Namespace, found: dict[str, Any]) -> None:
    """Put the figures of one checkout into `found`, by section."""
    for section in options.only or SECTIONS:
        with our_server(tree=tree) as site:
            found[section] = asyncio.run(measure(site, section, options))
        told = {name: value for name, value in found[section].items() if not name.endswith("_s") or "p" in name}
        say(section, f"{tree.name}: {told}")


def ratios(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that have targets; None where one side was not measured."""

    def ratio(section: str, name: str) -> float | None:
        ours, theirs = (side.get(section, {}).get(name) for side in (now, before))
        return round(ours / theirs, 3) if ours and theirs else None

    return {
        "p95_ratio": ratio("arrival", "first_p95_s"),
        "grade_p95_ratio": ratio("arrival", "grade_p95_s"),
        "lesson_p95_ratio": ratio("lesson", "first_p95_s"),
        "failures": sum(len(section["failures"]) for section in now.values()),
    }


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    table = Table("section", "figure", "now", result["base"], title="make bench-arrival")
    names = ("first_p50_s", "first_p95_s", "grade_p50_s", "grade_p95_s", "containers_at_begin", "server_cpu_s")
    for section, found in result["now_raw"].items():
        old = result["before_raw"].get(section, {})
        for name in (*names, "clients_cpu_s", "machine_cpu_s"):
            table.add_row(section, name, str(found[name]), str(old.get(name, "-")))
    Console(width=100).print(table, {name: result[name] for name in AT_MOST}, "missed:", result["missed"] or "nothing")


def main(arguments: list[str] | None = None) -> int:
    """Measure both, and write the figures down; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section (may be repeated)")
    parser.add_argument("--learners", type=int, default=200, help="how many arrive, at the same pace")
    parser.add_argument("--class-size", type=int, default=60, help="how many begin the lesson")
    parser.add_argument("--note-s", type=float, default=60.0, help="seconds that the class is on the note before")
    parser.add_argument("--no-grades", action="store_true", help="stop after the first result; for trials")
    parser.add_argument("--here", action="store_true", help="only this tree; for trials")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    tree = ROOT / "build" / f"before-{options.base}"
    kept = json.loads(options.output.read_text(encoding="utf-8")) if options.only and options.output.exists() else {}
    before, now = kept.get("before_raw", {}), kept.get("now_raw", {})
    if tree.exists() and not options.here:
        run(tree, options, before)
    run(ROOT, options, now)
    figures = ratios(now, before)
    missed = [name for name, most in AT_MOST.items() if figures[name] is None or figures[name] > most]
    raw = {"now_raw": now, "before_raw": before, "machine": machine(), "targets": AT_MOST}
    result = {**figures, "missed": missed, "base": options.base, **raw}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    show(result)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
