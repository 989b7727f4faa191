"""The seam between kernels and whatever isolates them.

`SandboxBackend` starts sandboxes and finds those that exist; `Sandbox` is one of them. `docker/backend.py` is the only
implementation: one container per kernel on this machine. A back end for a cluster implements the same two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nexus_server.kernels.limits import KernelLimits

#: CPU weight of a learner's kernel, and of one that starts in the background
FULL_WEIGHT = 1024
LOW_WEIGHT = 64
#: where an image expects things: its sockets, and the learner's files
CONNECTION_DIR = "/run/kernel"
HOME_DIR = "/home/learner"
WORK_DIR = f"{HOME_DIR}/work"


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """What the caller of ``start_kernel(sandbox=SandboxRequest(...))`` wants; the default is a kernel with no files.

    Jupyter hands the argument through to the provisioner and keeps it for restarts.
    """

    #: host directory that the kernel sees as its working directory; None: an empty directory in memory
    workspace: Path | None = None
    #: where to start, relative to the workspace
    cwd: str = ""
    #: more (or less) than the site's default, up to the site's limit
    memory_mb: int | None = None
    cpu_share: float | None = None
    #: the only variables of the caller that reach the kernel
    env: Mapping[str, str] = field(default_factory=dict)
    #: shown to administrators; never decides anything
    owner: str = ""
    #: whether a kernel of the warm pool may be handed out
    pooled: bool = True
    #: whether the kernel is kept for the next server when this one is killed
    outlives_server: bool = True
    #: whether it starts as the container's root, with the right to become the kernels' user: a template of kernels, in
    #: which only our own code runs
    is_template: bool = False


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """Everything that a back end needs to start one sandbox."""

    kernel_id: str
    image: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    limits: KernelLimits
    #: host directory with the connection file, where the kernel makes its sockets
    connection_dir: Path
    #: host directory seen as the working directory; None: an empty directory in memory
    workspace: Path | None
    #: whether `workspace` is a slot into which the learner's files are mounted later
    is_slot: bool
    #: user and group of the kernel's processes
    uid: int
    gid: int
    #: CPUs until `Sandbox.resize` is called
    start_cpu_share: float
    #: weight against other containers until then; `FULL_WEIGHT` is everybody's later
    start_weight: int
    labels: Mapping[str, str]
    #: whether its first program is the container's root, and may become the user above; see `SandboxRequest`
    is_template: bool = False

    @property
    def starts_at_limits(self) -> bool:
        """Whether it is under its limits from the start, so that nothing is to be set later."""
        return self.start_cpu_share <= self.limits.cpu_share and self.start_weight == FULL_WEIGHT


@dataclass(frozen=True, slots=True)
class Exit:
    """How a sandbox ended."""

    #: as a shell shows it: 137 is SIGKILL
    code: int
    #: whether something in the sandbox was killed for want of memory; None: nobody saw
    oom_killed: bool | None = None
    #: whether the engine itself did not answer
    engine_gone: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """Counts since the sandbox started; they never go down."""

    #: forks and threads that were refused
    processes: int = 0
    #: processes that were killed for want of memory
    memory: int = 0


@dataclass(frozen=True, slots=True)
class ThreadTimes:
    """What one thread had of the processor, and went without, in seconds."""

    ran_s: float = 0.0
    #: ready to run, while something else ran or its cgroup was over its quota
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CpuUse:
    """What a sandbox had of the processor since it started; it never goes down."""

    #: CPU-seconds of all its threads together, of those that ended too
    used_s: float
    #: its living threads, by their ids
    threads: Mapping[int, ThreadTimes]

    def wait_for_others_s(self, before: "CpuUse", cpu_share: float) -> float:
        """Return how long a thread has waited since `before` that had to wait for nobody of its own sandbox.

        While a sandbox's own threads ran, and while it was over its share of `cpu_share` CPUs, waiting was its own
        doing. What is returned is the least that is sure, in seconds.
        """
        used_s = self.used_s - before.used_s
        none = ThreadTimes()
        waits = [
            (now.waited_s - then.waited_s) - (used_s - (now.ran_s - then.ran_s))
            for thread, now in self.threads.items()
            if (then := before.threads.get(thread, none))
        ]
        over_its_share_s = used_s * max(1 / cpu_share - 1, 0.0)
        return max(max(waits, default=0.0) - over_its_share_s, 0.0)


@dataclass(frozen=True, slots=True)
class SandboxInfo:
    """One sandbox as found by `SandboxBackend.list`."""

    id: str
    kernel_id: str
    labels: Mapping[str, str]
    is_running: bool


class Sandbox(Protocol):
    """One isolated kernel process. Owned by whoever started or found it, who calls `remove` or `let_go`."""

    @property
    def id(self) -> str:
        """The back end's name of it, good for `SandboxBackend.find`."""
        ...

    async def poll(self) -> Exit | None:
        """Return how it ended, or None while it runs. Cheap: called several times a second."""
        ...

    def hits(self) -> Hits | None:
        """Return how often it ran into limits that did not end it; None: that cannot be seen from here. Cheap."""
        ...

    def memory_mb(self) -> float | None:
        """Return the memory that it is charged now, in MiB; None: that cannot be seen from here. Cheap."""
        ...

    def peak_mb(self) -> float | None:
        """Return the most memory that it was charged so far, in MiB; None: that cannot be seen from here. Cheap."""
        ...

    def cpu_use(self) -> CpuUse | None:
        """Return what it had of the processor so far; None: that cannot be seen from here. Cheap."""
        ...

    async def signal(self, signum: int) -> None:
        """Send a signal to the kernel process; nothing happens when it has ended."""
        ...

    async def freeze(self) -> None:
        """Let all its processes stand still, with what they know, until `thaw` or the end."""
        ...

    async def thaw(self) -> None:
        """Let them go on; nothing happens where they do."""
        ...

    async def resize(self, limits: KernelLimits) -> None:
        """Change memory and CPU while it runs."""
        ...

    def let_go(self) -> None:
        """Stop watching it, and leave it as it is. May be called twice."""
        ...

    async def remove(self) -> None:
        """End it if need be and leave nothing behind. May be called twice."""
        ...


class SandboxBackend(Protocol):
    """What starts and finds sandboxes."""

    async def start(self, spec: SandboxSpec) -> Sandbox:
        """Start a sandbox; returns when its process runs, not when the kernel answers.

        Raises:
            EngineUnavailableError, ImageMissingError, KernelStartError: with the reason.
        """
        ...

    async def find(self, sandbox_id: str) -> Sandbox | None:
        """Return a running sandbox that some process started, or None."""
        ...

    async def list(self) -> list[SandboxInfo]:
        """Every sandbox of this product on the engine, whoever owns it."""
        ...
