"""Make sure that a Docker engine answers: install Debian's package when missing, start the daemon when nothing answers.

Standard library only: runs before the virtual environment exists. Idempotent; a step that cannot work ends with one
sentence on standard error and exit code 1. The daemon is started without a network bridge, because sandboxes have no
network and image builds are hermetic; `live-restore` lets kernels outlive a restart of the engine.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

SOCKET = Path("/var/run/docker.sock")
#: seconds that the daemon may take before we give up on it
START_TIMEOUT_S = 60
DAEMON_FLAGS = (
    "--live-restore",
    "--bridge=none",
    "--iptables=false",
    "--ip6tables=false",
    "--ip-forward=false",
    "--log-level=warn",
)


class EngineError(Exception):
    """A sentence for the person who runs the script."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"docker: {text}", flush=True)


def ping(path: Path) -> bool:
    """Whether an engine answers on this Unix socket."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return connection.recv(64).startswith((b"HTTP/1.0 200", b"HTTP/1.1 200"))
    except OSError:
        return False


def may_use(path: Path) -> bool:
    """Whether this user may talk to the socket at all."""
    return path.exists() and os.access(path, os.R_OK | os.W_OK)


def install() -> None:
    """Install docker.io with apt.

    Raises:
        EngineError: no root, no apt, or apt failed.
    """
    if os.geteuid() != 0:
        raise EngineError("Docker is not installed and this user is not root: install docker.io, then run this again.")
    if shutil.which("apt-get") is None:
        raise EngineError("Docker is not installed and there is no apt-get: install a Docker engine, then run again.")
    say("installing docker.io with apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "docker.io"],
    )
    for step in steps:
        done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise EngineError(f"`{' '.join(step)}` failed: {last}")


def start_by_system() -> bool:
    """Start the packaged service where systemd runs; False where it does not."""
    if not Path("/run/systemd/system").is_dir():
        return False
    return subprocess.run(["systemctl", "start", "docker"], capture_output=True, check=False).returncode == 0


def start_daemon(data_dir: Path) -> "subprocess.Popen[bytes]":
    """Start dockerd in the background, in its own session, logging below the data directory."""
    log_dir = data_dir / "log"
    log_dir.mkdir(parents=True, exist_ok=True)
    with (log_dir / "dockerd.log").open("ab") as log:
        process = subprocess.Popen(
            ["dockerd", *DAEMON_FLAGS],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (data_dir / "dockerd.pid").write_text(f"{process.pid}\n")
    return process


def last_error(log: Path) -> str:
    """The last line of the daemon's log, for the one sentence shown to a person."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][-300:] if lines else "it wrote nothing"


def wait_for_engine(process: "subprocess.Popen[bytes] | None", log: Path) -> None:
    """Wait until the engine answers.

    Raises:
        EngineError: the daemon ended or took too long.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ping(SOCKET):
        if process is not None and process.poll() is not None:
            raise EngineError(f"dockerd ended with code {process.returncode}: {last_error(log)} (see {log})")
        if time.monotonic() > deadline:
            raise EngineError(f"dockerd did not answer within {START_TIMEOUT_S} s (see {log})")
        time.sleep(0.1)


def ensure_engine(data_dir: Path) -> str:
    """Install and start what is missing; return what was done in a word.

    Raises:
        EngineError: with the sentence that says what to do.
    """
    if ping(SOCKET):
        return "running"
    if SOCKET.exists() and not may_use(SOCKET):
        raise EngineError("this user may not use Docker: run as root or join the group `docker`.")
    if shutil.which("dockerd") is None:
        install()
    if ping(SOCKET):
        return "started"
    if os.geteuid() != 0:
        raise EngineError("the Docker engine is not running and this user is not root: start it, then run this again.")
    log = data_dir / "log" / "dockerd.log"
    if start_by_system():
        wait_for_engine(None, log)
        return "started"
    say("starting dockerd in the background")
    wait_for_engine(start_daemon(data_dir), log)
    return "started"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default_dir = os.environ.get("NEXUS_DATA_DIR") or str(Path(__file__).resolve().parent.parent / "var")
    parser.add_argument("--data", type=Path, default=Path(default_dir), help="data directory, for log and pid file")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a line")
    options = parser.parse_args()
    try:
        state = ensure_engine(options.data.resolve())
    except EngineError as error:
        print(f"docker: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"engine": state, "socket": str(SOCKET)}))
    else:
        say(f"engine {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
