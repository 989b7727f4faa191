"""A platform with learners, and a bare server that answers with the same bytes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from benchmarks._api_class import write_roadmap
from benchmarks._kernels_servers import cpu_s
from tests.plugins.processes import free_port, wait_for

API = "/nexus/api/v1"
LEARNERS = 16
ADMIN = "boss@example.org"
PASSWORD = "correct-horse-42-battery"


@dataclass
class Site:
    """A running platform and its learners."""

    port: int
    pid: int
    tokens: list[str]
    emails: list[str]
    admin_token: str
    #: seconds that the server had computed when it listened
    ready_cpu_s: float = 0.0
    database_url: str = ""

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.tokens[0]}"}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=60).raise_for_status()


@contextmanager
def site(*, learners: int = LEARNERS, with_class: bool = False, **environment: str) -> Iterator[Site]:
    """Run a platform with so many learners; `with_class`: with the roadmap of `_api_class` beside the shipped ones."""
    port = free_port()
    # Warm kernels would start during the measurement, and have a benchmark of their own.
    environment = {"NEXUS_POOL_SIZE": "0", **environment}
    admin = {"NEXUS_ADMIN_EMAIL": ADMIN, "NEXUS_ADMIN_PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory(prefix="nexus-bench-", ignore_cleanup_errors=True) as data:
        if with_class:
            write_roadmap(Path(data) / "content")
        command = [str(Path(sys.executable).parent / "nexus"), "serve", "--port", str(port), "--data", data]
        with (Path(data) / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--end-kernels"], stdout=log, stderr=log, env={**os.environ, **admin, **environment}
            )
            try:
                wait_for(port, process)
                ready_cpu_s = cpu_s(process.pid)
                database_url = environment.get("NEXUS_DATABASE_URL", f"sqlite:///{data}/nexus.db")
                yield replace(
                    _with_learners(port, process.pid, learners), ready_cpu_s=ready_cpu_s, database_url=database_url
                )
            finally:
                process.terminate()
                process.wait(60)


def _with_learners(port: int, pid: int, count: int) -> Site:
    emails = [f"learner-{number}@example.org" for number in range(count)]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}{API}", timeout=60) as client:
        for email in emails:
            body = {"email": email, "password": PASSWORD, "display_name": email.partition("@")[0]}
            client.post("/auth/register", json=body).raise_for_status()
        tokens = []
        for email in [*emails, ADMIN]:
            reply = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
            tokens.append(reply.json()["access_token"])
        for token in tokens[:-1]:
            client.headers["Authorization"] = f"Bearer {token}"
            client.cookies.clear()
            _complete_first_step(client)
    return Site(port, pid, tokens[:-1], emails, tokens[-1])


def _complete_first_step(client: httpx.Client) -> None:
    """Earn some XP, so that leaderboards are not empty."""
    for roadmap in client.get("/roadmaps").json()["items"]:
        for node in client.get(f"/roadmaps/{roadmap['slug']}").json()["nodes"]:
            if node["type"] == "note" and node["status"] != "locked":
                client.post(f"/nodes/{node['id']}/open")
                if client.post(f"/nodes/{node['id']}/complete").is_success:
                    return


@contextmanager
def bare(body: bytes) -> Iterator[tuple[int, int]]:
    """Run a bare Tornado server that answers with `body`; gives its port and process id."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        process = subprocess.Popen([sys.executable, "-m", "benchmarks._api_bare", str(port), file.name])
        try:
            wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)
