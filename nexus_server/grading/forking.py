"""Learners' kernels forked from templates: each a process of its own in a container that holds nobody else's.

A template is a sandbox container like any other, in which `remote/zygote.py` runs. It serves one submission at a time.
The next kernel is forked when the one before is proved gone, so it waits ready. A container is thrown away after
`MAX_USES`, and at once when anything was unusual. Where the system has no Landlock, every kernel gets a container of
its own instead.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from nexus_server.errors import NexusError
from nexus_server.grading.dialogue import Dialogue, DialogueError
from nexus_server.grading.errors import SandboxUnavailableError
from nexus_server.grading.remote.install import zygote_code
from nexus_server.grading.sandboxes import FreshSandboxes, ManagedKernel, SandboxKernel
from nexus_server.kernels import runtime
from nexus_server.kernels.connection import PORTS
from nexus_server.kernels.container_config import CONNECTION_DIR

#: submissions that one container serves at most
MAX_USES = 100
#: seconds that a template may take for any command
PATIENCE_S = 10.0
#: memory of the template itself, in MiB, added to the learner's
TEMPLATE_MB = 48
LOOK_INTERVAL_S = 0.002
ANSWER_BYTES = 4096


class TemplateLostError(Exception):
    """A template does not answer as it should."""


class Template:
    """One container with a template in it, and at most one kernel."""

    def __init__(self, base: ManagedKernel) -> None:
        """Own a fresh kernel of the sandbox, which `start` turns into the template."""
        self._base = base
        self._place: Path = base.km.provisioner.kernel.connection.path
        self._lock = asyncio.Lock()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None
        self.uses = 0

    async def start(self) -> None:
        """Turn the kernel into a template.

        Raises:
            TemplateLostError: it does not answer, or the system cannot confine its children.
        """
        place = self._make_place("z")
        Dialogue(self._base, zygote_code(f"{CONNECTION_DIR}/z/s"))
        socket = place / "s"
        async with _patience():
            while not socket.is_socket():
                if not await self._base.km.is_alive():
                    raise TemplateLostError
                await asyncio.sleep(LOOK_INTERVAL_S)
            self._reader, self._writer = await asyncio.open_unix_connection(socket, limit=ANSWER_BYTES)
        self._base.kc.stop_channels()
        shutil.rmtree(place)

    def _make_place(self, name: str) -> Path:
        """Make a directory in which the container's user may make sockets."""
        place = self._place / name
        place.mkdir(mode=0o700)
        launcher = runtime.current().launcher
        if os.geteuid() == 0:
            os.chown(place, launcher.uid, launcher.gid)
        return place

    async def fork(self) -> "ForkedKernel":
        """Start a kernel and connect to it, before any code of a learner's could run.

        Raises:
            TemplateLostError: it did not come up.
        """
        self.uses += 1
        name = f"f{self.uses}"
        place = self._make_place(name)
        key = secrets.token_hex(32)
        inside = {"ip": f"{CONNECTION_DIR}/{name}/s", "key": key}
        _write_connection_file(place / "c.json", inside)
        await self.ask("fork", connection_file=f"{CONNECTION_DIR}/{name}/c.json")
        async with _patience():
            while not all((place / f"s-{port}").is_socket() for port in PORTS.values()):
                if not (await self.ask("alive"))["alive"]:
                    raise TemplateLostError
                await asyncio.sleep(LOOK_INTERVAL_S)
        if os.geteuid() == 0:
            os.chown(place, 0, 0)
        place.chmod(0o755)
        kernel = ForkedKernel(self, place, _client(place, key))
        await kernel.connect()
        return kernel

    async def ask(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Give a command and wait for its outcome.

        Raises:
            TemplateLostError: none came.
        """
        if self._writer is None:
            raise TemplateLostError
        async with self._lock, _patience():
            try:
                self._writer.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
                await self._writer.drain()
                answer = json.loads(await self._reader.readuntil())
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as exc:
                raise TemplateLostError from exc
        if not isinstance(answer, dict):
            raise TemplateLostError
        return answer

    async def close(self) -> None:
        """Remove the container."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await self._base.close()


@contextlib.asynccontextmanager
async def _patience() -> Any:
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    except TimeoutError as exc:
        raise TemplateLostError from exc


def _write_connection_file(path: Path, address: dict[str, str]) -> None:
    info = {"transport": "ipc", "signature_scheme": "hmac-sha256", **address, **PORTS}
    path.write_text(json.dumps(info), encoding="utf-8")
    path.chmod(0o644)


def _client(place: Path, key: str) -> Any:
    client = AsyncKernelClient()
    info: Any = {"transport": "ipc", "signature_scheme": "hmac-sha256", "ip": str(place / "s"), "key": key, **PORTS}
    client.load_connection_info(info)
    return client


class _ForkedManager:
    """What nbclient wants of a kernel manager."""

    has_kernel = True

    def __init__(self, template: Template) -> None:
        self._template = template

    async def is_alive(self) -> bool:
        """Ask the template; one that does not answer holds no living kernel."""
        try:
            return bool((await self._template.ask("alive"))["alive"])
        except TemplateLostError:
            return False

    async def interrupt_kernel(self) -> None:
        """Interrupt the running cell."""
        with contextlib.suppress(TemplateLostError):
            await self._template.ask("interrupt")


@dataclass(slots=True)
class ForkedKernel:
    """A kernel that shares its container with nothing but the template."""

    template: Template
    place: Path
    kc: Any
    km: Any = field(init=False)
    pool: "ForkingSandboxes | None" = None

    def __post_init__(self) -> None:
        """Let the client ask the template about life and death."""
        self.km = _ForkedManager(self.template)
        self.kc.is_alive = self.km.is_alive

    async def connect(self) -> None:
        """Open the channels and wait for the first answer.

        Raises:
            TemplateLostError: there is none.
        """
        self.kc.start_channels(hb=False)
        self.kc.hb_channel.is_beating = lambda: True
        try:
            await self.kc.wait_for_ready(timeout=PATIENCE_S)
        except RuntimeError as exc:
            self.disconnect()
            raise TemplateLostError from exc

    def disconnect(self) -> None:
        """Close the channels with everything that belongs to them."""
        self.kc.stop_channels()
        self.kc.context.destroy(linger=0)

    async def close(self) -> None:
        """End the kernel; its container is cleaned for the next one, or removed."""
        if self.pool is None:
            return
        pool, self.pool = self.pool, None
        self.disconnect()
        await pool.take_back(self)


class ForkingSandboxes:
    """Kernels from templates, as many templates as gradings run side by side."""

    def __init__(self, fresh: FreshSandboxes) -> None:
        """`fresh` starts the containers, and the kernels where templates cannot be had."""
        site = runtime.current().settings.memory_mb
        self._fresh = fresh
        self._base = FreshSandboxes(
            fresh.kernel_name, fresh.startup_timeout_s, (fresh.memory_mb or site) + TEMPLATE_MB, fresh.cpu_share
        )
        self._ready: list[ForkedKernel] = []
        self._work: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._is_closed = False
        self._can_fork = True

    async def open(self) -> SandboxKernel:
        """Give a kernel in which nobody's code ran yet.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        async with self._turn:
            # A container that is being emptied is ready sooner than a new one.
            while self._work and not self._ready:
                await asyncio.wait(self._work, return_when=asyncio.FIRST_COMPLETED)
            if self._ready:
                kernel = self._ready.pop()
                kernel.pool = self
                return kernel
            return await (self._open_template() if self._can_fork else self._fresh.open())

    async def _open_template(self) -> SandboxKernel:
        template = Template(await self._base.open())
        try:
            await template.start()
            kernel = await template.fork()
        except (TemplateLostError, DialogueError, NexusError, OSError):
            # No Landlock here, or no room for a template: one container for each, which is slower and as safe.
            self._can_fork = False
            await template.close()
            return await self._fresh.open()
        kernel.pool = self
        return kernel

    async def take_back(self, kernel: ForkedKernel) -> None:
        """Clean up after a kernel, beside whatever comes next."""
        task = asyncio.create_task(self._recycle(kernel))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _recycle(self, kernel: ForkedKernel) -> None:
        template = kernel.template
        try:
            is_clean = (await template.ask("clean"))["clean"] is True
            shutil.rmtree(kernel.place, ignore_errors=True)
            if is_clean and template.uses < MAX_USES and not self._is_closed:
                self._ready.append(await template.fork())
                return
        except (TemplateLostError, OSError):
            pass
        await template.close()

    async def image(self) -> str:
        """Return the image's digest."""
        return await self._fresh.image()

    async def close(self) -> None:
        """Remove every container."""
        self._is_closed = True
        while self._work:
            await asyncio.gather(*self._work)
        ready, self._ready = self._ready, []
        for kernel in ready:
            kernel.disconnect()
            await kernel.template.close()


def sandboxes_for(fresh: FreshSandboxes, *, reuse: bool) -> "ForkingSandboxes | FreshSandboxes":
    """Choose: templates where wanted and where the kernel runs in the sandbox at all."""
    try:
        return ForkingSandboxes(fresh) if reuse and fresh.is_sandboxed() else fresh
    except SandboxUnavailableError:
        return fresh
