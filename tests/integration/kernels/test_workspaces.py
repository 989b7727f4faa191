"""Workspaces with a quota that holds while code runs, shared by kernels and the server."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from nexus_server.kernels.runtime import KERNEL_UID
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.workspaces import Workspaces
from tests.plugins.kernels import StartKernel

pytestmark = pytest.mark.docker

MIB = 1024 * 1024


@pytest_asyncio.fixture
async def workspaces(tmp_path: Path) -> AsyncIterator[Workspaces]:
    made = Workspaces(tmp_path / "workspaces", size_mb=16, files=200, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
    yield made
    await made.close_all()


@pytest.fixture
def owner() -> UUID:
    return uuid4()


async def test_the_disk_ends_at_the_quota_and_the_kernel_goes_on(
    start_kernel: StartKernel, workspaces: Workspaces, owner: UUID
) -> None:
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(owner), memory_mb=256))
    outcome = await kernel.run("with open('big', 'wb') as f:\n    for _ in range(10_000): f.write(b'x' * 1_000_000)")
    assert outcome.ename == "OSError"
    assert "No space left" in outcome.reply["content"]["evalue"]
    assert (await kernel.run("import os; os.remove('big'); open('small', 'w').write('ok')")).status == "ok"
    assert workspaces.usage(owner).bytes_used < 1 * MIB


async def test_the_number_of_files_is_bounded(start_kernel: StartKernel, workspaces: Workspaces, owner: UUID) -> None:
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(owner)))
    outcome = await kernel.run("for n in range(5000): open(f'f{n}', 'w').close()")
    assert outcome.ename == "OSError"
    usage = workspaces.usage(owner)
    assert 150 < usage.files_used < 300


async def test_two_kernels_and_the_server_share_it_at_once(
    start_kernel: StartKernel, workspaces: Workspaces, owner: UUID
) -> None:
    path = await workspaces.open(owner)
    one = await start_kernel(sandbox=SandboxRequest(workspace=path))
    two = await start_kernel(sandbox=SandboxRequest(workspace=path))
    await one.run("open('shared.txt', 'w').write('from one')")
    assert await two.evaluate("open('shared.txt').read()") == "from one"
    assert (path / "shared.txt").read_text() == "from one"
    (path / "server.txt").write_text("from the server")
    workspaces.give(path / "server.txt")
    assert (await two.run("open('server.txt', 'a').write('!')")).status == "ok"
    assert await one.evaluate("open('server.txt').read()") == "from the server!"


async def test_files_survive_restart_and_remounting(
    start_kernel: StartKernel, workspaces: Workspaces, owner: UUID
) -> None:
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(owner)))
    await kernel.run("open('kept.txt', 'w').write('kept')")
    await kernel.km.restart_kernel()
    await kernel.kc.wait_for_ready(timeout=60)
    assert await kernel.evaluate("open('kept.txt').read()") == "kept"
    await kernel.km.shutdown_kernel(now=True)
    await workspaces.close(owner)
    assert list(workspaces.path_of(owner).iterdir()) == []
    assert ((await workspaces.open(owner)) / "kept.txt").read_text() == "kept"


async def test_reopening_under_a_running_kernel_is_the_same_file_system(
    start_kernel: StartKernel, workspaces: Workspaces, owner: UUID
) -> None:
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(owner)))
    await workspaces.close(owner)
    path = await workspaces.open(owner)
    await kernel.run("open('late.txt', 'w').write('same')")
    assert (path / "late.txt").read_text() == "same"


async def test_deleting_leaves_nothing(workspaces: Workspaces, owner: UUID) -> None:
    path = await workspaces.open(owner)
    (path / "x").write_text("x")
    await workspaces.delete(owner)
    assert list(workspaces.root.iterdir()) == []


async def test_no_device_or_set_id_file_works_in_a_workspace(workspaces: Workspaces, owner: UUID) -> None:
    path = await workspaces.open(owner)
    mounted = next(
        line for line in Path("/proc/self/mounts").read_text().splitlines() if line.split(" ")[1] == str(path)
    )
    assert {"nosuid", "nodev"} <= set(mounted.split(" ")[3].split(","))


async def test_plain_files_from_before_are_kept(tmp_path: Path, owner: UUID) -> None:
    plain = Workspaces(tmp_path, size_mb=16, files=200, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=False)
    path = await plain.open(owner)
    (path / "old.txt").write_text("old")
    enforcing = Workspaces(tmp_path, size_mb=16, files=200, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
    assert ((await enforcing.open(owner)) / "old.txt").read_text() == "old"
    assert enforcing.usage(owner).files_used == 1
