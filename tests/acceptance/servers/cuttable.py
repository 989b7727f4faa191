"""Two real servers of one site, each of which can be cut off from PostgreSQL and from Redis."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url, text

from tests.acceptance.servers.conftest import ALL_PARTS, NAMES, SharedSite, running_site, settings_of, share
from tests.plugins.cuttable_lines import CuttableLine, running_line
from tests.plugins.server import StartServer

CUT_LEASE_S = 8.0


@dataclass(frozen=True)
class CuttableSite:
    """A site whose servers each reach PostgreSQL and Redis by lines of their own."""

    site: SharedSite
    postgres: dict[str, CuttableLine]
    redis: dict[str, CuttableLine]

    @property
    def all(self) -> list[CuttableLine]:
        return [*self.postgres.values(), *self.redis.values()]

    def silence_s(self) -> float:
        """Return for how long PostgreSQL has heard of no server."""
        with self.site.database.connect() as connection:
            query = text("SELECT extract(epoch FROM clock_timestamp() - max(heartbeat_at)) FROM servers")
            return float(connection.execute(query).scalar_one())

    def mend(self) -> None:
        """Mend all lines."""
        for line in self.all:
            line.mend()


@contextmanager
def running_cuttable_site(
    start_server: StartServer, database_url: str, redis_url: str, make_folder: Callable[[str], Path]
) -> Iterator[CuttableSite]:
    """Start them, and stop them in the end."""
    url, redis_port = make_url(database_url), int(redis_url.rpartition(":")[2].partition("/")[0])
    assert url.port is not None
    shared, folders = make_folder("shared"), {name: make_folder(name) for name in NAMES}
    places = {name: share(folder / "data", shared, ALL_PARTS) for name, folder in folders.items()}
    with ExitStack() as stack:
        postgres = {name: stack.enter_context(running_line(url.port)) for name in NAMES}
        redis = {name: stack.enter_context(running_line(redis_port)) for name in NAMES}

        def variables(name: str) -> dict[str, str]:
            found = url.set(host="127.0.0.1", port=postgres[name].port)
            return {
                "NEXUS_DATABASE_URL": found.render_as_string(hide_password=False),
                "NEXUS_REDIS_URL": f"redis://127.0.0.1:{redis[name].port}/5",
            }

        own = {"NEXUS_DATABASE_URL": url.render_as_string(hide_password=False)}
        with running_site(start_server, folders, places, own, _settings, own_variables=variables) as site:
            yield CuttableSite(site, postgres, redis)


def _settings(name: str) -> dict[str, dict[str, Any]]:
    return {**settings_of(name), "ServerSettings": {**settings_of(name)["ServerSettings"], "lease_s": CUT_LEASE_S}}


def is_ready(url: str) -> bool:
    """Whether a server says that it can work."""
    try:
        return httpx.get(f"{url}/nexus/api/v1/health/ready", timeout=60).status_code == 200
    except httpx.TransportError:
        return False
