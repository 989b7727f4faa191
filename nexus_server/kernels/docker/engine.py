"""Docker as a `ContainerEngine`. Only this module knows the Docker SDK, and only its caller needs Docker's socket."""

import builtins
import signal
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import docker
import docker.errors
import docker.utils
import requests

from nexus_server.kernels.docker.config import container_config
from nexus_server.kernels.docker.container_engine import KERNEL_LABEL, ContainerState
from nexus_server.kernels.docker.engine_watch import RETRY_AFTER_S
from nexus_server.kernels.docker.pidfd import WatchedProcess
from nexus_server.kernels.docker.seccomp import seccomp_profile
from nexus_server.kernels.docker.user_map import UserMap
from nexus_server.kernels.errors import EngineUnavailableError, ImageMissingError, KernelStartError
from nexus_server.kernels.limits import CPU_PERIOD_US, KernelLimits
from nexus_server.kernels.sandbox import FULL_WEIGHT, SandboxInfo, SandboxSpec

T = TypeVar("T")

#: connections that are kept open, as many as threads wait for the engine at the same time
ENGINE_THREADS = 16
ENGINE_TIMEOUT_S = 60
#: states of a container whose processes live
RUNNING = frozenset({"running", "paused"})
#: what the engine says of a container that has ended, is gone, or stands still or goes on already
ENDED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


