"""Other OCI runtimes and mapped users, by one setting each, on a private engine; doctor tells both truths."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.kernels import runtime
from nexus_server.kernels.diagnosis import diagnose
from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.kernel_users import KERNEL_UID
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import image_of
from tests.integration.kernels.conftest import until, warm
from tests.plugins.engines import PrivateEngine, open_engine
from tests.plugins.kernels import open_kernel

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="an engine of one's own needs root"),
]

#: gVisor, where it is installed or named; its kernels start slowly
RUNSC = os.environ.get("NEXUS_TEST_RUNSC") or shutil.which("runsc")


def give_image(engine: PrivateEngine) -> None:
    """Copy the Python kernels' image."""
    engine.load(image_of(KernelSpecManager().get_kernel_spec("nexus-python")).reference)


@pytest.fixture(scope="module")
def mapping_engine(private_engine: PrivateEngine) -> PrivateEngine:
    """An engine that maps users, and knows runc by a second name."""
    private_engine.start("--userns-remap=default", runtimes={"second": {"path": shutil.which("runc")}})
    give_image(private_engine)
    return private_engine


StartRuntime = Callable[..., SandboxRuntime]


@pytest_asyncio.fixture
async def build(tmp_path: Path) -> AsyncIterator[StartRuntime]:
    """Build runtimes with settings; the last is the process's own until the test ends."""
    built: list[SandboxRuntime] = []
    tmp_path.chmod(0o711)

    def make(**settings: Any) -> SandboxRuntime:
        is_server = settings.pop("is_server", False)
        built.append(SandboxRuntime(SandboxSettings(**settings), tmp_path / "data", is_server=is_server))
        runtime.install(built[-1])
        return built[-1]

    yield make
    runtime.install(None)
    for each in built:
        await each.stop()
        each.close()


async def findings(site: SandboxRuntime) -> dict[str, tuple[bool, str]]:
    return {each.name: (each.is_ok, each.message) for each in await diagnose(site.backend, site.settings)}


async def test_mapped_users_by_one_setting(mapping_engine: PrivateEngine, build: StartRuntime) -> None:
    site = build(engine_url=mapping_engine.url, userns_remap=True)
    assert (await findings(site))["users"] == (True, "Users of containers are mapped.")
    workspace = await site.workspaces.open(uuid4())
    kernel = await open_kernel(sandbox=SandboxRequest(workspace=workspace))
    try:
        inside, base, size = (await kernel.evaluate("open('/proc/self/uid_map').read()")).split()
        assert inside == "0"
        assert int(base) > 0
        assert int(size) > KERNEL_UID
        assert (await kernel.run("open('made.txt', 'w').write('by the kernel')")).status == "ok"
        made = workspace / "made.txt"
        assert (made.read_text(), made.stat().st_uid) == ("by the kernel", int(base) + KERNEL_UID)
        (workspace / "given.txt").write_text("by the server")
        site.workspaces.give(workspace / "given.txt")
        assert (await kernel.run("open('given.txt', 'a').write(', too')")).status == "ok"
        assert (await kernel.run("open('/run/kernel/x', 'w')")).ename == "PermissionError"
        pid = json.loads(mapping_engine.docker("inspect", kernel.container_id))[0]["State"]["Pid"]
        assert Path(f"/proc/{pid}").stat().st_uid == int(base) + KERNEL_UID, "as the host sees the kernel"
    finally:
        await kernel.close()


async def test_warm_kernels_with_mapped_users(mapping_engine: PrivateEngine, build: StartRuntime) -> None:
    others = {"nexus-data": 0, "nexus-javascript": 0}
    site = build(engine_url=mapping_engine.url, userns_remap=True, is_server=True, pool_size=1, pool_sizes=others)
    await site.start()
    workspace = await site.workspaces.open(uuid4())
    await until(lambda: warm(site) == 1)
    kernel = await open_kernel(sandbox=SandboxRequest(workspace=workspace))
    try:
        assert kernel.provisioner.kernel.label.startswith("pool-")
        assert (await kernel.run("open('made.txt', 'w').write('warm')")).status == "ok"
        assert (workspace / "made.txt").read_text() == "warm"
    finally:
        await kernel.close()


async def test_another_runtime_by_one_setting(mapping_engine: PrivateEngine, build: StartRuntime) -> None:
    site = build(engine_url=mapping_engine.url, userns_remap=True, oci_runtime="second")
    assert (await findings(site))["runtime"] == (True, "Kernels run under second.")
    kernel = await open_kernel()
    try:
        assert json.loads(mapping_engine.docker("inspect", kernel.container_id))[0]["HostConfig"]["Runtime"] == "second"
        assert (await kernel.run("print(1 + 1)")).text == "2\n"
    finally:
        await kernel.close()


async def test_a_setting_that_the_engine_cannot_meet_starts_no_kernel(build: StartRuntime) -> None:
    """The shared engine has neither: doctor says so, and nothing starts weaker than asked."""
    image = KernelImage(
        image_of(KernelSpecManager().get_kernel_spec("nexus-python")).reference, ("true",), is_claimable=False, env={}
    )
    for settings, name, message in (
        ({"userns_remap": True}, "users", "does not map"),
        ({"oci_runtime": "absent"}, "runtime", "absent"),
    ):
        site = build(**settings)
        found = await findings(site)
        assert found["engine"][0]
        assert not found[name][0]
        with pytest.raises(KernelStartError, match=message):
            await site.launcher.launch("0" * 32, b"key", image, SandboxRequest())


@pytest.mark.long
@pytest.mark.skipif(not RUNSC, reason="gVisor is not installed; NEXUS_TEST_RUNSC may name its runsc")
async def test_gvisor_by_one_setting(build: StartRuntime) -> None:
    sockets = {"path": RUNSC, "runtimeArgs": ["--host-uds=all", "--network=none"]}
    with open_engine() as engine:
        engine.start(runtimes={"runsc": sockets, "runsc-closed": {"path": RUNSC}})
        give_image(engine)
        assert not (await findings(build(engine_url=engine.url, oci_runtime="runsc-closed")))["runtime"][0]
        assert "gVisor is there" in (await findings(build(engine_url=engine.url)))["runtime"][1]
        site = build(engine_url=engine.url, oci_runtime="runsc")
        assert (await findings(site))["runtime"] == (True, "Kernels run under runsc.")
        kernel = await open_kernel(sandbox=SandboxRequest(cpu_share=1.0))
        try:
            assert "Linux version 4.4.0" in await kernel.evaluate("open('/proc/version').read()"), "gVisor's own kernel"
        finally:
            await kernel.close()
