"""Workspaces with a quota that holds while code runs, shared by kernels and the server."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from nexus_server.kernels.kernel_users import KERNEL_UID
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.storage.workspaces import Workspaces
from tests.plugins.kernels import StartKernel, docker

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
    assert usage.files_used == usage.files_limit == len(list(workspaces.path_of(owner).iterdir()))
    assert 184 < usage.files_used <= 200


async def test_the_quota_is_64_mb_and_5000_files_while_code_runs_and_the_host_gives_no_more(
    start_kernel: StartKernel, tmp_path: Path
) -> None:
    site = SandboxSettings()
    assert (site.workspace_mb, site.workspace_files) == (64, 5000)
    mine, theirs = (
        Workspaces(tmp_path / name, size_mb=64, files=5000, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
        for name in ("mine", "theirs")
    )
    owner = uuid4()
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=await mine.open(owner), memory_mb=256, cpu_share=1.0))
    neighbour = await start_kernel(sandbox=SandboxRequest(workspace=await theirs.open(owner)))
    big = await kernel.run("with open('big', 'wb') as f:\n    for _ in range(10_000): f.write(b'x' * 1_000_000)")
    assert "No space left" in big.reply["content"]["evalue"]
    assert 60 * MIB < await kernel.evaluate("__import__('os').path.getsize('big')") <= 64 * MIB
    assert (mine.root / f"{owner}.ext4").stat().st_blocks * 512 < 72 * MIB, "what the host gave"
    assert (await neighbour.run("open('mine.txt', 'w').write('x' * 10**6)")).status == "ok"
    many = await kernel.run("import os\nos.remove('big')\nfor n in range(10_000): open(f'f{n}', 'w').close()")
    assert many.ename == "OSError"
    assert 4990 < len(list(mine.path_of(owner).iterdir())) <= 5000
    for workspaces in (mine, theirs):
        await workspaces.close_all()


@pytest.mark.parametrize(("size_mb", "files"), [(64, 5000), (16, 200), (16, 4999), (300, 5000), (1024, 5000)])
async def test_never_more_files_than_allowed_whatever_the_size(
    tmp_path: Path, owner: UUID, size_mb: int, files: int
) -> None:
    made = Workspaces(tmp_path, size_mb=size_mb, files=files, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
    path = await made.open(owner)
    usage = made.usage(owner)
    (path / "one").touch()
    room = os.statvfs(path).f_ffree + 1
    assert (usage.files_used, usage.files_limit) == (0, room)
    assert 0.97 * files < room <= files
    await made.close_all()


async def test_a_crash_while_a_workspace_is_made_leaves_nothing_in_the_way(workspaces: Workspaces, owner: UUID) -> None:
    workspaces.root.mkdir(parents=True)
    (workspaces.root / f"{owner}.partial").write_bytes(b"half of a file system")
    path = await workspaces.open(owner)
    (path / "x").write_text("x")
    assert not (workspaces.root / f"{owner}.partial").exists()


async def test_what_was_written_survives_the_kernels_violent_end(
    start_kernel: StartKernel, workspaces: Workspaces, owner: UUID
) -> None:
    path = await workspaces.open(owner)
    kernel = await start_kernel(sandbox=SandboxRequest(workspace=path))
    await kernel.run("for n in range(50): open(f'f{n}', 'w').write(str(n))")
    docker("kill", kernel.container_id)
    assert sorted(int(found.read_text()) for found in path.glob("f*")) == list(range(50))
    await workspaces.close(owner)
    path = await workspaces.open(owner)
    assert sorted(int(found.read_text()) for found in path.glob("f*")) == list(range(50))


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
