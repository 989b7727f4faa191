"""What is asked of a container engine, call by call. Every call blocks; `docker/backend.py` makes them from threads."""

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.sandbox import SandboxInfo, SandboxSpec

#: every container of this product carries this label; its value is the kernel's id
KERNEL_LABEL = "nexus.kernel"


@dataclass(frozen=True, slots=True)
class ContainerState:
    """One container, as the engine sees it at this moment."""

    id: str
    #: the host's number of its first process; 0 when it has ended
    pid: int
    is_running: bool
    #: as a shell shows it; means nothing while it runs
    exit_code: int
    #: whether the engine noticed that memory lacked; it may miss that
    oom_killed: bool
    #: whether all its processes stand still
    is_paused: bool = False


class ContainerEngine(Protocol):
    """An engine on this machine. Every call may raise EngineUnavailableError."""

    def start(self, spec: SandboxSpec) -> ContainerState:
        """Create and start a container; nothing is left when it does not start.

        Raises:
            ImageMissingError, KernelStartError: with the reason.
        """
        ...

    def inspect(self, container_id: str) -> ContainerState | None:
        """Return its state; None when there is no such container."""
        ...

    def list(self) -> builtins.list[SandboxInfo]:
        """Every container of this product, running or not."""
        ...

    def signal(self, container_id: str, signum: int) -> None:
        """Send its first process a signal; nothing happens when it has ended."""
        ...

    def resize(self, container_id: str, limits: KernelLimits) -> None:
        """Set memory and CPU.

        Raises:
            KernelStartError: they could not be set, or it has ended.
        """
        ...

    def pause(self, container_id: str) -> None:
        """Let all its processes stand still; nothing happens when they do so already, or have ended.

        Whatever signal it is sent then lets them go on.
        """
        ...

    def resume(self, container_id: str) -> None:
        """Let them go on; nothing happens when they do, or have ended."""
        ...

    def remove(self, container_id: str) -> None:
        """End and delete it, and return when it is gone, whoever removes it."""
        ...

    def image_id(self, reference: str) -> str:
        """The content hash of an image.

        Raises:
            ImageMissingError: the engine has no such image.
        """
        ...

    def info(self) -> dict[str, Any]:
        """What the engine says about itself."""
        ...

    def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return when its event stream ends."""
        ...

    def stop_following(self) -> None:
        """End `follow` from another thread."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
