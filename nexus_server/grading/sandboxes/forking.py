"""Learners' kernels forked from templates: each a process of its own in a container that holds nobody else's.

A template is a sandbox container like any other, in which `remote/zygote.py` runs as the container's root; the kernels
are another user's. It serves one submission at a time. The next kernel is forked when the one before is proved gone, so
it waits ready. A container is thrown away after `MAX_USES`, and at once when anything was unusual. While submissions
come one by one, and where the system gives no templates, every kernel has a container of its own.
"""

import asyncio
import contextlib
import json
import logging
import secrets
import shutil
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from nexus_server.errors import NexusError
from nexus_server.grading.remote.install import zygote_code
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel, Sandboxes, SandboxKernel
from nexus_server.grading.sandboxes.stdin_dialogue import Dialogue, DialogueError
from nexus_server.kernels import runtime
from nexus_server.kernels.connection import PORTS
from nexus_server.kernels.sandbox import CONNECTION_DIR
from nexus_server.tasks import once

if TYPE_CHECKING:
    from nexus_server.kernels.sandbox import Sandbox
    from nexus_server.kernels.wire import Wire

log = logging.getLogger(__name__)

#: submissions that one container serves at most
MAX_USES = 100
#: seconds that a template may take for any command
PATIENCE_S = 10.0
#: memory of the template itself, in MiB, added to the learner's
TEMPLATE_MB = 48
#: so many kernels asked for within so many seconds are a rush, for which templates are worth their start
RUSH_KERNELS, RUSH_S = 3, 20.0
#: seconds after the last kernel for which templates are kept
KEEP_S = 120.0
#: seconds after a template that could not be started
RETRY_S = 300.0
#: seconds in which a forked kernel answers; it takes a tenth of one
READY_S = 4.0
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
        #: between the present kernel and its client
        self._wire: Wire | None = None
        self.uses = 0

    @property
    def container_id(self) -> str:
        """The container that it lives in."""
        return str(self._sandbox.id)

    @property
    def _sandbox(self) -> "Sandbox":
        sandbox: Sandbox = self._base.km.provisioner.kernel.sandbox
        return sandbox

    async def start(self) -> None:
        """Turn the kernel into a template.

        Raises:
            TemplateLostError: it does not answer.
        """
        place = self._make_place("z")
        await self._lend(place)
        Dialogue(self._base, zygote_code(f"{CONNECTION_DIR}/z/s"))
        socket = place / "s"
        async with _patience():
            while not socket.is_socket():
                await self._insist_on_life()
            await self._take_back(place)
            while self._writer is None:
                # Its socket is there a moment before it listens.
                with contextlib.suppress(ConnectionRefusedError):
                    self._reader, self._writer = await asyncio.open_unix_connection(socket, limit=ANSWER_BYTES)
                    break
                await self._insist_on_life()
        self._base.kc.stop_channels()
        shutil.rmtree(place)

    async def _insist_on_life(self) -> None:
        if not await self._base.km.is_alive():
            raise TemplateLostError("It ended while it started.")
        await asyncio.sleep(LOOK_INTERVAL_S)

    def _make_place(self, name: str) -> Path:
        """Make a directory below the one that the container sees; what lies above it keeps other users out."""
        place = self._place / name
        place.mkdir()
        place.chmod(0o755)
        return place

    async def _lend(self, place: Path) -> None:
        """Let the container's user make sockets there."""
        launcher = runtime.current().launcher
        await asyncio.to_thread(launcher.dirs.lend, place, launcher.host_uid, launcher.host_gid)

    async def _take_back(self, place: Path) -> None:
        await asyncio.to_thread(runtime.current().launcher.dirs.take_back, place)

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
        await self._lend(place)
        launcher = runtime.current().launcher
        await self.ask("fork", connection_file=f"{CONNECTION_DIR}/{name}/c.json", uid=launcher.uid, gid=launcher.gid)
        async with _patience():
            while not all((place / f"s-{port}").is_socket() for port in PORTS.values()):
                if not (await self.ask("alive"))["alive"]:
                    raise TemplateLostError("The kernel ended while it started.")
                await asyncio.sleep(LOOK_INTERVAL_S)
        await self._take_back(place)
        self._close_front()
        front = self._place.parent / "w"
        front.mkdir(mode=0o700)
        self._wire = launcher.open_wire(self._sandbox, front, place)
        kernel = ForkedKernel(self, place, _client(front, key))
        await kernel.connect()
        return kernel

    async def ask(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Give a command and wait for its outcome.

        Raises:
            TemplateLostError: none came.
        """
        if self._writer is None:
            raise TemplateLostError("It was closed.")
        async with self._lock, _patience():
            try:
                self._writer.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
                await self._writer.drain()
                answer = json.loads(await self._reader.readuntil())
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as exc:
                raise TemplateLostError(f"It ended, or answered nonsense: {exc!r}") from exc
        if not isinstance(answer, dict):
            raise TemplateLostError("It answered nonsense.")
        return answer

    def _close_front(self) -> None:
        if self._wire is not None:
            wire, self._wire = self._wire, None
            wire.close()
            shutil.rmtree(self._place.parent / "w", ignore_errors=True)

    async def close(self) -> None:
        """Remove the container."""
        self._close_front()
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
        raise TemplateLostError("It did not answer in time.") from exc


def _write_connection_file(path: Path, address: dict[str, str]) -> None:
    info = {"transport": "ipc", "signature_scheme": "hmac-sha256", **address, **PORTS}
    path.write_text(json.dumps(info), encoding="utf-8")
    path.chmod(0o644)


def _client(front: Path, key: str) -> Any:
    client = AsyncKernelClient()
    info: Any = {"transport": "ipc", "signature_scheme": "hmac-sha256", "ip": str(front / "w"), "key": key, **PORTS}
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
            await self.kc.wait_for_ready(timeout=READY_S)
        except RuntimeError as exc:
            self.disconnect()
            raise TemplateLostError(str(exc)) from exc

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
    """Kernels from templates while submissions come thick and fast, else with a container of their own."""

    def __init__(
        self,
        fresh: FreshSandboxes,
        alone: Sandboxes,
        *,
        templates: int,
        rush_kernels: int = RUSH_KERNELS,
        keep_s: float = KEEP_S,
    ) -> None:
        """`fresh` says how templates are started; `alone` gives the kernels that have a container of their own.

        There are at most so many `templates`, each for `keep_s` seconds after the last kernel, once `rush_kernels` were
        asked for within `RUSH_S` seconds.
        """
        site = runtime.current().settings
        memory_mb = min((fresh.memory_mb or site.memory_mb) + TEMPLATE_MB, site.max_memory_mb)
        self._base = replace(fresh, memory_mb=memory_mb, is_template=True)
        self._alone = alone
        self._most = templates
        self._keep_s = keep_s
        #: when the last kernels were asked for, on the monotonic clock
        self._asked: deque[float] = deque(maxlen=rush_kernels)
        self._ready: list[ForkedKernel] = []
        self._templates = 0
        #: how many are being emptied for the next kernel
        self._cleaning = 0
        #: starts of templates, and the cleaning of those in use
        self._work: set[asyncio.Task[None]] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._is_closed = False
        #: not before then is a template tried again
        self._retry_at = 0.0

    async def open(self) -> SandboxKernel:
        """Give a kernel in which nobody's code ran yet.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        self._note()
        while self._cleaning and not self._ready:
            # A container that is being emptied is ready sooner than a new one.
            await asyncio.wait(self._work, return_when=asyncio.FIRST_COMPLETED)
        if self._ready:
            kernel = self._ready.pop()
            kernel.pool = self
            return kernel
        return await self._alone.open()

    def _note(self) -> None:
        """See whether this is a rush, and start a template if there could be more."""
        now = monotonic()
        self._asked.append(now)
        is_rush = len(self._asked) == self._asked.maxlen and now - self._asked[0] < RUSH_S
        if is_rush and now >= self._retry_at and self._templates < self._most:
            self._templates += 1
            self._begin(self._start_template())
        self._keep()

    def _keep(self) -> None:
        """Keep what waits for a while from now on."""
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_later(self._keep_s, self._expire)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = once("grading-template", lambda: work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _start_template(self) -> None:
        template = None
        try:
            template = Template(await self._base.open())
            await template.start()
            kernel = await template.fork()
            self._ready.append(kernel)
        except (TemplateLostError, DialogueError, NexusError, OSError) as exc:
            # The system gives none, or has no room for one: one container for each, which is slower and as safe.
            log.info("No template of kernels could be started: %s", exc)
            self._retry_at = monotonic() + RETRY_S
            await self._give_up(template)

    async def take_back(self, kernel: ForkedKernel) -> None:
        """Clean up after a kernel, beside whatever comes next."""
        self._cleaning += 1
        self._begin(self._recycle(kernel))

    async def _recycle(self, kernel: ForkedKernel) -> None:
        template = kernel.template
        try:
            is_clean = (await template.ask("clean"))["clean"] is True
            shutil.rmtree(kernel.place, ignore_errors=True)
            if is_clean and template.uses < MAX_USES and not self._is_closed:
                kernel = await template.fork()
                self._ready.append(kernel)
                self._keep()
                return
        except (TemplateLostError, OSError) as exc:
            log.info("A template of kernels is given up: %s", exc)
        finally:
            self._cleaning -= 1
        await self._give_up(template)

    async def _give_up(self, template: Template | None) -> None:
        self._templates -= 1
        if template is not None:
            await template.close()

    def _expire(self) -> None:
        while self._ready:
            kernel = self._ready.pop()
            kernel.disconnect()
            self._begin(self._give_up(kernel.template))

    async def image(self) -> str:
        """Return the image's digest."""
        return await self._base.image()

    async def close(self) -> None:
        """Remove every container."""
        self._is_closed = True
        if self._expiry is not None:
            self._expiry.cancel()
        self._expire()
        while self._work:
            await asyncio.gather(*self._work)
            self._expire()
        await self._alone.close()
