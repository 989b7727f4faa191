"""Grading beside nbgrader, on the same submissions in the same run: ``make bench-grading``.

Writes ``benchmarks/results/grading.json``:

- ``grading_throughput_ratio``: submissions per second of `Grader` as the server runs it (sealed tests, sandbox
  containers, one grading per core; in a rush learners' kernels are forked from templates) over those of
  ``nbgrader autograde`` (no sandbox), whose start-up with its first submission is left out.
- ``grading_latency_p50_s``: from a submission to its grade while nothing else is graded, in a fresh container;
  ``grading_latency_ratio`` divides it by nbclient alone, running the same merged notebook on a local kernel.
- ``fresh_throughput_ratio`` and ``forked_latency_p50_s``: throughput with a fresh container for every submission, and
  latency when a forked kernel waits.
- ``queued``: deadline night, a thousand submissions in the queue of a real site: how many a second and the process's
  resident memory, hundred by hundred, and last over first. It takes some minutes; ``--queued 0`` leaves it out.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._grading_queue import queued  # noqa: E402
from nexus_server.grading.grader import Grader  # noqa: E402
from nexus_server.grading.options import GradeOptions  # noqa: E402
from nexus_server.grading.settings import GradingSettings  # noqa: E402
from nexus_server.notebook_format.merge import merge  # noqa: E402
from nexus_server.notebook_format.release import release  # noqa: E402
from tests.plugins import lab_notebooks as lab  # noqa: E402

#: submissions after which the templates are started, and seconds until the last of them is ready
WARM_UP, WARM_UP_REST_S = 10, 3.0
ANSWERS = {
    "right": "def square(x):\n    return x * x",
    "wrong": "def square(x):\n    return abs(x) * 3",
    "broken": "def square(x):\n    return x +",
    "empty": None,
}


def source() -> NotebookNode:
    """A lab of usual size: three answers, each with visible and hidden tests."""
    return lab.notebook(
        lab.plain("import math\nfrom collections import Counter"),
        lab.solution("square", lab.SQUARE),
        lab.checks("test_square", lab.SQUARE_TESTS, 2),
        lab.solution("words", "def words(text):\n    return Counter(text.lower().split())"),
        lab.checks("test_words", "assert words('a b A') == {'a': 2, 'b': 1}\nassert words('') == {}", 2),
        lab.solution(
            "mean", "def mean(xs):\n    if not xs:\n        raise ValueError('empty')\n    return sum(xs) / len(xs)"
        ),
        lab.checks(
            "test_mean",
            "assert math.isclose(mean([1, 2, 6]), 3)\n### BEGIN HIDDEN TESTS\n"
            "try:\n    mean([])\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError\n### END HIDDEN TESTS",
            2,
        ),
    )


def submissions(count: int) -> Iterator[NotebookNode]:
    """Half of them right, the others wrong in different ways."""
    kinds = ["right", "wrong", "right", "broken", "right", "empty"]
    for number in range(count):
        answer = ANSWERS[kinds[number % len(kinds)]]
        filled = (
            {}
            if answer is None
            else {
                cell.metadata.nbgrader.grade_id: cell.source
                for cell in source().cells
                if cell.metadata.get("nbgrader", {}).get("solution")
            }
        )
        yield lab.answer(release(source()), {**filled, "square": answer} if answer else {})


def nbgrader_seconds(count: int) -> float:
    """Time ``nbgrader autograde`` over `count` submissions, its start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "source/ps1").mkdir(parents=True)
        nbformat.write(source(), root / "source/ps1/lab.ipynb")
        for number, notebook in enumerate(submissions(count)):
            place = root / f"submitted/s{number:04}/ps1"
            place.mkdir(parents=True)
            nbformat.write(notebook, place / "lab.ipynb")
        config = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
        (root / "nbgrader_config.py").write_text(config)
        nbgrader = [sys.executable, "-m", "nbgrader"]
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        run: dict[str, Any] = {"cwd": root, "capture_output": True, "env": environment}
        subprocess.run([*nbgrader, "generate_assignment", "ps1"], check=True, **run)
        begun = time.perf_counter()
        subprocess.run([*nbgrader, "autograde", "ps1"], check=True, **run)
        return time.perf_counter() - begun


