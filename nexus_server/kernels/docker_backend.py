"""Sandboxes as Docker containers on this machine: the only importer of the Docker SDK."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from typing import Any, TypeVar

import docker
import docker.errors
import docker.utils
import requests

from nexus_server.kernels.container_config import container_config
from nexus_server.kernels.errors import EngineUnavailableError, ImageMissingError, KernelStartError
from nexus_server.kernels.limits import CPU_PERIOD_US, Limits
from nexus_server.kernels.pidfd import WatchedProcess
from nexus_server.kernels.sandbox import FULL_WEIGHT, Exit, SandboxInfo, SandboxSpec

T = TypeVar("T")

#: every container of this product carries this label; its value is the kernel's id
KERNEL_LABEL = "nexus.kernel"
#: threads that wait for the engine at the same time
ENGINE_THREADS = 16
ENGINE_TIMEOUT_S = 60
#: how long the engine may take to notice that a process has ended, in seconds
NOTICE_TIMEOUT_S = 5.0
#: how often the engine is asked when the process cannot be watched directly, in seconds
ASK_INTERVAL_S = 1.0


class DockerBackend:
    """A Docker engine, reached over its socket from a few threads."""

    def __init__(
        self, url: str = "", *, runtime: str = "", seccomp: str = "", needs_mapped_users: bool = False
    ) -> None:
        """Connect lazily; empty `url` means DOCKER_HOST or the local socket."""
        self._url = url
        self._runtime = runtime
        self._seccomp = seccomp
        self._needs_mapped_users = needs_mapped_users
        self._threads = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="docker")

    @cached_property
    def api(self) -> Any:
        """The SDK's low-level client; built on first use because it asks the engine for its version."""
        options: dict[str, Any] = {"version": "auto", "timeout": ENGINE_TIMEOUT_S, "num_pools": ENGINE_THREADS}
        if self._url:
            return docker.APIClient(base_url=self._url, **options)
        environment = docker.utils.kwargs_from_env()
        return docker.APIClient(**environment, **options)

    async def call(self, function: Callable[[Any], T]) -> T:
        """Run `function(api)` in a thread.

        Raises:
            EngineUnavailableError: the engine does not answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._guarded, function)

    def _guarded(self, function: Callable[[Any], T]) -> T:
        try:
            return function(self.api)
        except docker.errors.APIError:
            raise
        except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as exc:
            raise EngineUnavailableError(f"The container engine does not answer: {exc}") from exc

    async def start(self, spec: SandboxSpec) -> "Container":
        """Create and start a container.

        Raises:
            EngineUnavailableError, ImageMissingError, KernelStartError: with the reason.
        """
        config = container_config(spec, runtime=self._runtime, seccomp=self._seccomp)
        try:
            return await self.call(lambda api: self._start(api, config))
        except docker.errors.ImageNotFound as exc:
            raise ImageMissingError(image=spec.image) from exc
        except docker.errors.APIError as exc:
            raise KernelStartError(f"The container did not start: {exc.explanation or exc}") from exc

    def _start(self, api: Any, config: dict[str, Any]) -> "Container":
        if self._needs_mapped_users and not maps_users(api.info()):
            raise KernelStartError("`userns_remap` is set, but the engine does not map the users of containers.")
        container_id: str = api.create_container_from_config(config)["Id"]
        with ExitStack() as undo:
            undo.callback(api.remove_container, container_id, force=True, v=True)
            api.start(container_id)
            container = self._attach(api.inspect_container(container_id))
            undo.pop_all()
        return container

    def _attach(self, state: dict[str, Any]) -> "Container":
        return Container(self, state["Id"], state["State"]["Pid"])

    async def find(self, sandbox_id: str) -> "Container | None":
        """Return a running container, whoever started it."""
        try:
            state = await self.call(lambda api: api.inspect_container(sandbox_id))
        except docker.errors.NotFound:
            return None
        return self._attach(state) if state["State"]["Running"] else None

    async def list(self) -> list[SandboxInfo]:
        """Every container of this product, running or not."""
        found = await self.call(lambda api: api.containers(all=True, filters={"label": KERNEL_LABEL}))
        return [
            SandboxInfo(item["Id"], item["Labels"][KERNEL_LABEL], item["Labels"], item["State"] == "running")
            for item in found
        ]

    async def remove(self, sandbox_id: str) -> None:
        """End and delete a container; nothing happens when it is gone or going."""
        try:
            await self.call(lambda api: api.remove_container(sandbox_id, force=True, v=True))
        except docker.errors.APIError as exc:
            if exc.status_code not in {404, 409}:
                raise

    async def image_id(self, reference: str) -> str:
        """The content hash of an image.

        Raises:
            ImageMissingError: the engine has no such image.
        """
        try:
            return str((await self.call(lambda api: api.inspect_image(reference)))["Id"])
        except docker.errors.ImageNotFound as exc:
            raise ImageMissingError(image=reference) from exc

    async def info(self) -> dict[str, Any]:
        """What the engine says about itself."""
        return dict(await self.call(lambda api: api.info()))

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if "api" in self.__dict__:
            self.api.close()


def maps_users(info: Mapping[str, Any]) -> bool:
    """Whether an engine, by its own description, runs with --userns-remap."""
    return any("name=userns" in option for option in info.get("SecurityOptions") or [])


class Container:
    """One running container."""

    def __init__(self, backend: DockerBackend, container_id: str, pid: int) -> None:
        """Watch the container's first process where it can be seen, else ask the engine now and then."""
        self._backend = backend
        self._id = container_id
        self._exit: Exit | None = None
        self._asked_at = 0.0
        try:
            self.process: WatchedProcess | None = WatchedProcess(pid, container_id)
        except OSError:
            self.process = None

    @property
    def id(self) -> str:
        """The container's id."""
        return self._id

    async def poll(self) -> Exit | None:
        """Return how it ended, or None while it runs."""
        if self._exit is None and self._may_have_ended():
            self._exit = await self._read_exit()
        return self._exit

    def _may_have_ended(self) -> bool:
        if self.process is not None:
            return self.process.has_ended()
        now = time.monotonic()
        if now - self._asked_at < ASK_INTERVAL_S:
            return False
        self._asked_at = now
        return True

    async def _read_exit(self) -> Exit | None:
        """Ask the engine, which may notice the end of a process a little later than we do."""
        deadline = time.monotonic() + NOTICE_TIMEOUT_S
        while True:
            try:
                inspected = await self._backend.call(lambda api: api.inspect_container(self._id))
            except docker.errors.NotFound:
                return Exit(code=128 + signal.SIGKILL)
            except (docker.errors.APIError, EngineUnavailableError):
                return Exit(code=128 + signal.SIGKILL, engine_gone=True) if self._is_surely_gone() else None
            state = inspected["State"]
            if not state["Running"]:
                return Exit(code=state["ExitCode"], oom_killed=state["OOMKilled"])
            if not self._is_surely_gone():
                return None
            if time.monotonic() > deadline:
                return Exit(code=128 + signal.SIGKILL)
            await asyncio.sleep(0.02)

    def _is_surely_gone(self) -> bool:
        return self.process is not None and self.process.has_ended()

    async def signal(self, signum: int) -> None:
        """Send a signal to the kernel, through the container's init."""
        try:
            await self._backend.call(lambda api: api.kill(self._id, int(signum)))
        except docker.errors.APIError as exc:
            if exc.status_code not in {404, 409}:
                raise

    async def resize(self, limits: Limits) -> None:
        """Set memory and CPU."""
        await self._update(
            mem_limit=limits.memory_bytes,
            memswap_limit=limits.memory_bytes,
            cpu_period=CPU_PERIOD_US,
            cpu_quota=limits.cpu_quota_us,
            cpu_shares=FULL_WEIGHT,
        )

    async def _update(self, **values: int) -> None:
        try:
            await self._backend.call(lambda api: api.update_container(self._id, **values))
        except docker.errors.APIError as exc:
            if exc.status_code not in {404, 409}:
                raise KernelStartError(f"The kernel's limits could not be set: {exc.explanation or exc}") from exc
            raise KernelStartError("The kernel ended while it was starting.") from exc

    async def remove(self) -> None:
        """End and delete the container."""
        await self._backend.remove(self._id)
        if self.process is not None:
            self.process.close()
