"""How fast a sandboxed kernel feels, as ratios to a plain `jupyter server` with a local kernel in the same run.

    python -m benchmarks.kernels

The same client starts kernels over REST and runs cells over their WebSockets on both servers. Prints a table and
writes benchmarks/results/kernels.json. Needs root, Docker and the kernel images.
"""

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
ROUNDS = 5
CELLS = 30
PASSWORD = "correct-horse-42-battery"
TOKEN = uuid4().hex
TARGETS = {
    "warm_first_result_ratio": 0.25,
    "cold_first_result_ratio": 1.6,
    "rtt_ratio": 0.35,
    "kernel_mb": 45.0,
}


@dataclass(frozen=True)
class Target:
    """A running server, and how to be somebody there."""

    url: str
    headers: dict[str, str]
    kernel_name: str
    #: the server's lock file, which its containers are labelled with
    lock: str = ""

    @contextlib.contextmanager
    def kernel(self) -> Iterator[tuple[KernelTalk, float]]:
        """Start a kernel, run `1+1`; give the open socket and the seconds from POST to the result."""
        with httpx.Client(base_url=self.url, headers=self.headers, timeout=120) as client:
            begun = time.perf_counter()
            reply = client.post("/api/kernels", json={"name": self.kernel_name})
            reply.raise_for_status()
            kernel_id = reply.json()["id"]
            try:
                with KernelTalk(self.url, kernel_id, self.headers) as talk:
                    assert talk.text_of("1 + 1") == "2"
                    yield talk, time.perf_counter() - begun
            finally:
                client.delete(f"/api/kernels/{kernel_id}")


@contextlib.contextmanager
def process(command: list[str], port: int, **environment: str) -> Iterator[str]:
    """Run a server until the context ends."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log, cwd=ROOT)
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(60)


@contextlib.contextmanager
def plain_server() -> Iterator[Target]:
    """Jupyter Server as it comes, with a local ipykernel."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        command = [str(BIN / "jupyter-server"), f"--port={port}", "--no-browser", "--allow-root"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}"]
        with process(command, port, JUPYTER_CONFIG_DIR=home) as url:
            yield Target(url, {"Authorization": f"token {TOKEN}"}, "python3")


@contextlib.contextmanager
def our_server(pool_size: int) -> Iterator[Target]:
    """NexusAI with so many warm kernels, and one learner."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = [str(BIN / "nexus"), "serve", "--port", str(port), "--data", data]
        with process(command, port, NEXUS_POOL_SIZE=str(pool_size)) as url:
            yield Target(url, login(url), "nexus-python", f"{data}/run/server.lock")


def login(url: str) -> dict[str, str]:
    """Register a learner and return the credential."""
    with httpx.Client(base_url=f"{url}/nexus/api/v1", timeout=120) as client:
        body = {"email": f"{uuid4().hex[:8]}@example.org", "password": PASSWORD, "display_name": "Bench"}
        client.post("/auth/register", json=body).raise_for_status()
        credentials = {name: body[name] for name in ("email", "password")}
        reply = client.post("/auth/login", json=credentials)
        reply.raise_for_status()
        return {"Authorization": f"Bearer {reply.json()['access_token']}"}


def first_results(target: Target, pause_s: float) -> list[float]:
    """Seconds from POST to the first result, several times; the pause lets a pool refill."""
    times = []
    for _ in range(ROUNDS):
        with target.kernel() as (_, seconds):
            times.append(seconds)
        time.sleep(pause_s)
    return times


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def round_trips(target: Target) -> list[float]:
    """Seconds of each `1+1`, with the pauses of somebody who thinks."""
    with target.kernel() as (talk, _):
        times = []
        for _ in range(CELLS):
            times.append(timed(lambda: talk.text_of("1 + 1")))
            time.sleep(0.1)
        return times


def idle_memory_mb(target: Target) -> float:
    """Memory in MiB that the engine charges to a kernel which has run one cell."""
    with target.kernel():
        listed = ["docker", "ps", "-q", "--no-trunc", "--filter", f"label=nexus.lock={target.lock}"]
        container = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.strip()
        command = ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]
        used = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("/")[0].strip()
    units = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
    return next(float(used.removesuffix(unit)) * factor for unit, factor in units.items() if used.endswith(unit))


def measure() -> dict[str, Any]:
    """Run everything and return ratios with the figures behind them."""
    with plain_server() as plain, our_server(0) as cold, our_server(2) as warm:
        time.sleep(10)  # the pool fills
        raw = {
            "plain_first_result_s": first_results(plain, 0.5),
            "cold_first_result_s": first_results(cold, 0.5),
            "warm_first_result_s": first_results(warm, 4.0),
            "plain_round_trip_s": round_trips(plain),
            "round_trip_s": round_trips(warm),
        }
        kernel_mb = idle_memory_mb(cold)
    middle = {name: statistics.median(times) for name, times in raw.items()}
    return {
        "warm_first_result_ratio": middle["warm_first_result_s"] / middle["plain_first_result_s"],
        "cold_first_result_ratio": middle["cold_first_result_s"] / middle["plain_first_result_s"],
        "rtt_ratio": middle["round_trip_s"] / middle["plain_round_trip_s"],
        "kernel_mb": kernel_mb,
        "medians": middle,
        "raw": raw,
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg(), "platform": platform.platform()},
        "versions": {name: version(name) for name in ("jupyter-server", "ipykernel", "jupyter-client")},
    }


def main() -> int:
    """Measure, print, write; 1 when a target is missed."""
    found = measure()
    table = Table("figure", "measured", "target")
    for name, target in TARGETS.items():
        table.add_row(name, f"{found[name]:.3f}", f"≤ {target}")
    for name, seconds in found["medians"].items():
        table.add_row(name, f"{seconds:.3f}", "")
    Console().print(table)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "kernels.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    return int(any(found[name] > target for name, target in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main())
