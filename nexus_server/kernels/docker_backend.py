"""Sandboxes as Docker containers on this machine. Only this module and `docker_container` know the Docker SDK."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import docker
import docker.errors
import docker.utils
import requests

from nexus_server.kernels.container_config import container_config
from nexus_server.kernels.docker_container import Container
from nexus_server.kernels.engine import RETRY_AFTER_S, EngineState, run_in_daemon_thread
from nexus_server.kernels.errors import EngineUnavailableError, ImageMissingError, KernelStartError
from nexus_server.kernels.mapped_users import UserMap
from nexus_server.kernels.sandbox import SandboxInfo, SandboxSpec
from nexus_server.kernels.seccomp import seccomp_profile

T = TypeVar("T")

#: every container of this product carries this label; its value is the kernel's id
KERNEL_LABEL = "nexus.kernel"
#: threads that wait for the engine at the same time
ENGINE_THREADS = 16
ENGINE_TIMEOUT_S = 60


class DockerBackend:
    """A Docker engine, reached over its socket from a few threads."""

    def __init__(
        self, url: str = "", *, runtime: str = "", own_seccomp: bool = False, user_map: UserMap | None = None
    ) -> None:
        """Connect lazily; empty `url` means DOCKER_HOST or the local socket. The engine must use a `user_map` given.

        With `own_seccomp` containers get our list of system calls instead of the engine's.
        """
        self._url = url
        self._runtime = runtime
        self._own_seccomp = own_seccomp
        self._user_map = user_map
        self._threads = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="docker")
        self.state = EngineState()
        #: the stream of events that `follow` reads
        self._events: Any = None

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
            raise EngineUnavailableError(
                f"The container engine does not answer: {exc}", retry_after_s=RETRY_AFTER_S
            ) from exc

    async def _ask(self, function: Callable[[Any], T]) -> T:
        """Like `call`, for questions that an engine refuses only when it is in trouble itself, as while it ends."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._insisting, function)

    def _insisting(self, function: Callable[[Any], T]) -> T:
        try:
            return self._guarded(function)
        except docker.errors.APIError as exc:
            raise EngineUnavailableError(f"The container engine is in trouble: {exc.explanation or exc}") from exc

    async def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return when its event stream ends.

        Raises:
            EngineUnavailableError: it does not answer.
        """
        loop = asyncio.get_running_loop()

        def read(api: Any) -> None:
            api.ping()  # an engine that starts accepts connections before it answers
            self._events = api.events(filters={"label": KERNEL_LABEL, "event": "oom"})
            loop.call_soon_threadsafe(opened)
            for _ in self._events:
                pass

        await run_in_daemon_thread(lambda: self._insisting(read))

    def stop_following(self) -> None:
        """End `follow` from outside."""
        if self._events is not None:
            with suppress(OSError, AttributeError):  # the SDK closes a socket that may be closed already
                self._events.close()

    async def start(self, spec: SandboxSpec) -> Container:
        """Create and start a container.

        Raises:
            EngineUnavailableError, ImageMissingError, KernelStartError: with the reason.
        """
        seccomp = seccomp_profile(changes_users=spec.is_template) if self._own_seccomp else ""
        config = container_config(spec, runtime=self._runtime, seccomp=seccomp)
        starting = asyncio.ensure_future(self.call(lambda api: self._start(api, config)))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await self._undo_start(starting)
            raise
        except docker.errors.ImageNotFound as exc:
            raise ImageMissingError(image=spec.image) from exc
        except docker.errors.APIError as exc:
            raise KernelStartError(f"The container did not start: {exc.explanation or exc}") from exc

    async def _undo_start(self, starting: "asyncio.Future[Container]") -> None:
        """Remove what a thread goes on to start although nobody waits for it any more."""
        await asyncio.wait({starting})
        if starting.exception() is None:
            with suppress(EngineUnavailableError):  # the reaper comes later
                await starting.result().remove()

    def _start(self, api: Any, config: dict[str, Any]) -> Container:
        if self._user_map is not None and not self._user_map.is_used_by(api.info()):
            raise KernelStartError("`userns_remap` is set, but the engine does not map the users of containers so.")
        container_id: str = api.create_container_from_config(config)["Id"]
        with ExitStack() as undo:
            undo.callback(api.remove_container, container_id, force=True, v=True)
            api.start(container_id)
            container = self._attach(api.inspect_container(container_id))
            undo.pop_all()
        return container

    def _attach(self, state: dict[str, Any]) -> Container:
        return Container(self, state["Id"], state["State"]["Pid"])

    async def find(self, sandbox_id: str) -> Container | None:
        """Return a running container, whoever started it."""
        try:
            state = await self.call(lambda api: api.inspect_container(sandbox_id))
        except docker.errors.NotFound:
            return None
        return self._attach(state) if state["State"]["Running"] else None

    async def list(self) -> list[SandboxInfo]:
        """Every container of this product, running or not."""
        found = await self._ask(lambda api: api.containers(all=True, filters={"label": KERNEL_LABEL}))
        return [
            SandboxInfo(item["Id"], item["Labels"][KERNEL_LABEL], item["Labels"], item["State"] == "running")
            for item in found
        ]

    async def remove(self, sandbox_id: str) -> None:
        """End and delete a container, and return when it is gone, whoever removes it.

        Raises:
            EngineUnavailableError: the engine does not answer; the container is left.
        """

        def remove(api: Any) -> None:
            try:
                api.remove_container(sandbox_id, force=True, v=True)
            except docker.errors.NotFound:
                return
            except docker.errors.APIError as exc:
                if exc.status_code != HTTPStatus.CONFLICT:
                    raise
                with suppress(docker.errors.NotFound):  # somebody else removes it already
                    api.wait(sandbox_id, condition="removed")

        await self._ask(remove)

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
