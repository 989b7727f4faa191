"""Rows of an archive that do not fit their tables: one sentence, and nothing is restored."""

import io
import tarfile
from pathlib import Path

import pytest

from nexus_server.commands.backup import restore
from nexus_server.errors import NexusError

ROW = b'{"id": "6f1c9b0e-8a67-4a3c-9d5e-0d3f3f8f8f10"}\n'
ROWS: dict[str, bytes] = {
    "no rows": b"",
    "no JSON": b"{\n",
    "a list": b"[]\n",
    "a line without an end": ROW.strip(),
    "a key that is none": b'{"id": "x"}\n',
    "a key that is a number": b'{"id": 5}\n',
    "a moment that is none": ROW.replace(b"}", b', "created_at": "yesterday"}'),
    "columns that are missing": ROW,
    "a list for a text": ROW.replace(b"}", b', "email": ["x"], "role": {}}'),
    "no text": b'{"id": "\xff"}\n',
    "deep": b"[" * 100_000 + b"\n",
    "a number beyond all": ROW.replace(b"}", b', "xp": 1' + b"0" * 30 + b"}"),
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_rows_that_do_not_fit_are_refused(rows: bytes, tmp_path: Path, target: Path) -> None:
    entries = {"manifest.json": b'{"format": 1, "rows": {"users": 1}}', "rows/users.jsonl": rows}
    _assert_refused({name: data for name, data in entries.items() if data}, tmp_path, target)


def _assert_refused(entries: dict[str, bytes], tmp_path: Path, target: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with pytest.raises(NexusError, match=r"users") as caught:
        restore(tmp_path / "a.tar.gz", target)
    assert "\n" not in caught.value.message
    assert list(target.iterdir()) == []


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, and no other database than its own."""
    monkeypatch.setenv("NEXUS_DATA_DIR", "")
    monkeypatch.delenv("NEXUS_DATABASE_URL", raising=False)
    return tmp_path / "site"
