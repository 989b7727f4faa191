"""How fast, frugal and steady sandboxed kernels are, as ratios to a plain `jupyter server` in the same run.

    python -m benchmarks.kernels [--quick] [--only SECTION]

Prints a table and writes benchmarks/results/kernels.json. A section that fails leaves the others' figures alone: its
own are null, with the reason. Exits 1 when a section failed or a target is missed. Needs root, Docker and the kernel
images; docs/contributor/benchmarks.md says what each figure means.
"""

import argparse
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import _kernels_crowd, _kernels_output, _kernels_readopt, _kernels_rtt, _kernels_start, _kernels_storm
from benchmarks._kernels_section import QUICK, Found, Scale, say
from benchmarks._kernels_servers import machine

RESULTS = Path(__file__).parent / "results" / "kernels.json"
SECTIONS: dict[str, tuple[Callable[[Scale], Found], tuple[str, ...]]] = {
    "start": (_kernels_start.measure, ("warm_first_result_ratio", "cold_first_result_ratio")),
    "rtt": (_kernels_rtt.measure, ("rtt_ratio", "rtt_nodelay_ratio")),
    "output": (_kernels_output.measure, ("output_ratio",)),
    "crowd": (
        _kernels_crowd.measure,
        ("kernel_mb", "server_mb_per_kernel", "live_kernels", "rtt_p95_at_1", "rtt_p95_at_200", "rtt_p95_ratio"),
    ),
    "storm": (_kernels_storm.measure, ("storm",)),
    "readopt": (_kernels_readopt.measure, ("readopt_s",)),
}
#: figure (`a.b` is inside an object) to the most it may be
AT_MOST = {
    "warm_first_result_ratio": 0.25,
    "cold_first_result_ratio": 1.6,
    "rtt_ratio": 0.35,
    "rtt_nodelay_ratio": 1.15,
    "output_ratio": 1.2,
    "kernel_mb": 45.0,
    "server_mb_per_kernel": 1.0,
    "rtt_p95_ratio": 3.0,
    "storm.failures": 0,
}
#: and to the least
AT_LEAST = {"live_kernels": 200, "storm.completion_ratio": 0.8}
SHOWN = ("rtt_p95_at_1", "rtt_p95_at_200", "storm.p95_s", "readopt_s")
PACKAGES = ("jupyter-server", "ipykernel", "jupyter-client", "pyzmq", "tornado")


def look_up(result: dict[str, Any], figure: str) -> Any:
    """Return a figure, None when its section failed or was not run."""
    value: Any = result
    for part in figure.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def run_section(name: str, scale: Scale, result: dict[str, Any]) -> None:
    """Measure one section and put its figures into the result, or nulls and the reason."""
    measure, figures = SECTIONS[name]
    say(name, f"begins, load {os.getloadavg()[0]:.1f}")
    report: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": os.getloadavg()}
    begun = time.monotonic()
    try:
        found = measure(scale)
    except Exception as exc:  # noqa: BLE001  one section's failure must not lose the others' figures
        traceback.print_exc()
        found = Found(dict.fromkeys(figures))
        report["reason"] = f"{type(exc).__name__}: {exc}"[:2000]
    result.update(found.figures)
    result["sections"][name] = {**report, "seconds": round(time.monotonic() - begun, 1), "raw": found.raw}


def judge(result: dict[str, Any]) -> list[str]:
    """Return the figures that miss their target."""
    too_high = [name for name, most in AT_MOST.items() if (found := look_up(result, name)) is not None and found > most]
    too_low = [
        name for name, least in AT_LEAST.items() if (found := look_up(result, name)) is not None and found < least
    ]
    return too_high + too_low


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    table = Table("figure", "measured", "target", title="make bench-kernels")
    bounds = {name: f"≤ {most}" for name, most in AT_MOST.items()}
    bounds |= {name: f"≥ {least}" for name, least in AT_LEAST.items()} | dict.fromkeys(SHOWN, "")
    for name, bound in bounds.items():
        found = look_up(result, name)
        style = "red" if name in result["missed"] else None
        table.add_row(name, "-" if found is None else f"{found:g}", bound, style=style)
    Console(width=100).print(table)
    for name, section in result["sections"].items():
        if reason := section.get("reason"):
            print(f"{name} failed: {reason}")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run: every line runs, the figures mean nothing")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section (may be repeated)")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    result: dict[str, Any] = {"sections": {}}
    if options.only and options.output.exists():
        # Each section names when and under what load it was taken, so those of an earlier run may stay beside it.
        result = json.loads(options.output.read_text(encoding="utf-8"))
    for name in options.only or SECTIONS:
        run_section(name, QUICK if options.quick else Scale(), result)
        result |= {
            "quick": options.quick,
            "missed": judge(result),
            "targets": {"at_most": AT_MOST, "at_least": AT_LEAST},
            "machine": {**machine(), "platform": platform.platform(), "python": platform.python_version()},
            "versions": {package: version(package) for package in PACKAGES},
        }
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    show(result)
    has_failed = any("reason" in result["sections"][name] for name in options.only or SECTIONS)
    return int(has_failed or (bool(result["missed"]) and not options.quick))


if __name__ == "__main__":
    sys.exit(main())
