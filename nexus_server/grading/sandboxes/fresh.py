"""Kernels to grade in: started, watched and ended. Which container they live in is the kernel spec's business."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from zmq import ZMQError

from nexus_server.errors import NexusError
from nexus_server.kernels import runtime
from nexus_server.kernels.clean_start import CleanStart
from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.kernels.provisioner import SandboxProvisioner
from nexus_server.kernels.sandbox import CpuUse, Exit, SandboxRequest
from nexus_server.kernels.shipped_images import build_advice
from nexus_server.kernels.specs import image_of, is_product
from nexus_server.notebook_format.errors import EngineLostError, SandboxUnavailableError
from nexus_server.tasks import once

#: what keeps a kernel from starting, or from answering
START_ERRORS = (NexusError, OSError, RuntimeError, ZMQError)
#: seconds that an interrupted kernel may take to come back before it is killed
GRACE_S = 2.0
#: what cells find in the environment, as under nbgrader; courses ask for it
ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde"}


class SandboxKernel(Protocol):
    """One fresh kernel, alone in its sandbox."""

    #: what nbclient needs of a manager: `is_alive`, `interrupt_kernel`, `shutdown_kernel`
    km: Any
    #: a connected asynchronous client
    kc: Any

    async def find_exit(self) -> Exit | None:
        """Return how its sandbox ended; None while that runs, or where there is none. To be asked before `close`."""
        ...

    def cpu_use(self) -> CpuUse | None:
        """Return what its sandbox had of the processor so far; None where that cannot be seen."""
        ...

    async def close(self) -> None:
        """End the kernel and everything it started. May be called twice."""
        ...


class Sandboxes(Protocol):
    """Where fresh kernels come from."""

    async def open(self) -> SandboxKernel:
        """Give a kernel in which nobody's code ran yet; the caller closes it.

        Raises:
            SandboxUnavailableError: no kernel could be started.
        """
        ...

    async def image(self) -> str:
        """Name what the kernels run in, for the provenance: an image's digest where there is one."""
        ...

    async def close(self) -> None:
        """End what is kept warm."""
        ...


@dataclass(slots=True)
class ManagedKernel:
    """A kernel with a kernel manager of its own."""

    km: Any
    kc: Any
    is_closed: bool = False

    async def find_exit(self) -> Exit | None:
        """Return how its container ended; None while it runs, and for kernels outside of the sandbox."""
        provisioner = self.km.provisioner
        if not isinstance(provisioner, SandboxProvisioner):
            return None
        await provisioner.poll()
        return provisioner.exit

    def cpu_use(self) -> CpuUse | None:
        """Return what its container had of the processor; None for kernels outside of the sandbox."""
        provisioner = self.km.provisioner
        is_running = isinstance(provisioner, SandboxProvisioner) and provisioner.has_process
        return provisioner.kernel.sandbox.cpu_use() if is_running else None

    async def close(self) -> None:
        """Kill the kernel and free its resources."""
        if self.is_closed:
            return
        self.is_closed = True
        # Beside whoever closes it, who may be cancelled meanwhile.
        await asyncio.shield(once("kernel-close", self._end))

    async def _end(self) -> None:
        try:
            self.kc.stop_channels()
        finally:
            await self.km.shutdown_kernel(now=True)


@dataclass(frozen=True, slots=True)
class FreshSandboxes:
    """Starts one kernel, in one container of its own, for every request."""

    kernel_name: str
    startup_timeout_s: float = 60.0
    #: limits of each container; None is the site's default
    memory_mb: int | None = None
    cpu_share: float | None = None
    #: whether each is to become a template of kernels, in which no learner's code runs
    is_template: bool = False

    async def open(self) -> ManagedKernel:
        """Start a kernel and wait until it answers.

        Raises:
            SandboxUnavailableError: no kernel spec of that name, or it did not start in time.
        """
        km = CleanStart(kernel_name=self.kernel_name)
        try:
            await km.start_kernel(**self._launch_arguments(km))
        except NoSuchKernel as exc:
            raise SandboxUnavailableError(
                f"There is no kernel named {self.kernel_name!r} on this machine.{build_advice(self.kernel_name)}",
                kernel_name=self.kernel_name,
            ) from exc
        except EngineUnavailableError as exc:
            raise EngineLostError(exc.message) from exc
        except START_ERRORS as exc:
            raise SandboxUnavailableError(f"No kernel could be started: {exc}") from exc
        kernel = ManagedKernel(km, km.client())
        try:
            kernel.kc.start_channels(hb=False)  # the manager knows whether the kernel lives
            await kernel.kc.wait_for_ready(timeout=self.startup_timeout_s)
        except START_ERRORS as exc:
            await kernel.close()
            raise SandboxUnavailableError(f"The kernel did not start: {exc}") from exc
        except (Exception, asyncio.CancelledError):
            await kernel.close()
            raise
        return kernel

    def _launch_arguments(self, km: Any) -> dict[str, Any]:
        if is_product(km.kernel_spec.to_dict()):
            request = SandboxRequest(
                memory_mb=self.memory_mb,
                cpu_share=self.cpu_share,
                owner="grading",
                pooled=not self.is_template,
                outlives_server=False,
                is_template=self.is_template,
            )
            return {"sandbox": request}
        return {"extra_arguments": ["--HistoryManager.enabled=False"]}

    def has_templates(self) -> bool:
        """Whether kernels of this name can be forked from a template: those of our Python images in the sandbox."""
        try:
            spec = AsyncKernelManager(kernel_name=self.kernel_name).kernel_spec
        except NoSuchKernel:
            return False
        return spec is not None and is_product(spec.to_dict()) and spec.language == "python"

    async def image(self) -> str:
        """Return the image's digest; for a kernel outside the sandbox, its name.

        Raises:
            SandboxUnavailableError: no kernel spec of that name.
        """
        try:
            spec: Any = AsyncKernelManager(kernel_name=self.kernel_name).kernel_spec
            reference = image_of(spec).reference if is_product(spec.to_dict()) else ""
            return await runtime.current().backend.image_id(reference) if reference else f"local:{self.kernel_name}"
        except EngineUnavailableError as exc:
            raise EngineLostError(exc.message) from exc
        except (NoSuchKernel, NexusError) as exc:
            advice = build_advice(self.kernel_name)
            raise SandboxUnavailableError(
                f"There is no kernel named {self.kernel_name!r} to grade in.{advice}"
            ) from exc

    async def close(self) -> None:
        """Nothing is kept warm."""
