"""Archives that are no backups, or were made to harm: each is one sentence, and nothing of it is left on the disk."""

import gzip
import io
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from nexus_server.commands import unpacking
from nexus_server.commands.archiving import add_tree
from nexus_server.commands.backup import LEFT_OUT, restore
from nexus_server.commands.manifest import Manifest
from nexus_server.commands.unpacking import BackupTooLargeError, BadBackupError, opened, read_contents, unpack
from nexus_server.commands.writing import CannotWriteError
from nexus_server.errors import NexusError

MIB = 1024 * 1024


def entry(name: str, data: bytes = b"", **values: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in values.items():
        setattr(info, key, value)
    return info, data


def manifest(text: str = '{"format": 1, "rows": {}}') -> tuple[tarfile.TarInfo, bytes]:
    return entry("manifest.json", text.encode())


def write(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return path


def packed(raw: bytes) -> bytes:
    return gzip.compress(raw)


def raw_header(size: int) -> bytes:
    """A header as its author wants it, with a right checksum."""
    info, _ = entry("data/x", size=size)
    return info.tobuf()


def sparse(spans: str, *, size: str = "10") -> tuple[tarfile.TarInfo, bytes]:
    headers: dict[str, str] = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": size}
    made, data = entry("data/x", spans.encode().ljust(512, b"\0"))
    made.pax_headers = headers
    return made, data


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, and no other database than its own."""
    monkeypatch.setenv("NEXUS_DATA_DIR", "")
    monkeypatch.delenv("NEXUS_DATABASE_URL", raising=False)
    return tmp_path / "site"


ENTRIES: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
    "a link out": [entry("data/x", type=tarfile.SYMTYPE, linkname="/etc")],
    "a link and a file below it": [entry("data/x", type=tarfile.SYMTYPE, linkname="/tmp"), entry("data/x/y", b"z")],
    "a hard link": [entry("data/x", type=tarfile.LNKTYPE, linkname="manifest.json")],
    "a device": [entry("data/x", type=tarfile.CHRTYPE)],
    "a FIFO": [entry("data/x", type=tarfile.FIFOTYPE)],
    "a contiguous file": [entry("data/x", type=tarfile.CONTTYPE)],
    "an unknown kind": [entry("data/x", type=b"Z")],
    "an absolute path": [entry("/data/x", b"y")],
    "a way up": [entry("data/../../x", b"y")],
    "a way up at the end": [entry("data/..", type=tarfile.DIRTYPE)],
    "a dot": [entry("data/./x", b"y")],
    "two slashes": [entry("data//x", b"y")],
    "a path beside": [entry("elsewhere/x", b"y")],
    "a file called data": [entry("data", b"y")],
    "a database": [entry("data/nexus.db", b"y")],
    "a deep path": [entry("data/" + "d/" * 200 + "x", b"y")],
    "a long name": [entry("data/" + "n" * 300, b"y")],
    "a file twice": [entry("data/x", b"y"), entry("data/x", b"z")],
    "a file and a directory": [entry("data/x", b"y"), entry("data/x/y", b"z")],
    "a directory and a file": [entry("data/x", type=tarfile.DIRTYPE), entry("data/x", b"y")],
    "a file in a file, later": [entry("data/x/y", b"y"), entry("data/x", b"z")],
    "the manifest twice": [manifest()],
    "rows twice": [entry("rows/users.jsonl", b"{}\n"), entry("rows/users.jsonl", b"{}\n")],
    "rows that are a directory": [entry("rows/users.jsonl", type=tarfile.DIRTYPE)],
    "an old kind of sparse file": [entry("data/x", b"y" * 512, type=tarfile.GNUTYPE_SPARSE)],
    "holes before the start": [sparse("1\n-5\n3\n")],
    "holes behind the end": [sparse("1\n8\n3000\n")],
    "holes that are words": [sparse("one\n")],
    "holes without end": [sparse("99999999\n1\n")],
    "a size that is a word": [sparse("1\n0\n3\n", size="many")],
    "a size below nothing": [sparse("0\n", size="-5")],
}


@pytest.mark.parametrize("entries", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_that_no_backup_has_is_refused(
    entries: list[tuple[tarfile.TarInfo, bytes]], tmp_path: Path, target: Path
) -> None:
    file = write(tmp_path / "a.tar.gz", manifest(), entry("data/first", b"1"), *entries)
    _assert_refused(file, target)


def _members(*names: str) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name in names:
            archive.addfile(*_stream(manifest() if name == "manifest.json" else entry(name, b"x" * 2000)))
    return sink.getvalue()


def _stream(made: tuple[tarfile.TarInfo, bytes]) -> tuple[tarfile.TarInfo, io.BytesIO]:
    return made[0], io.BytesIO(made[1])


def _pax(size: int) -> bytes:
    """A header of headers that states `size` bytes; tarfile reads them at once."""
    info, _ = entry("pax", type=tarfile.XHDTYPE)
    info.size = size
    return info.tobuf(format=tarfile.GNU_FORMAT)


WHOLE = _members("manifest.json", "data/x", "data/y")
BYTES: dict[str, bytes] = {
    "nothing": b"",
    "a text": b"no archive at all",
    "an archive that is not compressed": WHOLE,
    "an archive that is cut off": packed(WHOLE)[:-40],
    "a file that is cut off": packed(WHOLE[:2300]),
    "an archive without an end": packed(WHOLE.rstrip(b"\0")[:-100]),
    "a header that is damaged": packed(WHOLE[:3584] + b"\xff" * 512 + WHOLE[4096:]),
    "a checksum that is wrong": packed(WHOLE)[:-8] + b"\0" * 8,
    "headers of eight gigabytes": packed(_pax(8 * 1024**3) + WHOLE),
    "headers of a size below nothing": packed(_pax(-1024) + WHOLE),
    "a file of a size below nothing": packed(raw_header(size=-512) + WHOLE),
    "no manifest": packed(_members("data/x")),
    "an empty archive": packed(_members()),
    "only zeros": packed(bytes(10_240)),
}


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_whole_archive_are_refused(data: bytes, tmp_path: Path, target: Path) -> None:
    file = tmp_path / "a.tar.gz"
    file.write_bytes(data)
    _assert_refused(file, target)


MANIFESTS: dict[str, str] = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "1",
    "no format": "{}",
    "another format": '{"format": 2, "rows": {}}',
    "a format that is a list": '{"format": [], "rows": {}}',
    "rows that are a list": '{"format": 1, "rows": []}',
    "rows below nothing": '{"format": 1, "rows": {"users": -1}}',
    "deep": "[" * 100_000,
    "no text": "\udcff",
}


@pytest.mark.parametrize("text", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_says_nonsense_is_refused(text: str, tmp_path: Path, target: Path) -> None:
    data = text.encode("utf-8", "surrogateescape")
    _assert_refused(write(tmp_path / "a.tar.gz", entry("manifest.json", data)), target)


def _assert_refused(file: Path, target: Path) -> None:
    with pytest.raises(NexusError) as caught:
        restore(file, target)
    assert "\n" not in caught.value.message
    assert 10 < len(caught.value.message) < 400
    assert list(target.iterdir()) == [], "one may try again with a good one"
    assert not (target.parent / "x").exists()


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, target: Path) -> None:
    with pytest.raises(CannotWriteError, match=r"gone\.tar\.gz: No such file"):
        restore(tmp_path / "gone.tar.gz", target)


def test_stated_sizes_are_bounded_before_anything_is_written(tmp_path: Path) -> None:
    huge, _ = entry("data/huge")
    huge.size = 20 * MIB
    raw = write(tmp_path / "a.tar.gz", manifest(), entry("data/small", b"1"))
    with gzip.open(raw) as source:
        whole = source.read()
    at = len(whole.rstrip(b"\0")) + -len(whole.rstrip(b"\0")) % 512
    raw.write_bytes(packed(whole[:at] + huge.tobuf()))
    with opened(raw) as archive, pytest.raises(BackupTooLargeError, match="more than 10 MB"):
        read_contents(archive, max_bytes=10 * MIB, left_out=LEFT_OUT)


def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tar.gz", manifest(), entry("data/zeros", bytes(60 * MIB)))
    assert file.stat().st_size < MIB
    with opened(file) as archive, pytest.raises(BackupTooLargeError):
        read_contents(archive, max_bytes=50 * MIB, left_out=LEFT_OUT)


def test_an_archive_with_too_many_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_ENTRIES", 3)
    file = write(tmp_path / "a.tar.gz", manifest(), *(entry(f"data/{number}") for number in range(3)))
    with opened(file) as archive, pytest.raises(BadBackupError, match="more than 3 entries"):
        read_contents(archive, max_bytes=MIB, left_out=LEFT_OUT)


def test_what_the_disk_has_no_room_for_is_refused(tmp_path: Path, target: Path) -> None:
    size = 8 * 1024**5
    file = write(tmp_path / "a.tar.gz", manifest(), sparse(f"1\n0\n{size}\n", size=str(size)))
    target.mkdir()
    with opened(file) as archive:
        contents = read_contents(archive, max_bytes=2 * size, left_out=LEFT_OUT)
        with pytest.raises(BackupTooLargeError, match="MB are free"):
            unpack(archive, contents, target)
    assert list(target.iterdir()) == []


Change = Callable[[random.Random, bytearray], None]


def _flip(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def _swap(chance: random.Random, data: bytearray) -> None:
    one, other = (chance.randrange(len(data) // 512) * 512 for _ in range(2))
    data[one : one + 512], data[other : other + 512] = data[other : other + 512], data[one : one + 512]


@pytest.mark.parametrize("change", [_flip, _cut, _swap])
def test_whatever_a_byte_becomes_it_is_a_backup_or_one_sentence(change: Change, tmp_path: Path) -> None:
    source = tmp_path / "top"
    source.mkdir()
    with (source / "hole").open("wb") as file:
        file.seek(MIB)
        file.write(b"end")
    (source / ("n" * 120)).write_bytes(b"x" * 700)
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        tar.addfile(*_stream(manifest()))
        add_tree(tar, source, "data/top")
    chance = random.Random(20_261_129)  # noqa: S311  the same bytes each time
    for number in range(100):
        data = bytearray(sink.getvalue())
        change(chance, data)
        changed, target = tmp_path / "a.tar.gz", tmp_path / f"site-{number}"
        changed.write_bytes(packed(bytes(data)))
        target.mkdir()
        try:
            with opened(changed) as archive:
                unpack(archive, read_contents(archive, max_bytes=10 * MIB, left_out=LEFT_OUT), target)
        except NexusError:
            continue
        assert all(path.is_file() or path.is_dir() for path in target.rglob("*"))


def test_holes_stay_holes_and_what_was_full_of_zeros_takes_no_room(tmp_path: Path) -> None:
    source, target = tmp_path / "top", tmp_path / "site"
    (source / "workspaces").mkdir(parents=True)
    target.mkdir()
    image = source / "workspaces" / "one.ext4"
    with image.open("wb") as file:
        file.truncate(64 * MIB)
        file.seek(5 * MIB + 17)
        file.write(os.urandom(5000))
    (source / "hole").touch()
    os.truncate(source / "hole", 8 * MIB)
    (source / "zeros").write_bytes(bytes(4 * MIB))
    (source / "text").write_bytes(b"x" * 12_345)
    image.chmod(0o640)
    os.utime(image, (1_700_000_000, 1_700_000_000))
    packed_file = tmp_path / "a.tar.gz"
    with tarfile.open(packed_file, "w:gz") as tar:
        tar.addfile(*_stream(manifest()))
        add_tree(tar, source, "data/top")
    assert 0 < packed_file.stat().st_size < MIB
    with opened(packed_file) as archive:
        contents = read_contents(archive, max_bytes=100 * MIB, left_out=LEFT_OUT)
        spans = [cast("list[tuple[int, int]] | None", one.sparse) for one in contents.data.values()]
        assert sum(size for held in spans if held is not None for _, size in held) < MIB, "holes are not in the archive"
        unpack(archive, contents, target)
    for path in source.rglob("*"):
        back = target / "top" / path.relative_to(source)
        if path.is_file():
            assert back.read_bytes() == path.read_bytes()
    back = target / "top" / "workspaces" / "one.ext4"
    assert (back.stat().st_mode & 0o7777, back.stat().st_mtime) == (0o640, 1_700_000_000)
    used = sum(path.stat().st_blocks * 512 for path in target.rglob("*") if path.is_file())
    assert used < MIB


def test_nobody_becomes_somebody_else_by_a_restore(tmp_path: Path, target: Path) -> None:
    made = entry("data/start.sh", b"#!/bin/sh", mode=0o6777, uid=12_345, gid=12_345)
    target.mkdir()
    with opened(write(tmp_path / "a.tar.gz", manifest(), made)) as archive:
        unpack(archive, read_contents(archive, max_bytes=MIB, left_out=LEFT_OUT), target)
    status = (target / "start.sh").stat()
    assert (status.st_mode & 0o7777, status.st_uid) == (0o777, os.geteuid())


def test_a_manifest_says_what_it_holds() -> None:
    made = Manifest(format=1, version="1.2.3", made_at="2026-01-01", rows={"users": 3})
    assert Manifest.model_validate_json(made.model_dump_json()) == made
