"""A workspace in which nothing fits any more can be emptied from the file browser, whatever it is full of."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import StorageFullError
from nexus_server.kernels.storage.mounts import unmount
from nexus_server.kernels.storage.workspaces import Workspaces

pytestmark = [pytest.mark.docker, pytest.mark.timeout(200)]

Fill = Callable[[Path], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A small mounted workspace."""
    workspaces = Workspaces(tmp_path, size_mb=8, files=1000, uid=0, gid=0, is_enforced=True)
    path = workspaces.open_now(uuid4())
    yield path
    unmount(path)


def _until_full(step: Callable[[int], None]) -> None:
    try:
        for number in range(100_000):
            step(number)
    except OSError:
        return
    pytest.fail("the workspace is never full")


def _bytes(top: Path) -> None:
    with (top / "big").open("wb", buffering=0) as file:

        def more(_: int) -> None:
            file.write(os.urandom(4096))

        _until_full(more)


def _files(top: Path) -> None:
    _until_full(lambda number: (top / str(number)).touch())


def _empty_directories(top: Path) -> None:
    _until_full(lambda number: (top / ("d" * 200 + str(number))).mkdir())


def _deep(top: Path) -> None:
    descriptor = os.open(top, os.O_RDONLY)

    def deeper(_: int) -> None:
        nonlocal descriptor
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below

    _until_full(deeper)
    os.close(descriptor)


def _everything(top: Path) -> None:
    for number in range(60):
        (top / f"d{number}" / "e").mkdir(parents=True)
        (top / f"d{number}" / "e" / "f").write_bytes(b"x" * 5000)
    _bytes(top)
    (top / "big").rename(top / "d0" / "e" / "big")


@pytest.mark.parametrize("fill", [_bytes, _files, _empty_directories, _deep, _everything])
def test_a_full_workspace_is_emptied_by_deleting_a_folder(workspace: Path, fill: Fill) -> None:
    (workspace / "top").mkdir()
    fill(workspace / "top")
    # What is left of the room goes to directories, so that not even one more can be made.
    _until_full(lambda number: (workspace / "top" / f"more-{number}").mkdir())
    files = ConfinedDirectory(workspace, max_file_bytes=1000)
    with pytest.raises(StorageFullError):
        files.make_directory("another")
    files.remove("top")
    assert list(workspace.iterdir()) == []
    files.make_directory("another")
    files.write("another/a.txt", b"one")