async def ours(count: int, parallel: int, *, templates: int) -> dict[str, Any]:
    """Time the grader: all at once for throughput, then one after the other for latency."""
    grader = Grader(GradeOptions(templates=templates, start_ahead=GradingSettings().start_ahead))
    lab_source, todo = source(), list(submissions(count))
    gate = asyncio.Semaphore(parallel)

    async def one(notebook: NotebookNode) -> float:
        async with gate:
            begun = time.perf_counter()
            result = await grader.grade(notebook, lab_source)
            assert {cell.trust.value for cell in result.cells} == {"sealed"}
            return time.perf_counter() - begun

    try:
        # A server grades all day: templates and plan exist before the first submission that counts.
        await asyncio.gather(*(one(notebook) for notebook in todo[:WARM_UP]))
        await asyncio.sleep(WARM_UP_REST_S)
        begun, memory = time.perf_counter(), psutil.Process().memory_info().rss
        await asyncio.gather(*(one(notebook) for notebook in todo))
        seconds = time.perf_counter() - begun
        growth = psutil.Process().memory_info().rss - memory
        latencies = []
        for notebook in todo[: min(count, 20)]:
            await asyncio.sleep(1.0)  # idle, as between two learners: the next kernel is forked meanwhile
            latencies.append(await one(notebook))
    finally:
        await grader.close()
    return {"seconds": seconds, "latencies_s": latencies, "memory_growth_mb": round(growth / 2**20, 1)}


def nbclient_seconds(count: int) -> list[float]:
    """Time nbclient alone: a local kernel runs the merged notebook, hidden tests included."""
    found = []
    for notebook in submissions(count):
        merged = nbformat.v4.new_notebook(
            cells=[item.cell for item in merge(notebook, source())], metadata=source().metadata
        )
        begun = time.perf_counter()
        NotebookClient(merged, kernel_name="python3", allow_errors=True, timeout=30).execute()
        found.append(time.perf_counter() - begun)
    return found


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24, help="submissions")
    parser.add_argument("--queued", type=int, default=1000, help="submissions in the queue at once; 0 leaves it out")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/results/grading.json")
    options = parser.parse_args()
    count, parallel = options.count, os.cpu_count() or 1
    theirs = (nbgrader_seconds(count) - nbgrader_seconds(1)) / (count - 1)
    mine = asyncio.run(ours(count, parallel, templates=GradeOptions.from_settings(GradingSettings()).templates))
    fresh = asyncio.run(ours(count, parallel, templates=0))
    alone = nbclient_seconds(min(count, 10))
    rush = asyncio.run(queued(source(), submissions(60), options.queued)) if options.queued else None
    latency = statistics.median(fresh["latencies_s"])
    result = {
        "grading_throughput_ratio": round(theirs / (mine["seconds"] / count), 2),
        "grading_latency_p50_s": round(latency, 3),
        "grading_latency_ratio": round(latency / statistics.median(alone), 2),
        "fresh_throughput_ratio": round(theirs / (fresh["seconds"] / count), 2),
        "forked_latency_p50_s": round(statistics.median(mine["latencies_s"]), 3),
        "submissions": count,
        "nbgrader_s_each": round(theirs, 3),
        "s_each": round(mine["seconds"] / count, 3),
        "fresh_s_each": round(fresh["seconds"] / count, 3),
        "latencies_s": [round(value, 3) for value in fresh["latencies_s"]],
        "nbclient_s": [round(value, 3) for value in alone],
        "memory_growth_mb": mine["memory_growth_mb"],
        "queued": rush,
        "machine": {
            "cores": parallel,
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
            "load": os.getloadavg(),
        },
        "versions": {name: version(name) for name in ("nbgrader", "nbclient", "ipykernel")}
        | {"python": platform.python_version()},
    }
    table = Table("Figure", "Value")
    for name, value in result.items():
        table.add_row(name, str(value))
    Console().print(table)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
