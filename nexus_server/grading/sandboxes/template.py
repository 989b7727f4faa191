"""A container from which kernels are forked, one at a time, and the kernel that is forked from it.

A template is a sandbox container like any other, in which `remote/zygote.py` runs as the container's root; the kernels
are another user's.
"""

import asyncio
import contextlib
import json
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from nexus_server.grading.remote.install import zygote_code
from nexus_server.grading.sandboxes.fresh import START_ERRORS, ManagedKernel
from nexus_server.grading.sandboxes.stdin_dialogue import StdinDialogue
from nexus_server.kernels import runtime
from nexus_server.kernels.connection import PORTS
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.sandbox import CONNECTION_DIR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nexus_server.kernels.sandbox import CpuUse, Exit, Sandbox
    from nexus_server.kernels.wire import Wire

#: seconds that a template may take for any command
PATIENCE_S = 10.0
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

    async def find_exit(self) -> "Exit | None":
        """Return how its container ended; None while it runs."""
        return await self._sandbox.poll()

    def cpu_use(self) -> "CpuUse | None":
        """Return what its container had of the processor so far."""
        return self._sandbox.cpu_use()

    async def start(self) -> None:
        """Turn the kernel into a template.

        Raises:
            TemplateLostError: it does not answer.
        """
        place = self._make_place("z")
        await self._lend(place)
        StdinDialogue(self._base, zygote_code(f"{CONNECTION_DIR}/z/s"))
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
        await call_host(launcher.dirs.lend, place, launcher.host_uid, launcher.host_gid)

    async def _take_back(self, place: Path) -> None:
        await call_host(runtime.current().launcher.dirs.take_back, place)

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
                if (await self.ask("alive")).get("alive") is not True:
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
        # It is carried through, whoever gives up waiting: the next command would read its answer.
        exchange = asyncio.create_task(self._exchange({"do": what, **arguments}), name="grading-template-command")
        exchange.add_done_callback(_look_at_end)
        return await asyncio.shield(exchange)

    async def _exchange(self, command: dict[str, Any]) -> dict[str, Any]:
        if self._writer is None:
            raise TemplateLostError("It was closed.")
        async with self._lock, _patience():
            try:
                self._writer.write(json.dumps(command).encode() + b"\n")
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
        try:
            self._close_front()
            if self._writer is not None:
                writer, self._writer = self._writer, None
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        finally:
            await self._base.close()


def _look_at_end(exchange: "asyncio.Task[dict[str, Any]]") -> None:
    """Take note of an error that nobody waits for any more."""
    if not exchange.cancelled():
        exchange.exception()


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
            return (await self._template.ask("alive")).get("alive") is True
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
    #: where it goes when it is closed; None until somebody has it
    take_back: "Callable[[ForkedKernel], Awaitable[None]] | None" = None

    def __post_init__(self) -> None:
        """Let the client ask the template about life and death."""
        self.km = _ForkedManager(self.template)
        self.kc.is_alive = self.km.is_alive

    async def connect(self) -> None:
        """Open the channels and wait for the first answer.

        Raises:
            TemplateLostError: there is none.
        """
        try:
            self.kc.start_channels(hb=False)
            self.kc.hb_channel.is_beating = lambda: True
            await self.kc.wait_for_ready(timeout=READY_S)
        except START_ERRORS as exc:
            self.disconnect()
            raise TemplateLostError(str(exc)) from exc
        except (Exception, asyncio.CancelledError):
            self.disconnect()
            raise

    async def find_exit(self) -> "Exit | None":
        """Return how its container ended; None while that runs: then the kernel ended by itself."""
        return await self.template.find_exit()

    def cpu_use(self) -> "CpuUse | None":
        """Return what its container had of the processor: it shares it with the template alone, which sleeps."""
        return self.template.cpu_use()

    def disconnect(self) -> None:
        """Close the channels with everything that belongs to them."""
        self.kc.stop_channels()
        self.kc.context.destroy(linger=0)

    async def close(self) -> None:
        """End the kernel; its container is cleaned for the next one, or removed."""
        if self.take_back is None:
            return
        take_back, self.take_back = self.take_back, None
        self.disconnect()
        await take_back(self)