class DockerEngine:
    """A Docker engine, reached over its socket."""

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
        #: the stream of events that `follow` reads
        self._events: Any = None

    @cached_property
    def _api(self) -> Any:
        """The SDK's low-level client; built on first use because it asks the engine for its version."""
        options: dict[str, Any] = {"version": "auto", "timeout": ENGINE_TIMEOUT_S, "num_pools": ENGINE_THREADS}
        if self._url:
            return docker.APIClient(base_url=self._url, **options)
        environment = docker.utils.kwargs_from_env()
        return docker.APIClient(**environment, **options)

    def _call(self, function: Callable[[Any], T]) -> T:
        """Run `function(api)`; what the engine refuses is left to the caller.

        Raises:
            EngineUnavailableError: the engine does not answer.
        """
        try:
            return function(self._api)
        except docker.errors.APIError:
            raise
        except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as exc:
            raise EngineUnavailableError(
                f"The container engine does not answer: {exc}", retry_after_s=RETRY_AFTER_S
            ) from exc

    def _ask(self, function: Callable[[Any], T]) -> T:
        """Like `_call`, for questions that an engine refuses only when it is in trouble itself, as while it ends."""
        try:
            return self._call(function)
        except docker.errors.APIError as exc:
            raise EngineUnavailableError(f"The container engine is in trouble: {exc.explanation or exc}") from exc

    def start(self, spec: SandboxSpec) -> ContainerState:
        """Create and start a container; nothing is left when it does not start."""
        seccomp = seccomp_profile(changes_users=spec.is_template) if self._own_seccomp else ""
        config = container_config(spec, runtime=self._runtime, seccomp=seccomp)
        try:
            return self._call(lambda api: self._start(api, config))
        except docker.errors.ImageNotFound as exc:
            raise ImageMissingError(image=spec.image) from exc
        except docker.errors.APIError as exc:
            raise KernelStartError(f"The container did not start: {exc.explanation or exc}") from exc

    def _start(self, api: Any, config: dict[str, Any]) -> ContainerState:
        if self._user_map is not None and not self._user_map.is_used_by(api.info()):
            raise KernelStartError("`userns_remap` is set, but the engine does not map the users of containers so.")
        container_id: str = api.create_container_from_config(config)["Id"]
        with ExitStack() as undo:
            undo.callback(api.remove_container, container_id, force=True, v=True)
            api.start(container_id)
            state = _state(api.inspect_container(container_id))
            undo.pop_all()
        return state

    def inspect(self, container_id: str) -> ContainerState | None:
        """Return its state; None when there is no such container."""

        def look(api: Any) -> ContainerState | None:
            try:
                return _state(api.inspect_container(container_id))
            except docker.errors.NotFound:
                return None

        return self._ask(look)

    def list(self) -> builtins.list[SandboxInfo]:
        """Every container of this product, running or not."""
        found = self._ask(lambda api: api.containers(all=True, filters={"label": KERNEL_LABEL}))
        return [
            SandboxInfo(item["Id"], item["Labels"][KERNEL_LABEL], item["Labels"], item["State"] in RUNNING)
            for item in found
        ]

    def signal(self, container_id: str, signum: int) -> None:
        """Send its first process a signal; nothing happens when it has ended."""
        if signum == signal.SIGKILL:
            self._call(lambda api: end_standing(api, container_id))
        self._unless_ended(lambda api: api.kill(container_id, int(signum)))

    def pause(self, container_id: str) -> None:
        """Let all its processes stand still; a signal lets them go on."""
        self._unless_ended(lambda api: api.pause(container_id))

    def resume(self, container_id: str) -> None:
        """Let them go on."""

        def unpause(api: Any) -> None:
            try:
                api.unpause(container_id)
            except docker.errors.APIError:
                # The engine calls it its own fault (500) that a container goes on already, or has ended.
                if not api.inspect_container(container_id)["State"]["Paused"]:
                    return
                raise

        self._unless_ended(unpause)

    def _unless_ended(self, function: Callable[[Any], None]) -> None:
        def act(api: Any) -> None:
            try:
                function(api)
            except docker.errors.APIError as exc:
                if exc.status_code not in ENDED:
                    raise

        self._ask(act)

    def resize(self, container_id: str, limits: KernelLimits) -> None:
        """Set memory and CPU."""
        values = {
            "mem_limit": limits.memory_bytes,
            "memswap_limit": limits.memory_bytes,
            "cpu_period": CPU_PERIOD_US,
            "cpu_quota": limits.cpu_quota_us,
            "cpu_shares": FULL_WEIGHT,
        }
        try:
            self._call(lambda api: api.update_container(container_id, **values))
        except docker.errors.APIError as exc:
            if exc.status_code in ENDED:
                raise KernelStartError("The kernel ended while it was starting.") from exc
            raise KernelStartError(f"The kernel's limits could not be set: {exc.explanation or exc}") from exc

    def remove(self, container_id: str) -> None:
        """End and delete it, and return when it is gone, whoever removes it."""

        def remove(api: Any) -> None:
            end_standing(api, container_id)
            try:
                api.remove_container(container_id, force=True, v=True)
            except docker.errors.NotFound:
                return
            except docker.errors.APIError as exc:
                if exc.status_code != HTTPStatus.CONFLICT:
                    raise
                with suppress(docker.errors.NotFound):  # somebody else removes it already
                    api.wait(container_id, condition="removed")

        self._ask(remove)

    def image_id(self, reference: str) -> str:
        """The content hash of an image."""

        def look(api: Any) -> str:
            try:
                return str(api.inspect_image(reference)["Id"])
            except docker.errors.ImageNotFound as exc:
                raise ImageMissingError(image=reference) from exc

        return self._ask(look)

    def info(self) -> dict[str, Any]:
        """What the engine says about itself."""
        return dict(self._ask(lambda api: api.info()))

    def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return when its event stream ends."""

        def read(api: Any) -> None:
            api.ping()  # an engine that starts accepts connections before it answers
            self._events = api.events(filters={"label": KERNEL_LABEL, "event": "oom"})
            opened()
            for _ in self._events:
                pass

        self._ask(read)

    def stop_following(self) -> None:
        """End `follow` from another thread."""
        if self._events is not None:
            with suppress(OSError, AttributeError):  # the SDK closes a socket that may be closed already
                self._events.close()

    def close(self) -> None:
        """Let go of connections."""
        if "_api" in self.__dict__:
            self._api.close()


def end_standing(api: Any, container_id: str) -> None:
    """Kill every process of a container that stands still.

    The engine kills the first one alone, and lets the others go on until it has ended: they would do something more.
    """
    with suppress(docker.errors.APIError):  # it has ended
        if api.inspect_container(container_id)["State"]["Paused"]:
            for (pid,) in api.top(container_id, ps_args="-eo pid")["Processes"]:
                with suppress(OSError), closing(WatchedProcess(int(pid), container_id)) as process:
                    process.send(signal.SIGKILL)


def _state(inspected: dict[str, Any]) -> ContainerState:
    state = inspected["State"]
    return ContainerState(
        inspected["Id"],
        state["Pid"],
        bool(state["Running"]),
        state["ExitCode"],
        bool(state["OOMKilled"]),
        bool(state["Paused"]),
    )
