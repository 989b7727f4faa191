"""Two real servers of one site that share learners: each with its own data directory, kernels and place for peers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text

from tests.acceptance.proxy.conftest import HOST
from tests.plugins.server import PASSWORD, LiveServer, StartServer, config_dir

NAMES = ("one", "two")
#: a busy machine may keep a server from giving signs of life for some seconds
LEASE_S = 10.0
KEY = "k" * 40
#: what servers with a shared directory have in common
ALL_PARTS = ("workspaces", "learners", "keys")


@dataclass
class SharedSite:
    """The servers by name, and what starts one again."""

    servers: dict[str, LiveServer]
    database: Engine
    start: Callable[[str], LiveServer]
    #: returns the variables of a server by name
    environment: Callable[[str], dict[str, str]]

    @property
    def administrator(self) -> tuple[str, str]:
        return self.servers["one"].administrator()

    def name_of(self, server_id: UUID) -> str:
        return next(
            name for name, each in self.servers.items() if (each.data_dir / "server-id").read_text() == str(server_id)
        )

    def home_of(self, user_id: str) -> tuple[str | None, int]:
        """Return the name of a learner's home and its number, as the database has them."""
        with self.database.connect() as connection:
            query = text("SELECT server_id, fence FROM homes WHERE user_id = :user_id")
            server_id, fence = connection.execute(query, {"user_id": user_id}).one()
        return (self.name_of(server_id) if server_id is not None else None), fence

    def settle(self, learner: httpx.Client) -> "Settled":
        """Let a learner need a home, and return it with the server that is none."""
        httpx.get(
            f"{self.servers['one'].url}/api/contents/", headers={"Authorization": learner.headers["Authorization"]}
        ).raise_for_status()
        user_id = learner.get("/me").raise_for_status().json()["id"]
        name, _ = self.home_of(user_id)
        assert name is not None
        (other,) = set(NAMES) - {name}
        return Settled(user_id, name, self.servers[name], self.servers[other], learner.headers["Authorization"])


@dataclass
class Settled:
    """A learner, where they are at home, and where they are not."""

    user_id: str
    name: str
    home: LiveServer
    other: LiveServer
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": self.token}

    def client(self, server: LiveServer) -> httpx.Client:
        """Return a client of all of a server's routes."""
        return httpx.Client(base_url=server.url, headers=self.bearer, timeout=60)


def passed_on(site: SharedSite) -> float:
    """Return how many requests the servers passed on to each other."""
    email, password = site.administrator
    body = {"email": email, "password": password}
    found = 0.0
    for server in site.servers.values():
        with closing(server.client()) as client:
            token = client.post("/auth/login", json=body).raise_for_status().json()["access_token"]
            metrics = client.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {token}"})
        lines = metrics.raise_for_status().text.splitlines()
        found += sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("nexus_passed_on_total"))
    return found


@pytest.fixture(scope="package")
def site(
    start_lasting_server: StartServer,
    fresh_postgres: Callable[[], str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SharedSite]:
    shared, folders = tmp_path_factory.mktemp("shared"), {name: tmp_path_factory.mktemp(name) for name in NAMES}
    databases = {"NEXUS_DATABASE_URL": fresh_postgres(), "NEXUS_REDIS_URL": redis_url.removesuffix("/0") + "/3"}
    places = {name: share(folder / "data", shared, ALL_PARTS) for name, folder in folders.items()}
    with running_site(start_lasting_server, folders, places, databases, settings_of) as site:
        yield site


@contextmanager
def running_site(
    start_server: StartServer,
    folders: Mapping[str, Path],
    places: Mapping[str, Path],
    variables: Mapping[str, str],
    settings: Callable[[str], dict[str, dict[str, Any]]],
    *,
    own_variables: Callable[[str], dict[str, str]] = lambda _name: {},
) -> Iterator[SharedSite]:
    """Start the servers of a site, with their data directories in `places`, and stop them in the end."""

    def environment(name: str) -> dict[str, str]:
        return {
            "NEXUS_SITE_KEYS": KEY,
            "NEXUS_PUBLIC_URL": f"https://{HOST}",
            "JUPYTER_CONFIG_DIR": config_dir(_made(folders[name] / "config"), settings(name)),
            "JUPYTER_RUNTIME_DIR": str(_made(folders[name] / "runtime")),
            **variables,
            **own_variables(name),
        }

    def start(name: str) -> LiveServer:
        return start_server(places[name], **environment(name))

    engine = create_engine(variables["NEXUS_DATABASE_URL"])
    with closing(_Disposed(engine)):
        servers = {name: start(name) for name in NAMES}
        yield SharedSite(servers, engine, start, environment)
        for server in servers.values():  # before their database is dropped
            server.process.terminate()
            server.process.wait(120)


def settings_of(name: str) -> dict[str, dict[str, Any]]:
    return {
        "ServerSettings": {"address": name, "peer_host": "127.0.0.1", "heartbeat_s": 0.5, "lease_s": LEASE_S},
        "SandboxSettings": {"workspace_quota": False},
    }


def _made(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def share(data: Path, shared: Path, parts: Sequence[str]) -> Path:
    """Return a data directory of which some parts are the site's."""
    _made(data)
    for part in parts:
        _made(shared / part)
        if not (data / part).exists():
            (data / part).symlink_to(shared / part)
    return data


@dataclass
class _Disposed:
    engine: Engine

    def close(self) -> None:
        self.engine.dispose()


def log_in(server: LiveServer, email: str) -> httpx.Client:
    """Return a client with the cookies of a browser."""
    client = httpx.Client(base_url=server.url, timeout=60)
    client.get("/nexus/login").raise_for_status()
    body = {"email": email, "password": PASSWORD}
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    client.post("/nexus/api/v1/auth/login", json=body, headers=headers).raise_for_status()
    return client
