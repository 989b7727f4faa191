"""Archives of strangers: unpacked within limits, whatever they say of themselves."""

import io
import zipfile
from pathlib import Path

import pytest

from nexus_server.courses.imports import bundles
from nexus_server.courses.imports.bundles import bundle_of, folder_bundle
from nexus_server.courses.imports.errors import ImportTooLargeError, UnreadableImportError


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_file_is_itself_and_an_archive_its_files() -> None:
    assert bundle_of("../a/quiz.xml", b"<quiz/>") == {"quiz.xml": b"<quiz/>"}
    packed = zipped(**{"a/x.ipynb": b"1", "__MACOSX/a/._x.ipynb": b"2", ".DS_Store": b"3"})
    assert bundle_of("course.zip", packed) == {"a/x.ipynb": b"1"}


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped(zeros=b"\0" * (bundles.MAX_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(ImportTooLargeError, match="unpacks to over 32 MB"):
        bundle_of("bomb.zip", bomb)


def test_a_size_that_the_header_makes_up_counts_for_nothing() -> None:
    bomb = bytearray(zipped(zeros=b"\0" * (bundles.MAX_BYTES + 1)))
    said = (bundles.MAX_BYTES + 1).to_bytes(4, "little")
    at = bomb.rindex(said)
    bomb[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises((ImportTooLargeError, UnreadableImportError)):
        bundle_of("bomb.zip", bytes(bomb))


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "..\\out.txt"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(UnreadableImportError, match="leads out of it"):
        bundle_of("a.zip", zipped(**{name: b"x"}))


def test_broken_and_overfull_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableImportError):
        bundle_of("a.zip", zipped(a=b"1" * 100)[:60])
    monkeypatch.setattr(bundles, "MAX_FILES", 2)
    with pytest.raises(ImportTooLargeError, match="over 2 files"):
        bundle_of("a.zip", zipped(a=b"1", b=b"2", c=b"3"))


def test_a_folder_is_read_without_its_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ps").mkdir()
    (tmp_path / "ps/a.ipynb").write_text("{}")
    (tmp_path / "ps/.hidden").write_text("x")
    (tmp_path / "ps/link").symlink_to("/etc/hostname")
    assert folder_bundle(tmp_path) == {"ps/a.ipynb": b"{}"}
    monkeypatch.setattr(bundles, "MAX_BYTES", 1)
    with pytest.raises(ImportTooLargeError):
        folder_bundle(tmp_path)
