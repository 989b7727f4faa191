"""The servers that the kernel benchmark compares, and learners on ours."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from benchmarks._kernels_tab import Tab
from benchmarks._stolen import StolenTime
from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PASSWORD = "correct-horse-42-battery"
TOKEN = uuid4().hex
API = "/nexus/api/v1"
#: what the host takes while the benchmark runs
SINCE_START = StolenTime()
#: seconds that a request may take; a learner in a queue of sixty waits for long
REQUEST_TIMEOUT_S = 180.0
#: made once: a client would load the system's certificates for each request, 30 ms that are nobody's figure
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: lets a benchmark register a class, and outlast an access token; nothing here makes kernels faster
SITE = (
    "c.RateLimitSettings.limits = {'register': '10000 per hour', 'login_failures_address': '10000 per hour'}\n"
    "c.AccountSettings.access_token_lifetime_s = 7200\n"
)
#: Jupyter Server's own WebSockets never set TCP_NODELAY; this is that one line and nothing else
WITH_NODELAY = """
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
open_before = KernelWebsocketHandler.open
async def open_without_delay(self, kernel_id):
    self.set_nodelay(True)
    await open_before(self, kernel_id)
KernelWebsocketHandler.open = open_without_delay
"""


@dataclass(frozen=True)
class User:
    """Somebody on a server: where it is, and the credential."""

    url: str
    headers: dict[str, str]
    kernel_name: str

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=REQUEST_TIMEOUT_S, verify=NO_TLS)

    async def start_kernel(self) -> str:
        """POST /api/kernels; return the id."""
        async with self.http() as client:
            reply = await client.post("/api/kernels", json={"name": self.kernel_name})
            return str(reply.raise_for_status().json()["id"])

    async def end_kernel(self, kernel_id: str) -> None:
        async with self.http() as client:
            (await client.delete(f"/api/kernels/{kernel_id}")).raise_for_status()

    async def open_tab(self, kernel_id: str) -> Tab:
        return await Tab.open(self.url, kernel_id, self.headers)

    @contextlib.asynccontextmanager
    async def kernel(self) -> AsyncIterator[Tab]:
        """A kernel with a tab open on it."""
        kernel_id = await self.start_kernel()
        try:
            async with await self.open_tab(kernel_id) as tab:
                yield tab
        finally:
            await self.end_kernel(kernel_id)


@dataclass
class Site:
    """A running NexusAI."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    command: list[str]
    environment: dict[str, str]
    #: the checkout whose server it is
    tree: Path = ROOT
    learners: list[User] = field(default_factory=list)

    @property
    def lock(self) -> str:
        """The server's lock file, which its containers are labelled with."""
        return f"{self.data}/run/server.lock"

    async def enroll(self, count: int) -> list[User]:
        """Register so many learners and log them in, a few at a time."""
        few = asyncio.Semaphore(4)
        async with httpx.AsyncClient(base_url=f"{self.url}{API}", timeout=REQUEST_TIMEOUT_S) as client:
            self.learners += await asyncio.gather(*(self._enroll_one(client, few) for _ in range(count)))
        return self.learners[-count:]

    async def _enroll_one(self, client: httpx.AsyncClient, few: asyncio.Semaphore) -> User:
        email = f"{uuid4().hex[:12]}@example.org"
        body = {"email": email, "password": PASSWORD, "display_name": "Bench"}
        async with few:
            (await client.post("/auth/register", json=body)).raise_for_status()
            reply = await client.post("/auth/login", json={"email": email, "password": PASSWORD})
        client.cookies.clear()
        token = reply.raise_for_status().json()["access_token"]
        return User(self.url, {"Authorization": f"Bearer {token}"}, "nexus-python")

    def containers(self) -> list[str]:
        """Ids of this server's containers, those of the pool too."""
        return docker("ps", "-aq", "--no-trunc", "--filter", f"label=nexus.lock={self.lock}").split()

    def kill(self) -> None:
        """`kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def start_again(self) -> None:
        """Start the server on the same port and data; returns at once."""
        log = self.data.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log, cwd=self.tree)
        log.close()


def docker(*arguments: str) -> str:
    """Run the docker command and return what it printed."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def plain_server(config: str = "") -> Iterator[User]:
    """Jupyter Server as it comes, with a local ipykernel, and with the lines of `config` if any."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="plain-") as home, tempfile.TemporaryFile() as log:
        Path(home, "jupyter_server_config.py").write_text(config, encoding="utf-8")
        command = [str(BIN / "jupyter-server"), f"--port={port}", "--no-browser", "--allow-root"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}"]
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": home}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
        try:
            wait_for(port, process)
            yield User(f"http://127.0.0.1:{port}", {"Authorization": f"token {TOKEN}"}, "python3")
        finally:
            process.terminate()
            process.wait(60)


@contextlib.contextmanager
def our_server(pool_size: int | None = None, config: str = "", *, tree: Path = ROOT) -> Iterator[Site]:
    """NexusAI of a checkout with so many warm kernels (None: the default), and with the lines of `config` if any."""
    port = free_port()
    home = Path(tempfile.mkdtemp(prefix="bk-"))
    (home / "config").mkdir()
    (home / "config" / "jupyter_config.py").write_text(f"c = get_config()\n{SITE}{config}", encoding="utf-8")
    program = BIN / "nexus" if tree == ROOT else tree / ".venv" / "bin" / "nexus"
    command = [str(program), "serve", "--port", str(port), "--data", str(home / "data")]
    command += ["--end-kernels"] if tree == ROOT else []  # older trees always end them
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(home / "config")}
    environment.pop("NEXUS_POOL_SIZE", None)
    if pool_size is not None:
        environment["NEXUS_POOL_SIZE"] = str(pool_size)
    (home / "data").mkdir()
    site = Site(f"http://127.0.0.1:{port}", home / "data", None, command, environment, tree)  # type: ignore[arg-type]
    site.start_again()
    try:
        wait_for(port, site.process)
        yield site
    except RuntimeError as error:
        raise RuntimeError(f"{error}\n{site.data.with_suffix('.log').read_text()[-2000:]}") from None
    finally:
        _end(site)


def _end(site: Site) -> None:
    """Stop the server, and remove what it could not remove itself if it was killed."""
    site.process.terminate()
    try:
        site.process.wait(180)
    finally:
        site.process.kill()
        if left := site.containers():
            docker("rm", "-f", *left)
        for line in reversed(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()):
            if (place := line.split(" ")[1]).startswith(f"{site.data}/"):
                subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(site.data.parent, ignore_errors=True)


def memory_mb(pid: int) -> float:
    """The memory in MiB that only this process's pages take, shared ones by their share (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def cpu_s(pid: int) -> float:
    """The CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Where the figures were taken."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    engine = json.loads(docker("version", "--format", "{{json .Server}}"))
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "engine": engine["Version"],
        "stolen_share": round(SINCE_START.share(), 4),
    }
