"""Socket directories: names, lengths, and what may stand in them."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexus_server.kernels.connection import PORTS, ConnectionDir, runtime_root
from nexus_server.kernels.errors import PathTooLongError, UnsafeSocketError

KERNEL_ID = "0d2f2fd2-7a0c-4b0a-9a53-6d1b0f3c9b11"


@pytest.fixture
def root() -> Iterator[Path]:
    """A directory with a short name: pytest's own may leave no room for a socket's."""
    with tempfile.TemporaryDirectory(prefix="nexus-") as path:
        yield Path(path)


@pytest.fixture
def directory(root: Path) -> ConnectionDir:
    made = ConnectionDir(root, KERNEL_ID)
    made.create(b"key", uid=os.getuid(), gid=os.getgid())
    return made


def bind(directory: ConnectionDir) -> list[socket.socket]:
    sockets = []
    for port in PORTS.values():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{directory.prefix}-{port}")
        sockets.append(listener)
    return sockets


def test_real_sockets_pass(directory: ConnectionDir) -> None:
    sockets = bind(directory)
    directory.seal()
    assert directory.has_all_sockets()
    for item in sockets:
        item.close()


def test_a_symlink_in_a_sockets_place_is_refused(directory: ConnectionDir) -> None:
    sockets = bind(directory)
    shell = Path(f"{directory.prefix}-1")
    shell.unlink()
    shell.symlink_to(f"{directory.prefix}-2")
    with pytest.raises(UnsafeSocketError):
        directory.check()
    for item in sockets:
        item.close()


def test_a_missing_socket_is_refused(directory: ConnectionDir) -> None:
    with pytest.raises(UnsafeSocketError):
        directory.seal()


def test_strange_kernel_ids_stay_inside_the_root(root: Path) -> None:
    assert ConnectionDir(root, "../../etc").outer.parent == root


def test_long_paths_are_refused_or_shortened(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    with pytest.raises(PathTooLongError):
        ConnectionDir(long, KERNEL_ID)
    with pytest.raises(PathTooLongError):
        runtime_root(tmp_path, str(long))
    assert len(os.fsencode(ConnectionDir(runtime_root(long), KERNEL_ID).prefix)) < 105


def test_a_directory_can_take_anothers_place(directory: ConnectionDir, tmp_path: Path) -> None:
    other = ConnectionDir(tmp_path, "other")
    directory.move_to(other)
    assert (other.path / "connection.json").exists()
    assert not directory.outer.exists()
