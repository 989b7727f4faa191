"""A Docker engine of a test's own, which it may kill: the machine's engine is everybody's."""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.kernels.specs import image_of

START_TIMEOUT_S = 60.0
NO_NETWORK = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false")


@dataclass
class PrivateEngine:
    """A dockerd with its own data, sockets and containerd, without any network."""

    #: short, or the sockets' paths are too long; others may pass through it, as mapped users must
    root: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, for `SandboxSettings.engine_url`."""
        return f"unix://{self.root}/d.sock"

    @property
    def containerd(self) -> Path:
        """Where its containerd has its sockets."""
        return self.root / "exec/containerd"

    def start(self, *flags: str, runtimes: dict[str, Any] | None = None) -> None:
        """Start it on the data that it left, and wait until it answers; `runtimes` are as in `daemon.json`."""
        config = self.root / "daemon.json"
        config.write_text(json.dumps({"runtimes": runtimes or {}}))
        command = ["dockerd", "--data-root", f"{self.root}/data", "--exec-root", f"{self.root}/exec", "-H", self.url]
        command += [f"--config-file={config}", "--pidfile", f"{self.root}/pid", *NO_NETWORK]
        with (self.root / "log").open("ab") as log:
            self.process = subprocess.Popen([*command, *flags], stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_TIMEOUT_S
        while subprocess.run(["docker", "-H", self.url, "version"], capture_output=True, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.root / "log").read_text()[-2000:])
            time.sleep(0.1)  # nothing to await: another program opens the socket

    def kill(self) -> None:
        """End it as a crash of the machine's services would: dockerd and its containerd, but no container."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)
        self._end_containerd()

    def _end_containerd(self) -> None:
        """End the containerd that this engine started; a new one cannot start beside it."""
        file = self.containerd / "containerd.pid"
        with suppress(OSError, ValueError):
            end_process(int(file.read_text()))
        for left in self.containerd.glob("*.sock*"):
            left.unlink()
        file.unlink(missing_ok=True)

    def _end_shims(self) -> None:
        """End what its containerd started for containers and has lost sight of, by the address that they were given."""
        address = str(self.containerd / "containerd.sock").encode()
        for directory in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (directory / "cmdline").read_bytes().split(b"\0")
                if b"containerd-shim" in words[0] and address in words:
                    end_process(int(directory.name))

    def docker(self, *arguments: str) -> str:
        """Run a command on it and return what it printed."""
        return subprocess.run(
            ["docker", "-H", self.url, *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def load(self, image: str) -> None:
        """Copy an image of the machine's engine."""
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            subprocess.run(
                ["docker", "-H", self.url, "load", "-q"], stdin=saved.stdout, check=True, capture_output=True
            )

    def close(self) -> None:
        """End it with all its containers, and the containerd that outlives a killed dockerd."""
        if self.process is not None and self.process.poll() is not None:
            self.start()
        for container in self.docker("ps", "-aq").split():
            self.docker("rm", "-f", container)
        assert self.process is not None
        self.process.terminate()
        self.process.wait(START_TIMEOUT_S)
        self._end_containerd()
        self._end_shims()
        # Each engine mounts its data on itself, and one that was killed leaves that behind: nobody could remove it.
        mounted = [line.split(" ")[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for path in reversed([each for each in mounted if each.startswith(f"{self.root}/")]):
            subprocess.run(["umount", "-l", path], capture_output=True, check=False)
        shutil.rmtree(self.root)


def end_process(pid: int) -> None:
    """Kill a process and wait until it is gone."""
    pidfd = os.pidfd_open(pid)
    try:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        select.select([pidfd], [], [], START_TIMEOUT_S)
    finally:
        os.close(pidfd)


@contextmanager
def open_engine() -> Iterator[PrivateEngine]:
    """Give an engine that is not started yet, and leave nothing of it."""
    root = Path(tempfile.mkdtemp(prefix="eng"))
    root.chmod(0o711)
    engine = PrivateEngine(root)
    try:
        yield engine
    finally:
        if engine.process is not None:
            engine.close()


@pytest.fixture(scope="module")
def private_engine() -> Iterator[PrivateEngine]:
    """An engine that is not started yet."""
    with open_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def python_engine(private_engine: PrivateEngine) -> PrivateEngine:
    """An engine of one's own that runs, with the image of Python's kernels."""
    private_engine.start()
    private_engine.load(image_of(KernelSpecManager().get_kernel_spec("nexus-python")).reference)
    return private_engine
