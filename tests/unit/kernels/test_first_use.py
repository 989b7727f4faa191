"""A kernel that is asked for before it is there: who asks is told to wait, and staff what went wrong."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec, NoSuchKernel

from nexus_server.errors import NexusError
from nexus_server.kernels.first_use import FirstUse, KernelInPreparationError, KernelNotPreparedError
from nexus_server.kernels.image_requests import BuildState, ImageBuild
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import PROVISIONER

TIMEOUT_S = 30
SPEC = KernelSpec(metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}})


class Site:
    """A site without the C kernel, whose build ends as a test says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.end = ImageBuild(BuildState.READY)
        self.installed: set[str] = set()
        self.told: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self.has_looked = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def prepare(self, kernel_name: str) -> ImageBuild:
        self.asked.append(kernel_name)
        if self.end.state is BuildState.READY:
            self.installed.add(kernel_name)
        self._loop.call_soon_threadsafe(self.has_looked.set)
        return self.end

    def get_kernel_spec(self, name: str) -> KernelSpec:
        if name not in self.installed:
            raise NoSuchKernel(name)
        return SPEC

    async def tell_staff(self, kind: str, payload: Mapping[str, Any]) -> None:
        await self.told.put((kind, payload))

    def first_use(self, *allowed: str) -> FirstUse:
        return FirstUse(SandboxSettings(images_on_demand=list(allowed)), self, self.tell_staff, specs=self)


@pytest.fixture
async def site() -> Site:
    return Site()


@pytest.fixture
async def first_use(site: Site) -> AsyncIterator[FirstUse]:
    found = site.first_use("nexus-c")
    await found.start()
    yield found
    await found.stop()


async def test_who_asks_first_is_told_to_wait_and_finds_it_then(site: Site, first_use: FirstUse) -> None:
    with pytest.raises(KernelInPreparationError, match=r"C is being prepared, which takes about \d+ minutes") as told:
        await first_use.require("nexus-c")
    assert told.value.details["minutes"] == first_use.minutes("nexus-c")
    async with asyncio.timeout(TIMEOUT_S):
        await site.has_looked.wait()
        while first_use.is_preparing("nexus-c"):
            await asyncio.sleep(0)
    await first_use.require("nexus-c")
    assert site.asked == ["nexus-c"]


async def test_who_asks_meanwhile_begins_nothing_new(site: Site, first_use: FirstUse) -> None:
    site.end = ImageBuild(BuildState.BUILDING)
    for _ in range(3):
        with pytest.raises(KernelInPreparationError):
            await first_use.require("nexus-c")
    async with asyncio.timeout(TIMEOUT_S):
        await site.has_looked.wait()
    assert first_use.is_preparing("nexus-c")
    assert site.asked == ["nexus-c"]


async def test_staff_hear_why_it_failed_and_nobody_begins_it_again_at_once(site: Site, first_use: FirstUse) -> None:
    site.end = ImageBuild(BuildState.FAILED, "mmdebstrap failed: no network.")
    with pytest.raises(KernelInPreparationError):
        await first_use.require("nexus-c")
    async with asyncio.timeout(TIMEOUT_S):
        kind, payload = await site.told.get()
    assert (kind, payload["kernel"]) == ("kernel.not_built", "nexus-c")
    assert "could not be built: mmdebstrap failed: no network. “nexus images nexus-c”" in payload["message"]
    with pytest.raises(KernelNotPreparedError, match="C could not be prepared"):
        await first_use.require("nexus-c")
    assert first_use.failures() == {"nexus-c": "mmdebstrap failed: no network."}
    assert site.asked == ["nexus-c"]


@pytest.mark.parametrize("kernel", ["nexus-sql", "nexus-python", "nexus-gone", "../c"])
async def test_what_the_site_does_not_list_is_not_built(site: Site, first_use: FirstUse, kernel: str) -> None:
    await first_use.require(kernel)
    assert not first_use.may_prepare(kernel)
    assert site.asked == []


async def test_a_process_that_is_no_server_builds_nothing(site: Site) -> None:
    try:
        await site.first_use("nexus-c").require("nexus-c")
    except NexusError as error:
        pytest.fail(error.message)
    assert site.asked == []
