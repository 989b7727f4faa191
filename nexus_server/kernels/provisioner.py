"""The kernel provisioner that every way of starting a kernel goes through: JupyterLab, nbclient, ``jupyter execute``.

The kernelspec names it (``metadata.kernel_provisioner.provisioner_name = "nexus-sandbox"``) and configures `image` and
`claimable`. Callers that know a learner pass ``start_kernel(sandbox=SandboxRequest(...))``; without one the kernel has
an empty workspace in memory. Nothing of the caller's environment reaches the kernel.
"""

import asyncio
from dataclasses import replace
from typing import Any, cast

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Bool, Int, Unicode

from nexus_server.errors import NexusError
from nexus_server.kernels import runtime
from nexus_server.kernels.connection import PORTS, ConnectionDir
from nexus_server.kernels.errors import KernelFrozenError, SandboxGoneError
from nexus_server.kernels.launcher import RunningKernel, close_quietly
from nexus_server.kernels.sandbox import WORK_DIR, Exit, SandboxRequest
from nexus_server.kernels.specs import image_of

#: how often `wait` looks, in seconds
WAIT_INTERVAL_S = 0.02


class SandboxProvisioner(KernelProvisionerBase):
    """One kernel in one locked-down container."""

    image = Unicode(help="The image, as the engine knows it.").tag(config=True)
    claimable = Bool(default_value=False, help="Whether the image's kernels may wait in the warm pool.").tag(
        config=True
    )
    memory_mb = Int(0, help="MiB that the image's kernels need; 0: the site's default will do.").tag(config=True)
    claim = Unicode(help="How a warm kernel becomes the learner's: a function in its language; empty: by message.").tag(
        config=True
    )

    _kernel: RunningKernel | None = None
    #: whether clients may be connected already, who know the key
    _is_relaunch: bool = False
    #: how the last kernel of this provisioner ended; None while it runs
    exit: Exit | None = None
    #: whether somebody asked for the end
    is_ending: bool = False

    @property
    def kernel(self) -> RunningKernel:
        """The running kernel.

        Raises:
            SandboxGoneError: there is none.
        """
        if self._kernel is None:
            raise SandboxGoneError
        return self._kernel

    @property
    def has_process(self) -> bool:
        """Whether a container is being managed."""
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Decide where the sockets are and write Jupyter's connection file.

        The caller's environment and command are dropped: the image decides both.
        """
        manager: Any = self.parent
        connection = ConnectionDir(runtime.current().root, self.kernel_id)
        manager.transport, manager.ip = "ipc", connection.front
        for name, port in PORTS.items():
            setattr(manager, name, port)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        for dropped in ("env", "extra_arguments", "transport_encryption", "cwd"):
            kwargs.pop(dropped, None)
        return {**kwargs, "cmd": list(image_of(self.kernel_spec).command)}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]  # noqa: ARG002
        """Start the kernel's container; returns when the kernel answers.

        Raises:
            NexusError: with the reason.
        """
        request = kwargs.get("sandbox") or SandboxRequest()
        host, image = runtime.current(), image_of(self.kernel_spec)
        if image.memory_mb > (request.memory_mb or host.settings.memory_mb):
            request = replace(request, memory_mb=image.memory_mb)
        if image.claim and self._is_relaunch:
            # A warm one would come with a key of its own, and the open tabs would not hear of it.
            request = replace(request, pooled=False)
        self._is_relaunch = True
        self.exit, self.is_ending = None, False
        # A kernel of this id that outlived the last server is taken over as it is, with its own key.
        self._kernel = await self._adopt(host) or await host.open_kernel(self.kernel_id, self._key(), image, request)
        self.connection_info = cast("Any", self._kernel.connection_info)
        return self._kernel.connection_info

    async def _adopt(self, host: runtime.SandboxRuntime) -> RunningKernel | None:
        kernel = host.adopt(self.kernel_id)
        if kernel is not None:
            try:
                await kernel.sandbox.thaw()  # the server before may have been cut off when it ended
            except NexusError:
                await close_quietly(kernel)
                raise
        return kernel

    def _key(self) -> bytes:
        key = self.connection_info["key"]
        return key.encode() if isinstance(key, str) else key

    async def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        if self._kernel is None:
            return 0 if self.exit is None else self.exit.code
        self.exit = await self._kernel.sandbox.poll()
        return None if self.exit is None else self.exit.code

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        while (code := await self.poll()) is None:  # noqa: ASYNC110  pollable from any event loop, so no event
            await asyncio.sleep(WAIT_INTERVAL_S)
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel process; 0 only asks whether it lives."""
        if not signum or self._kernel is None:
            return
        manager: Any = self.parent
        try:
            await self._kernel.sandbox.signal(signum)
        except KernelFrozenError:
            if not manager.shutting_down:  # Jupyter interrupts what it is about to kill
                raise

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
        """End the kernel at once."""
        self.is_ending = True
        await self.send_signal(9)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
        """End the kernel by SIGTERM."""
        self.is_ending = True
        await self.send_signal(15)

    async def shutdown_requested(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
        """Note that the coming end is no accident."""
        self.is_ending = True

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:  # noqa: ARG002  Jupyter's signature
        """Seconds that a kernel has to end by itself."""
        return float(runtime.current().settings.shutdown_grace_s)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  Jupyter's signature
        """Remove the container and its sockets. Called after every end, so restarts are clean too."""
        if self._kernel is None:
            return
        kernel, self._kernel = self._kernel, None
        if self.exit is None:
            self.exit = Exit(code=0)
        await close_quietly(kernel)

    def resolve_path(self, path: str) -> str | None:
        """Return a path inside the kernel's own file system; the host's is nobody's business."""
        return path if path.startswith("/") else f"{WORK_DIR}/{path}"
