"""Where the time goes, as flame graphs (py-spy, SVG) in build/profiles/.

    make profile-start        # `nexus serve` on a directory that exists, until it listens
    make profile-reads        # the server while learners read what nobody cached
    make profile-grading      # `nexus grade` of a lab from nothing

py-spy stops the program for a moment hundreds of times a second and notes what it is at. Needs root.
"""

import argparse
import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks._api_load import request_bytes, run_load
from benchmarks._api_site import API, site
from benchmarks._kernels_servers import our_server
from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "build" / "profiles"
BIN = Path(sys.executable).parent
#: looks per second
RATE = 250
#: seconds of reading
READING_S = 15.0
LAB = ROOT / "content" / "python-foundations" / "labs"


def py_spy(graph: Path, *what: str) -> list[str]:
    """Return the command that writes a graph of a program, or of the process `--pid`."""
    options = ["--rate", str(RATE), "--threads", "--subprocesses", "--nonblocking", "--output", str(graph)]
    return [str(BIN / "py-spy"), "record", *options, *what]


def profile_start(graph: Path) -> None:
    """Start a server on a data directory that exists."""
    with our_server(0) as made:
        made.process.terminate()
        made.process.wait(60)
        port = free_port()
        command = [str(BIN / "nexus"), "serve", "--port", str(port), "--data", str(made.data), "--end-kernels"]
        recorder = subprocess.Popen(py_spy(graph, "--", *command), env=made.environment)
        wait_for(port, recorder)
        recorder.send_signal(signal.SIGINT)
        recorder.wait(120)
        made.start_again()  # it is ended with its server


def profile_reads(graph: Path) -> None:
    """Read from a server, each time as another learner."""
    with site() as target:
        recorder = subprocess.Popen(py_spy(graph, "--duration", str(int(READING_S)), "--pid", str(target.pid)))
        path = f"{API}/roadmaps/python-foundations"
        requests = [request_bytes(target.port, path, token, cached=False) for token in target.tokens]
        asyncio.run(run_load(target.port, requests, seconds=READING_S))
        recorder.wait(60)


def profile_grading(graph: Path) -> None:
    """Grade the first lab's own solution."""
    lab = min(LAB.glob("*.ipynb"))
    command = [str(BIN / "nexus"), "grade", "run", str(lab), "--source", str(lab), "--json"]
    subprocess.run(py_spy(graph, "--", *command), check=True, stdout=subprocess.DEVNULL)


PROFILES: dict[str, Callable[[Path], None]] = {
    "start": profile_start,
    "reads": profile_reads,
    "grading": profile_grading,
}


def main() -> int:
    """Make one of the graphs."""
    parser = argparse.ArgumentParser(description="Where the time goes, as a flame graph.")
    parser.add_argument("what", choices=sorted(PROFILES))
    what: str = parser.parse_args().what
    GRAPHS.mkdir(parents=True, exist_ok=True)
    graph = GRAPHS / f"{what}.svg"
    PROFILES[what](graph)
    print(f"wrote {graph.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
