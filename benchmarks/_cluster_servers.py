"""Three servers of one site on this machine, with a directory of files, a PostgreSQL and a proxy in common."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from benchmarks._kernels_servers import BIN, ROOT, SITE, User
from tests.plugins.clusters import running_postgres
from tests.plugins.processes import free_port, wait_for

NAMES = ("one", "two", "three")
SETTINGS = (
    "c.SandboxSettings.workspace_quota = False\n"
    "c.SandboxSettings.pool_sizes = {'nexus-data': 0, 'nexus-javascript': 0}\n"
    "c.ServerSettings.peer_host = '127.0.0.1'\n"
    "c.AccountSettings.argon2_memory_kib = 64\n"
    "c.AccountSettings.argon2_time_cost = 1\n"
)


@dataclass
class Server:
    """One of them."""

    name: str
    url: str
    data: Path
    process: subprocess.Popen[bytes]

    @property
    def id(self) -> str:
        return (self.data / "server-id").read_text(encoding="ascii").strip()


@dataclass
class ClusterSite:
    """The servers by name, and the proxy before them."""

    servers: dict[str, Server]
    proxy_url: str
    database: Engine

    def homes(self) -> dict[str, int]:
        """Return how many learners are at home at each server."""
        with self.database.connect() as connection:
            rows = connection.execute(text("SELECT server_id, count(*) FROM homes GROUP BY server_id")).all()
        found = {str(server_id): count for server_id, count in rows}
        return {name: found.get(server.id, 0) for name, server in self.servers.items()}

    def home_of(self, user_id: str) -> Server:
        """Return the home of a learner who has one."""
        with self.database.connect() as connection:
            query = text("SELECT server_id FROM homes WHERE user_id = :user_id")
            found = connection.execute(query, {"user_id": user_id}).scalar_one()
        return next(server for server in self.servers.values() if server.id == str(found))

    def at(self, user: User, server: Server) -> User:
        """Return a learner who asks this server."""
        return User(server.url, user.headers, user.kernel_name)

    def by_proxy(self, user: User, home: Server) -> User:
        """Return a learner whose browser has the home cookie."""
        return User(self.proxy_url, {**user.headers, "Cookie": f"nexus_home={home.name}~x"}, user.kernel_name)


@contextlib.contextmanager
def cluster() -> Iterator[ClusterSite]:
    """Run them, and end them all."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bc-", ignore_cleanup_errors=True)))
        postgres = stack.enter_context(running_postgres())
        servers: dict[str, Server] = {}
        for name in NAMES:  # the first one makes the tables
            servers[name] = _start(name, home, postgres.url)
            stack.callback(_end, servers[name].process)
        port = free_port()
        stack.callback(_end, _start_proxy(home, port, servers))
        engine = create_engine(postgres.url)
        stack.callback(engine.dispose)
        yield ClusterSite(servers, f"http://127.0.0.1:{port}", engine)


def _start(name: str, home: Path, database_url: str) -> Server:
    data, config, port = home / name, home / f"{name}-config", free_port()
    data.mkdir()
    config.mkdir()
    for part in ("workspaces", "learners", "keys"):
        (home / "shared" / part).mkdir(parents=True, exist_ok=True)
        (data / part).symlink_to(home / "shared" / part)
    own = f"c.ServerSettings.address = '{name}'\n"
    (config / "jupyter_config.py").write_text(f"c = get_config()\n{SITE}{SETTINGS}{own}", encoding="utf-8")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_RUNTIME_DIR": str(home / f"{name}-runtime"),
        "NEXUS_DATABASE_URL": database_url,
        "NEXUS_SITE_KEYS": "b" * 40,
        "NEXUS_POOL_SIZE": "2",
        "NEXUS_SERVER_USER": "",
    }
    command = [str(BIN / "nexus"), "serve", "--port", str(port), "--data", str(data), "--end-kernels"]
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)
    wait_for(port, process)
    return Server(name, f"http://127.0.0.1:{port}", data, process)


def _start_proxy(home: Path, port: int, servers: dict[str, Server]) -> subprocess.Popen[bytes]:
    """Run HAProxy with the product's configuration, without TLS: what that costs is not the servers'."""
    lines = (ROOT / "deploy" / "proxy" / "several" / "haproxy.cfg").read_text(encoding="utf-8")
    lines = lines.replace("bind :443 ssl crt /etc/ssl/nexus/nexus.pem alpn h2,http/1.1", f"bind 127.0.0.1:{port}")
    lines = lines.replace("bind :80", f"bind 127.0.0.1:{free_port()}")
    kept = [line for line in lines.splitlines() if not line.strip().startswith("server ")]
    places = ((server.name, server.url.removeprefix("http://")) for server in servers.values())
    kept += [f"    server {name} {place} check inter 2s fall 2 rise 2" for name, place in places]
    file = home / "haproxy.cfg"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    process = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-f", str(file)], stderr=subprocess.DEVNULL)
    wait_for(port, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
