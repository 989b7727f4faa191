"""A site's own secrets: made once, whoever asks first, and readable by their owner only."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from nexus_server.kept_secrets import kept_secret

VARIABLE = "NEXUS_TEST_SECRET"


def ask(path: Path) -> bytes:
    return kept_secret(VARIABLE, path)


def test_processes_that_ask_at_the_same_moment_get_the_same(tmp_path: Path) -> None:
    with multiprocessing.Pool(8) as processes:
        for number in range(20):
            path = tmp_path / str(number) / "a.key"
            found = set(processes.map(ask, [path] * 8, chunksize=1))
            assert found == {path.read_bytes()}
            assert [each.name for each in path.parent.iterdir()] == ["a.key"]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    assert len(ask(path)) == 64
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_the_environments_wins_and_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "from outside")
    assert ask(tmp_path / "a.key") == b"from outside"
    assert list(tmp_path.iterdir()) == []
