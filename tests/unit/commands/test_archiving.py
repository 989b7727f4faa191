"""An archive of directories that somebody hostile writes to at the same time."""

import io
import os
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from nexus_server.commands.archiving import MAX_DEPTH, add_tree
from nexus_server.files.removal import remove_quietly

SECRET = b"root:secret"


def archive(top: Path) -> tuple[dict[str, bytes | None], list[str]]:
    """Return the archive's content by name (None for a directory), and what was left out."""
    with io.BytesIO() as sink:
        with tarfile.open(fileobj=sink, mode="w") as tar:
            left_out = add_tree(tar, top, "data").left_out
        sink.seek(0)
        with tarfile.open(fileobj=sink) as tar:
            assert all(entry.isreg() or entry.isdir() for entry in tar)
            found = {entry.name: tar.extractfile(entry) for entry in tar}
            return {name: file.read() if file else None for name, file in found.items()}, left_out


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "passwd").write_bytes(SECRET)
    (tmp_path / "top" / "work").mkdir(parents=True)
    (tmp_path / "top" / "work" / "lab.ipynb").write_bytes(b"{}")
    return tmp_path / "top"


def test_files_and_directories_are_in_it_and_nothing_else_is(top: Path) -> None:
    (top / "empty").mkdir()
    os.mkfifo(top / "work" / "fifo")
    (top / "work" / "link").symlink_to(top.parent / "secret" / "passwd")
    (top / "work" / "links").symlink_to(top.parent / "secret")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(top / "work" / "socket"))
        found, left_out = archive(top)
    assert found == {"data": None, "data/empty": None, "data/work": None, "data/work/lab.ipynb": b"{}"}
    assert left_out == []


def test_a_file_with_two_names_is_in_it_under_both(top: Path) -> None:
    os.link(top / "work" / "lab.ipynb", top / "work" / "same.ipynb")
    found, _ = archive(top)
    assert found["data/work/lab.ipynb"] == found["data/work/same.ipynb"] == b"{}"


def test_names_of_any_bytes_and_lengths_are_kept(top: Path) -> None:
    names = [os.fsdecode(b"\xff\xfe"), "new\nline", "n" * 255]
    for name in names:
        (top / name).write_bytes(b"x")
    found, _ = archive(top)
    assert {f"data/{name}" for name in names} <= set(found)


def test_what_lies_deeper_than_a_restore_could_make_it_is_left_out_and_named(top: Path) -> None:
    descriptor = os.open(top / "work", os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    found, left_out = archive(top)
    remove_quietly(top)
    assert found["data/work/lab.ipynb"] == b"{}"
    assert left_out == ["data/work" + "/d" * MAX_DEPTH]
    assert len(found) == MAX_DEPTH + 2


def come_and_go(work: Path) -> None:
    for name in ("a", "b", "c"):
        (work / name).write_bytes(b"x" * 200_000)
    for name in ("a", "b", "c"):
        (work / name).unlink()


def shrink(work: Path) -> None:
    (work / "shrinking").write_bytes(b"x" * 2_000_000)
    os.truncate(work / "shrinking", 1)


def lead_outside(work: Path) -> None:
    """Swap a file and a directory with links to what only root may read."""
    swap, secret = work / "swap", work.parents[1] / "secret"
    for target, make in ((secret / "passwd", Path.touch), (secret, Path.mkdir)):
        make(swap)
        (swap.rmdir if swap.is_dir() else swap.unlink)()
        swap.symlink_to(target)
        swap.unlink()


@contextmanager
def meanwhile(act: Callable[[Path], None], work: Path) -> Iterator[None]:
    """Do something again and again in another thread."""
    stop, acted = threading.Event(), threading.Event()

    def run() -> None:
        while not stop.is_set():
            with suppress(FileNotFoundError):
                act(work)
            acted.set()

    thread = threading.Thread(target=run)
    thread.start()
    acted.wait()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("act", [come_and_go, shrink, lead_outside])
def test_a_kernel_that_writes_meanwhile_neither_ends_it_nor_leads_outside(
    top: Path, act: Callable[[Path], None]
) -> None:
    with meanwhile(act, top / "work"):
        for _ in range(100):
            found, _ = archive(top)
            assert found["data/work/lab.ipynb"] == b"{}"
            assert SECRET not in found.values()
