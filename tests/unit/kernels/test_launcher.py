"""How long a kernel may take to start; this one never listens."""

import os
from pathlib import Path
from typing import Any, cast

import pytest

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.launcher import POOLED_PATIENCE, KernelImage, Launcher
from nexus_server.kernels.sandbox import SandboxBackend, SandboxRequest
from nexus_server.kernels.settings import SandboxSettings

IMAGE = KernelImage("nexus-python", ("python3",), is_claimable=True, env={})


class DeafSandbox:
    """A sandbox in which nothing happens."""

    id = "deaf"
    is_removed = False

    async def poll(self) -> None:
        return None

    async def remove(self) -> None:
        self.is_removed = True


class OneSandbox:
    """A back end that starts always the same."""

    def __init__(self, sandbox: DeafSandbox) -> None:
        self._sandbox = sandbox

    async def start(self, _spec: Any) -> Any:
        return self._sandbox


@pytest.mark.parametrize(("is_pooled", "waited_s"), [(False, 0.01), (True, 0.01 * POOLED_PATIENCE)])
async def test_a_kernel_of_the_pool_has_more_time_to_start(tmp_path: Path, *, is_pooled: bool, waited_s: float) -> None:
    sandbox = DeafSandbox()
    backend = cast("SandboxBackend", OneSandbox(sandbox))
    uid, gid = os.getuid(), os.getgid()
    launcher = Launcher(SandboxSettings(start_timeout_s=0.01), backend, tmp_path, uid, gid, uid, gid, dict)
    slot = tmp_path / "slot" if is_pooled else None
    with pytest.raises(KernelStartError, match=rf"within {waited_s:g} s"):
        await launcher.launch("k1", b"key", IMAGE, SandboxRequest(), slot=slot)
    assert sandbox.is_removed
    assert launcher.owned == set()
