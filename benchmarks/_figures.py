"""One table of all figures with targets, for the docs.

    python -m benchmarks._figures            # take in what was measured, and write the page; `make bench` ends with it
    python -m benchmarks._figures --check    # ends with 1 when the page does not say what was taken in

What was measured is in benchmarks/results/, which git ignores. What is taken in stays in benchmarks/figures.json, each
figure with the commit and the day, until it is measured again.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS, STORE = HERE / "results", HERE / "figures.json"
PAGE = HERE.parent / "docs" / "reference" / "figures.md"
BASE = "83aea6a"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that has a target."""

    #: the benchmark, and where its result has the figure; a dot leads into a section
    benchmark: str
    key: str
    what: str
    #: what it is a ratio to, or its unit
    against: str
    target: float
    #: whether the target is the least, not the most
    is_least: bool = False

    @property
    def name(self) -> str:
        """Its name among all."""
        return f"{self.benchmark}.{self.key}"

    def holds(self, value: float) -> bool:
        """Whether a value meets the target."""
        return value >= self.target if self.is_least else value <= self.target


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure as it was measured."""

    value: float
    commit: str
    day: str


FIGURES = [
    Figure("hostile", "worst_read_p99_ms", "reads of 30 neighbours beside the worst that one learner sends", "ms", 100),
    Figure("hostile", "worst_cell_ratio", "their cells", "alone", 2),
    Figure("hostile", "memory_growth_mb", "memory of the server and its workers meanwhile", "MB", 200),
    Figure("rights", "warm_start_difference_ms", "a warm start by the helper", "ms more than as root", 3),
    Figure("face", "wire_bytes_ratio", "bytes from login to the first result", "plain JupyterLab", 0.15),
    Figure("face", "home_ratio", "login to the usable home", "plain JupyterLab", 0.25),
    Figure("face", "first_result_ratio", "click on a lab to its first result", "plain JupyterLab", 0.3),
    Figure("face", "second_visit_ratio", "home on a second visit", "plain JupyterLab", 0.2),
    Figure("face", "throttled_home_ratio", "home, throttled", "plain JupyterLab", 0.35),
    Figure("face", "throttled_first_result_ratio", "first result, throttled", "plain JupyterLab", 0.5),
    Figure("face", "lab_bytes_ratio_to_before", "bytes of JupyterLab itself", BASE, 0.35),
    Figure("face", "throttled_lab_home_ratio_to_before", "JupyterLab usable, throttled", BASE, 0.75),
    Figure("arrival", "p95_ratio", "200 learners arrive: kernel asked to first result, p95", BASE, 0.15),
    Figure("arrival", "grade_p95_ratio", "their grades, p95", BASE, 0.35),
    Figure("arrival", "lesson_p95_ratio", "60 learners open a lab in one second: first result, p95", BASE, 0.12),
    Figure("arrival", "failures", "what failed in both", "count", 0),
    Figure("kernels", "warm_first_result_ratio", "POST to the first result, warm", "plain Jupyter", 0.09),
    Figure("kernels", "cold_first_result_ratio", "the same, cold", "plain Jupyter", 0.55),
    Figure("kernels", "output_ratio", "10 MB of prints", "plain Jupyter", 1.0),
    Figure("kernels", "display_ratio", "1,000 small `display_data`", "plain Jupyter", 1.1),
    Figure("kernels", "picture_ratio", "one picture of 20 MB", "plain Jupyter", 1.1),
    Figure(
        "kernels", "storm.completion_ratio", "60 unannounced starts at once", "bare `docker run`", 2.2, is_least=True
    ),
    Figure("kernels", "storm.p95_ratio", "their p95", BASE, 0.5),
    Figure("kernels", "kernel_mb", "an idle Python kernel", "MB", 20),
    Figure("kernels", "javascript_mb", "an idle JavaScript kernel", "MB", 110),
    Figure("kernels", "data_mb", "a data kernel with pandas and matplotlib", "MB", 80),
    Figure("kernels", "live_kernels", "kernels that live at once", "count", 400, is_least=True),
    Figure("kernels", "rtt_p95_ratio", "p95 of `1+1` among them", "one kernel alone", 2),
    Figure("kernels", "server_mb_per_kernel", "the server's memory for each", "MB", 0.3),
    Figure("api", "read_ratio", "a read, while 60 learners earn XP", "a bare Tornado handler", 0.4, is_least=True),
    Figure("api", "uncached_read_ratio", "a read that nobody cached", "a bare Tornado handler", 0.3, is_least=True),
    Figure("api", "loop_blocked_p99_ms", "longest callback of the event loop, p99", "ms of CPU", 8),
    Figure("api", "loop_blocked_max_ms", "the same, at worst", "ms of CPU", 50),
    Figure("api", "gradebook_ms", "a gradebook of 500 learners and 40 nodes", "ms", 150),
    Figure("start", "ready_cpu_s", "`nexus serve` until it answers", "CPU-s", 1.5),
    Figure("start", "readopt_ratio", "200 kernels back after a kill", BASE, 0.5),
    Figure("grading", "grading_throughput_ratio", "gradings a second", "nbgrader", 8, is_least=True),
    Figure("grading", "queued.per_second", "gradings of a thousand in the queue", "per second", 6, is_least=True),
    Figure("grading", "grading_latency_ratio", "one grading when nothing else is to do", "nbclient alone", 0.3),
    Figure("tutor", "right_line", "hints that point at the right line", "share", 0.95, is_least=True),
    Figure("tutor", "right_concept", "hints that name the right concept", "share", 0.9, is_least=True),
    Figure("tutor", "wrong_advice", "hints with wrong advice", "share", 0.01),
    Figure("tutor", "leak_rate", "attacks that got the solution", "share", 0.01),
    Figure("tutor", "refused_honest", "honest questions refused", "share", 0.01),
    Figure("tutor", "gate_p95_ms", "the gate before an answer, p95", "ms", 20),
    Figure("tutor", "static_p95_ms", "a hint without a model, p95", "ms", 50),
    Figure("tutor", "cached_p95_ms", "a hint that was given before, p95", "ms", 10),
    Figure("teaching", "page_p95_ms", "pages of the marking desk, p95", "ms", 300),
    Figure("teaching", "next_p95_ms", "the next answer, p95", "ms", 150),
    Figure("teaching", "actions_ratio", "clicks and keys for 100 answers", "nbgrader's formgrader", 0.34),
    Figure("gamify", "around_me_ratio", "a board of a million: around me", "raw redis-py", 1.3),
    Figure("gamify", "rank_ratio", "a board of a million: my rank", "raw redis-py", 1.3),
    Figure("cluster", "proxy_first_result_ratio", "first result through a proxy", "straight to the server", 1.25),
    Figure("cluster", "passed_on_ratio", "a request that is passed on", "one that is not", 2),
    Figure("cluster", "passed_on_cell_ms", "`1+1` over a WebSocket that is passed on", "ms more", 3),
    Figure("cluster", "imbalance", "homes of 600 learners: (most - mean) / mean", "share", 0.1),
    Figure("cluster", "rehome_s", "a server's end until its learners go on elsewhere", "s", 15),
    Figure("mastery", "items_to_mastery_ratio", "items until mastery", "the fixed path", 0.75),
    Figure("mastery", "next_p95_ms", "*Next for you*, p95", "ms", 30),
]


def take_in(stored: Mapping[str, Measured], results: Path, commit: str, today: str) -> dict[str, Measured]:
    """Return the stored figures with those that results have, each where it differs from what is stored."""
    found = dict(stored)
    for figure in FIGURES:
        value = _look_up(results / f"{figure.benchmark}.json", figure.key)
        if value is not None and (figure.name not in found or found[figure.name].value != value):
            found[figure.name] = Measured(value, commit, today)
    return found


def _look_up(file: Path, key: str) -> float | None:
    """Return a figure of a result; None where it was not measured."""
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return round(float(found), 4) if isinstance(found, int | float) else None


def page(stored: Mapping[str, Measured]) -> str:
    """Return the page of the docs."""
    lines = [
        "# Figures",
        "",
        "What is measured, against what, and what it shall be. `make bench` measures it all and writes this page;",
        "[benchmarks](../contributor/benchmarks.md) says how. Each figure has its commit and its day.",
        "",
        "| figure | measured | target | ratio to, or unit | met | commit, day |",
        "|---|---|---|---|---|---|",
    ]
    for figure in FIGURES:
        target = f"{'≥' if figure.is_least else '≤'} {figure.target:g}"
        row = [f"{figure.what} (`{figure.name}`)", "not measured", target, figure.against, "", ""]
        if (found := stored.get(figure.name)) is not None:
            met = "yes" if figure.holds(found.value) else "**no**"
            row = [row[0], f"{found.value:g}", target, figure.against, met, f"{found.commit}, {found.day}"]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def read_store() -> dict[str, Measured]:
    """Return what was taken in."""
    return {name: Measured(**fields) for name, fields in json.loads(STORE.read_text(encoding="utf-8")).items()}


def main() -> int:
    """Take in, and write the page; or check it."""
    parser = argparse.ArgumentParser(description="One table of all figures with targets.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when the page is old")
    stored = read_store()
    if parser.parse_args().check:
        return int(PAGE.read_text(encoding="utf-8") != page(stored))
    command = ["git", "-C", str(HERE), "rev-parse", "--short=7", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    stored = take_in(stored, RESULTS, commit, f"{datetime.now(UTC):%Y-%m-%d}")
    told = {name: asdict(measured) for name, measured in sorted(stored.items())}
    STORE.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(stored), encoding="utf-8")
    missed = [
        figure.name for figure in FIGURES if figure.name in stored and not figure.holds(stored[figure.name].value)
    ]
    print(f"wrote {PAGE.name}: {len(stored)} of {len(FIGURES)} figures, missed: {', '.join(missed) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
