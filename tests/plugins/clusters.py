"""Throw-away PostgreSQL and Redis servers that can be stopped and started again."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.plugins.processes import free_port, run_as_postgres, wait_for


@dataclass
class Postgres:
    """A PostgreSQL cluster in a temporary directory."""

    home: Path
    port: int
    binaries: Path

    @property
    def url(self) -> str:
        """URL of the maintenance database."""
        return f"postgresql+psycopg://nexus@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.home} -c fsync=off"
        self._control("-l", f"{self.home}/log", "-o", f"{options} -c max_connections=200", "start")

    def stop(self) -> None:
        """Cut every connection and stop."""
        self._control("-m", "fast", "stop")

    def _control(self, *arguments: str) -> None:
        run_as_postgres([f"{self.binaries}/pg_ctl", "-D", f"{self.home}/data", "-w", *arguments])


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Make and start a cluster; remove it at the end."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    home = Path(tempfile.mkdtemp(prefix="nexus-pg-"))
    shutil.chown(home, "postgres")
    cluster = Postgres(home, free_port(), binaries)
    run_as_postgres([f"{binaries}/initdb", "-D", f"{home}/data", "-A", "trust", "-U", "nexus", "--no-sync"])
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home)


@dataclass
class RedisServer:
    """A Redis server without persistence."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, "--dir", str(self.home)], stdout=subprocess.DEVNULL)
        wait_for(self.port, self.process)

    def stop(self) -> None:
        """Stop; everything it knew is gone."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Start a server; remove it at the end."""
    server = RedisServer(Path(tempfile.mkdtemp(prefix="nexus-redis-")), free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home)
