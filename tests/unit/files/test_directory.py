"""Whatever stands in the workspace, the outside is neither read nor written."""

import os
import threading
from itertools import cycle
from pathlib import Path

import pytest

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import BadPathError, FileExistsHereError, FileTooLargeError, NoSuchFileError

SECRET = b"not for students"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    directory = tmp_path / "outside"
    directory.mkdir()
    (directory / "secret.txt").write_bytes(SECRET)
    return directory


@pytest.fixture
def root(tmp_path: Path, outside: Path) -> Path:
    directory = tmp_path / "inside"
    directory.mkdir()
    return directory


@pytest.fixture
def confined(root: Path) -> ConfinedDirectory:
    return ConfinedDirectory(root, max_file_bytes=1000, max_entries=10)


def test_what_is_written_is_read_back(confined: ConfinedDirectory) -> None:
    confined.make_directories("a/b")
    confined.write("a/b/c.txt", b"one")
    confined.write("a/b/c.txt", b"two")
    entry, data = confined.read("a/b/c.txt")
    assert (entry.name, entry.size, data) == ("c.txt", 3, b"two")
    confined.append("a/b/c.txt", b" three")
    assert confined.read("a/b/c.txt")[1] == b"two three"
    assert [entry.path for entry in confined.scan("a/b")] == ["a/b/c.txt"]


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "./x", "a/./x", "x\x00y", "x\ny", "a/" * 40, "x" * 300])
def test_a_path_that_means_the_outside_or_nothing_is_refused(confined: ConfinedDirectory, path: str) -> None:
    with pytest.raises(BadPathError):
        confined.read(path)
    with pytest.raises(BadPathError):
        confined.write(path, b"")


def test_an_absolute_path_begins_at_the_root(confined: ConfinedDirectory, root: Path) -> None:
    (root / "etc").mkdir()
    (root / "etc" / "passwd").write_bytes(b"mine")
    assert confined.read("/etc/passwd")[1] == b"mine"


def test_links_do_not_exist(confined: ConfinedDirectory, root: Path, outside: Path) -> None:
    (root / "file").symlink_to(outside / "secret.txt")
    (root / "folder").symlink_to(outside)
    for path in ("file", "folder", "folder/secret.txt"):
        assert confined.find(path) is None
        with pytest.raises(NoSuchFileError):
            confined.read(path)
    assert confined.scan("") == []
    with pytest.raises(NoSuchFileError):
        confined.scan("folder")
    with pytest.raises(NoSuchFileError):
        confined.write("folder/new", b"x")
    with pytest.raises(FileExistsHereError):
        confined.write("file", b"x")
    with pytest.raises(NoSuchFileError):
        confined.append("file", b"x")
    with pytest.raises(NoSuchFileError):
        confined.remove("folder/secret.txt")
    assert (outside / "secret.txt").read_bytes() == SECRET
    confined.remove("folder")
    assert (outside / "secret.txt").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_hard_link_to_a_stranger_s_file_does_not_exist(
    confined: ConfinedDirectory, root: Path, outside: Path
) -> None:
    os.chown(root, 1000, 1000)
    os.link(outside / "secret.txt", root / "stolen")
    assert confined.find("stolen") is None
    with pytest.raises(NoSuchFileError):
        confined.read("stolen")
    with pytest.raises(NoSuchFileError):
        confined.append("stolen", b"x")
    confined.write("stolen", b"mine")
    assert (outside / "secret.txt").read_bytes() == SECRET
    assert (root / "stolen").stat().st_uid == 1000


def test_a_fifo_does_not_block_and_does_not_exist(confined: ConfinedDirectory, root: Path) -> None:
    os.mkfifo(root / "pipe")
    assert confined.find("pipe") is None
    with pytest.raises(NoSuchFileError):
        confined.read("pipe")
    assert confined.scan("") == []


def test_sizes_are_bounded(confined: ConfinedDirectory, root: Path) -> None:
    (root / "large").write_bytes(b"x" * 1001)
    with pytest.raises(FileTooLargeError):
        confined.read("large")
    with pytest.raises(FileTooLargeError):
        confined.write("other", b"x" * 1001)
    confined.write("other", b"x" * 999)
    with pytest.raises(FileTooLargeError):
        confined.append("other", b"xx")
    for number in range(20):
        (root / f"{number}").touch()
    assert len(confined.scan("")) == 10


def test_renaming_never_overwrites(confined: ConfinedDirectory) -> None:
    confined.write("a", b"a")
    confined.write("b", b"b")
    with pytest.raises(FileExistsHereError):
        confined.rename("a", "b")
    confined.rename("a", "c")
    assert confined.find("a") is None
    with pytest.raises(NoSuchFileError):
        confined.rename("a", "d")


def test_a_tree_of_any_depth_is_removed_with_few_descriptors(
    confined: ConfinedDirectory, root: Path, outside: Path
) -> None:
    descriptor = os.open(root, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.symlink(outside, "link", dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    confined.remove("d")
    assert [item.name for item in root.iterdir()] == ["link"]
    assert (outside / "secret.txt").exists()


def test_the_root_cannot_be_removed_or_replaced(confined: ConfinedDirectory) -> None:
    for operation in (confined.remove, confined.make_directory):
        with pytest.raises(BadPathError):
            operation("")


def test_a_race_of_links_never_leads_outside(confined: ConfinedDirectory, root: Path, outside: Path) -> None:
    """A student swaps a directory for a link as fast as possible; nothing is read or written through the link."""
    (root / "real").mkdir()
    (root / "real" / "secret.txt").write_bytes(b"harmless")
    stop = threading.Event()

    def swap() -> None:
        (root / "link").symlink_to(outside)
        for source, target in cycle([("real", "now"), ("now", "real"), ("link", "now"), ("now", "link")]):
            if stop.is_set():
                return
            (root / source).rename(root / target)

    thread = threading.Thread(target=swap)
    thread.start()
    seen: set[bytes | None] = set()
    for tries in range(200_000):  # the threads take turns as the machine pleases: go on until both were seen
        if tries >= 2000 and b"harmless" in seen:
            break
        try:
            seen.add(confined.read("now/secret.txt")[1])
            confined.write("now/secret.txt", b"harmless")
        except NoSuchFileError:
            seen.add(None)
    stop.set()
    thread.join()
    assert SECRET not in seen
    assert b"harmless" in seen
    assert (outside / "secret.txt").read_bytes() == SECRET
