"""Sandboxed kernels for tests: a manager per test, code run in it, and a look at its container.

`make test` always has Docker and the images, so nothing skips by itself; `NEXUS_TEST_NO_DOCKER=1` skips on purpose.
"""

import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from nexus_server.kernels.provisioner import SandboxProvisioner

READY_TIMEOUT_S = 60
REPLY_TIMEOUT_S = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests that need Docker where the environment says that there is none."""
    if os.environ.get("NEXUS_TEST_NO_DOCKER") != "1":
        return
    for item in items:
        if item.get_closest_marker("docker"):
            item.add_marker(pytest.mark.skip(reason="NEXUS_TEST_NO_DOCKER=1"))


def docker(*arguments: str) -> str:
    """Run the docker command and return what it printed."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def containers(kernel_id: str, what: str = "{{.ID}}") -> list[str]:
    """What the engine says of the containers of a kernel, running or not."""
    return docker("ps", "-a", "--format", what, "--filter", f"label=nexus.kernel={kernel_id}").split()


@dataclass
class Outcome:
    """What running some code gave."""

    reply: dict[str, Any]
    outputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything printed."""
        return "".join(item["content"]["text"] for item in self.outputs if item["msg_type"] == "stream")

    @property
    def status(self) -> str:
        """ok, error or aborted."""
        return str(self.reply["content"]["status"])

    @property
    def ename(self) -> str:
        """The exception's name, or nothing."""
        return str(self.reply["content"].get("ename", ""))


@dataclass
class LiveKernel:
    """A kernel with a client."""

    km: AsyncKernelManager
    kc: AsyncKernelClient

    @property
    def provisioner(self) -> SandboxProvisioner:
        """The provisioner, typed."""
        assert isinstance(self.km.provisioner, SandboxProvisioner)
        return self.km.provisioner

    @property
    def container_id(self) -> str:
        """The running container."""
        return self.provisioner.kernel.sandbox.id

    def inspect(self) -> dict[str, Any]:
        """What the engine says about the container."""
        found: dict[str, Any] = json.loads(docker("inspect", self.container_id))[0]
        return found

    async def run(self, code: str, *, timeout: float = REPLY_TIMEOUT_S, **options: Any) -> Outcome:
        """Run code and collect its outputs."""
        outputs: list[dict[str, Any]] = []
        options.setdefault("allow_stdin", False)
        reply = await self.kc.execute_interactive(code, output_hook=outputs.append, timeout=timeout, **options)
        return Outcome(reply, outputs)

    async def evaluate(self, expression: str) -> Any:
        """Return a JSON-able value computed in the kernel."""
        outcome = await self.run(f"import json as _j; print(_j.dumps({expression}))")
        assert outcome.status == "ok", outcome.reply["content"]
        return json.loads(outcome.text)

    async def close(self) -> None:
        """End it."""
        self.kc.stop_channels()
        await self.km.shutdown_kernel(now=True)
        self.km.context.term()


async def open_kernel(kernel_name: str = "nexus-python", **options: Any) -> LiveKernel:
    """Start a sandboxed kernel; whoever calls closes it."""
    km = AsyncKernelManager(kernel_name=kernel_name)
    await km.start_kernel(**options)
    kernel = LiveKernel(km, km.client())
    kernel.kc.start_channels()
    await kernel.kc.wait_for_ready(timeout=READY_TIMEOUT_S)
    return kernel


StartKernel = Callable[..., Awaitable[LiveKernel]]


@pytest_asyncio.fixture
async def start_kernel() -> AsyncIterator[StartKernel]:
    """Start sandboxed kernels; they are ended after the test."""
    started: list[LiveKernel] = []

    async def start(kernel_name: str = "nexus-python", **options: Any) -> LiveKernel:
        started.append(await open_kernel(kernel_name, **options))
        return started[-1]

    yield start
    for kernel in started:
        await kernel.close()


@pytest_asyncio.fixture
async def kernel(start_kernel: StartKernel) -> LiveKernel:
    """One sandboxed Python kernel."""
    return await start_kernel()
