"""A real `nexus serve` process, and a client that speaks to it as a program would."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import make_url

from tests.plugins.databases import administer
from tests.plugins.nexus_processes import ForkedNexus, NexusProcess, installed_nexus
from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-42-battery"
#: settings of every server: passwords are hashed in no time
SETTINGS = ROOT / "tests" / "fixtures" / "settings"
#: trust for clients of servers without TLS: to read the machine's takes longer than a request
NOBODY = SSLContext(PROTOCOL_TLS_CLIENT)


@dataclass
class LiveServer:
    """A server process: its address, its data directory, its log."""

    url: str
    data_dir: Path
    log: Path
    process: NexusProcess
    #: closed with the server at the latest
    clients: list[httpx.Client] = field(default_factory=list, repr=False)

    def client(self, **options: object) -> httpx.Client:
        """Return an anonymous HTTP client of the API; paths are relative to its prefix."""
        base_url = f"{self.url}/nexus/api/v1"
        self.clients.append(httpx.Client(base_url=base_url, timeout=60, verify=NOBODY, **options))  # type: ignore[arg-type]
        return self.clients[-1]

    def administrator(self) -> tuple[str, str]:
        """Return the address and the password of the first administrator, which the server printed once."""
        found = re.search(r"administrator: (\S+)\s+Password \(shown only now\): (\S+)", self.log.read_text())
        assert found, "the server printed no administrator"
        return found[1], found[2]

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


def config_dir(directory: Path, sections: Mapping[str, Mapping[str, object]]) -> str:
    """Write settings (class name to traits) into a directory; give it to `start_server` as `JUPYTER_CONFIG_DIR`."""
    (directory / "jupyter_config.json").write_text(json.dumps(sections))
    return str(directory)


MakeDataDir = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="session")
def make_data_dir(
    sqlite_template: Path, product_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> MakeDataDir:
    """Make the data directory of a new site: its database has the schema, and content unless the site has its own.

    To make both anew takes a server two thirds of its start.
    """

    def make(environment: Mapping[str, str]) -> Path:
        data = tmp_path_factory.mktemp("nexus")
        if not environment.get("NEXUS_DATABASE_URL"):
            has_own = bool(environment.get("NEXUS_CONTENT_DIR"))
            shutil.copyfile(sqlite_template if has_own else product_database, data / "nexus.db")
        return data

    return make


@pytest.fixture(scope="module")
def start_server(make_data_dir: MakeDataDir) -> Iterator[StartServer]:
    """Start servers; all are stopped at the end of the module, because even an idle one takes from the others."""
    with _servers(make_data_dir) as start:
        yield start


@pytest.fixture(scope="session")
def start_lasting_server(make_data_dir: MakeDataDir) -> Iterator[StartServer]:
    """Start servers that several modules share; they are stopped at the end of the session."""
    with _servers(make_data_dir) as start:
        yield start


@contextmanager
def _servers(make_data_dir: MakeDataDir) -> Iterator[StartServer]:
    """Give what starts servers, each with its own port and data directory, and stop them in the end.

    A server is forked from a process that has loaded the product, unless a test is about how it starts.
    """
    started: list[LiveServer] = []

    def start(
        data_dir: Path | None = None, *, port: int | None = None, is_forked: bool = True, **environment: str
    ) -> LiveServer:
        data_dir = data_dir or make_data_dir(environment)
        port = port or free_port()
        log = data_dir / "server.log"
        arguments = ["serve", "--port", str(port), "--data", str(data_dir)]
        own = {
            "JUPYTER_CONFIG_PATH": str(SETTINGS),
            "NEXUS_POOL_SIZE": "0",
            "NEXUS_PUBLIC_URL": f"http://localhost:{port}",
        }
        start_process: Callable[..., NexusProcess] = ForkedNexus if is_forked else installed_nexus
        with log.open("ab") as sink:
            process = start_process(arguments, env={**os.environ, **own, **environment}, stdout=sink)
        server = LiveServer(f"http://127.0.0.1:{port}", data_dir, log, process)
        started.append(server)
        try:
            wait_for(port, process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text()[-4000:]}") from None
        return server

    yield start
    for server in started:
        for client in server.clients:
            client.close()
        server.process.terminate()
    for server in started:
        server.process.wait(120)


@pytest.fixture(scope="session")
def postgres_server(
    start_lasting_server: StartServer, postgres_server_url: str, postgres_template: str, redis_url: str
) -> Iterator[LiveServer]:
    """One server on PostgreSQL and Redis for all tests that want to see the same as on SQLite."""
    name = f"nexus_live_{uuid4().hex[:8]}"
    administer(postgres_server_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    url = make_url(postgres_server_url).set(database=name).render_as_string(hide_password=False)
    # Other tests empty the first database of the shared Redis.
    server = start_lasting_server(NEXUS_DATABASE_URL=url, NEXUS_REDIS_URL=f"{redis_url.removesuffix('/0')}/1")
    yield server
    server.process.terminate()
    server.process.wait(60)
    administer(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def live_server(start_lasting_server: StartServer) -> LiveServer:
    """One server on SQLite for all tests that do not change its configuration."""
    return start_lasting_server(is_forked=False)
