"""A real `nexus serve` process, and a client that speaks to it as a program would."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-42-battery"


@dataclass
class LiveServer:
    """A server process: its address, its data directory, its log."""

    url: str
    data_dir: Path
    log: Path
    process: subprocess.Popen[bytes]

    def client(self, **options: object) -> httpx.Client:
        """Return an anonymous HTTP client of the API; paths are relative to its prefix."""
        return httpx.Client(base_url=f"{self.url}/nexus/api/v1", timeout=60, **options)  # type: ignore[arg-type]

    def learner(self, name: str = "learner") -> httpx.Client:
        """Register a new learner and return a client with a bearer token; `client.user` is the profile."""
        client = self.client()
        email = f"{name}-{uuid4().hex[:8]}@example.org"
        body = {"email": email, "password": PASSWORD, "display_name": name.title()}
        client.post("/auth/register", json=body).raise_for_status()
        reply = client.post("/auth/login", json={"email": email, "password": PASSWORD})
        reply.raise_for_status()
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
        return client


StartServer = Callable[..., LiveServer]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Start servers; each gets its own port and data directory, and all are stopped at the end of the session."""
    started: list[LiveServer] = []

    def start(data_dir: Path | None = None, **environment: str) -> LiveServer:
        data_dir = data_dir or tmp_path_factory.mktemp("nexus")
        port = free_port()
        log = data_dir / "server.log"
        with log.open("ab") as sink:
            process = subprocess.Popen(
                [str(Path(sys.executable).parent / "nexus"), "serve", "--port", str(port), "--data", str(data_dir)],
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={
                    **os.environ,
                    "NEXUS_POOL_SIZE": "0",
                    "NEXUS_PUBLIC_URL": f"http://localhost:{port}",
                    **environment,
                },
            )
        server = LiveServer(f"http://127.0.0.1:{port}", data_dir, log, process)
        started.append(server)
        try:
            wait_for(port, process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text()[-4000:]}") from None
        return server

    yield start
    for server in started:
        server.process.terminate()
    for server in started:
        server.process.wait(30)


@pytest.fixture(scope="session")
def live_server(start_server: StartServer) -> LiveServer:
    """One server on SQLite for all tests that do not change its configuration."""
    return start_server()
