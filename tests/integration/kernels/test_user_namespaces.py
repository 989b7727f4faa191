"""Sites that insist on mapped users get them, or no kernels."""

from pathlib import Path

import pytest

from nexus_server.kernels.diagnosis import diagnose
from nexus_server.kernels.docker_backend import maps_users
from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.settings import SandboxSettings

pytestmark = pytest.mark.docker


async def test_an_engine_that_maps_no_users_starts_no_kernel(tmp_path: Path) -> None:
    runtime = SandboxRuntime(SandboxSettings(userns_remap=True), tmp_path)
    try:
        if maps_users(await runtime.backend.info()):
            pytest.skip("this engine maps users")
        image = KernelImage("nexus-python:latest", ("true",), is_claimable=False, env={})
        with pytest.raises(KernelStartError, match="does not map"):
            await runtime.launcher.launch("0" * 32, b"key", image, SandboxRequest())
        found = {finding.name: finding.is_ok for finding in await diagnose(runtime.backend, runtime.settings)}
        assert found["engine"]
        assert not found["users"]
    finally:
        runtime.close()
