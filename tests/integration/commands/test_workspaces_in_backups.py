"""What a learner's program writes while a backup runs: the workspace in the archive is one whole state of it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from uuid import uuid4

import pytest

from nexus_server.commands.freezing import Hold, held_still
from nexus_server.kernels.storage.mounts import unmount
from nexus_server.kernels.storage.workspaces import Workspaces
from nexus_server.store.database import async_url
from nexus_server.store.migrate import upgrade
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import ROOT

pytestmark = [pytest.mark.docker, pytest.mark.timeout(200)]

OWNER = uuid4()
#: what a program that holds a workspace still does before it is killed
HOLDER = """
import os, sys, time
from nexus_server.commands.freezing import Hold
hold = Hold(os.open(sys.argv[1], os.O_RDONLY), 60.0)
print(hold.is_still, flush=True)
time.sleep(60)
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory in which one workspace is mounted."""
    workspaces = Workspaces(tmp_path / "data" / "workspaces", size_mb=64, files=5000, uid=0, gid=0, is_enforced=True)
    workspaces.open_now(OWNER)
    upgrade(async_url(f"sqlite:///{tmp_path / 'data' / 'nexus.db'}"))
    yield tmp_path / "data"
    unmount(workspaces.path_of(OWNER))


@pytest.fixture
def workspace(data: Path) -> Path:
    return data / "workspaces" / str(OWNER)


def write_on_and_on(workspace: Path, stop: Event) -> None:
    """Make, grow, rename and remove files, as a program does that saves all the time."""
    number = 0
    while not stop.is_set():
        number += 1
        fresh = workspace / f"{number % 50}.new"
        with fresh.open("wb") as file:
            file.write(b"%08d" % number * (1 + number * 37 % 40_000))
            if number % 3 == 0:
                os.fsync(file.fileno())
        fresh.rename(workspace / f"{number % 50}.dat")
        (workspace / f"dir-{number % 7}").mkdir(exist_ok=True)
        if number % 5 == 0:
            (workspace / f"{(number + 25) % 50}.dat").unlink(missing_ok=True)


@contextmanager
def busy(workspace: Path) -> Iterator[None]:
    stop = multiprocessing.Event()
    writer = multiprocessing.Process(target=write_on_and_on, args=(workspace, stop))
    writer.start()
    time.sleep(1)
    yield
    stop.set()
    writer.join(30)
    assert writer.exitcode == 0, "the writer went on undisturbed"


def nexus(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"NEXUS_DATA_DIR": str(data), "NEXUS_DATABASE_URL": f"sqlite:///{data / 'nexus.db'}"}
    return run_nexus(*arguments, environment=environment)


def can_write(workspace: Path, within_s: float) -> bool:
    """Whether a write to the workspace ends in time; one to a frozen file system would wait for ever."""
    code = "import sys; open(sys.argv[1], 'w').write('hello')"
    writer = subprocess.Popen([sys.executable, "-c", code, str(workspace / "probe")])
    try:
        return writer.wait(within_s) == 0
    except subprocess.TimeoutExpired:
        return False


def test_a_workspace_that_is_written_to_comes_back_whole(data: Path, workspace: Path, tmp_path: Path) -> None:
    archive, new = tmp_path / "all.tar.gz", tmp_path / "new"
    with busy(workspace):
        made = nexus(data, "backup", str(archive))
    assert made.returncode == 0, made.stderr
    assert "held still" not in made.stderr
    restored = nexus(new, "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    image = new / "workspaces" / f"{OWNER}.ext4"
    checked = subprocess.run(["e2fsck", "-f", "-n", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert_files_are_whole(Workspaces(new / "workspaces", size_mb=64, files=5000, uid=0, gid=0, is_enforced=True))


def assert_files_are_whole(workspaces: Workspaces) -> None:
    path = workspaces.open_now(OWNER)
    try:
        files = sorted(path.glob("*.dat"))
        assert len(files) > 10
        for file in files:
            content = file.read_bytes()
            number = int(content[:8])
            assert content == b"%08d" % number * (1 + number * 37 % 40_000), file.name
    finally:
        unmount(path)


def test_a_backup_that_is_killed_lets_everybody_write_on(workspace: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(workspace)], stdout=subprocess.PIPE, cwd=ROOT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"True\n"
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert can_write(workspace, 10)


def test_nobody_is_held_up_for_longer_than_the_limit(workspace: Path) -> None:
    descriptor = os.open(workspace, os.O_RDONLY)
    hold = Hold(descriptor, 0.5)
    assert hold.is_still
    assert can_write(workspace, 20)
    assert not hold.release(), "what was copied meanwhile may be torn"
    os.close(descriptor)


def test_a_holder_that_is_killed_is_made_good_for(workspace: Path) -> None:
    descriptor = os.open(workspace, os.O_RDONLY)
    hold = Hold(descriptor, 60.0)
    assert hold.is_still
    hold._helper.kill()
    hold._helper.wait()
    assert not hold.release()
    assert can_write(workspace, 10)
    os.close(descriptor)


def test_a_workspace_is_held_still_again_and_again(workspace: Path) -> None:
    descriptor = os.open(workspace, os.O_RDONLY)
    for _ in range(3):
        with held_still(descriptor) as hold:
            assert hold.release()
        assert can_write(workspace, 10)
    os.close(descriptor)


def test_what_cannot_be_frozen_is_said_to_be_unsteady() -> None:
    descriptor = os.open("/proc", os.O_RDONLY)
    with held_still(descriptor) as hold:
        assert not hold.is_still
        assert not hold.release()
    os.close(descriptor)
