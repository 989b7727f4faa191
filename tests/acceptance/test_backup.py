"""`nexus backup` and `nexus restore` carry everything, from either database into either database."""

import os
import resource
import subprocess
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import SystemClock
from nexus_server.servers.identity import SERVER_ID
from nexus_server.store.database import Database, async_url
from nexus_server.store.dump import tables
from nexus_server.store.migrate import upgrade
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent
from tests.plugins.full_database import ROWS, fill, read_all
from tests.plugins.nexus_processes import EXECUTABLE, run_nexus
from tests.plugins.server import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300)]

#: what a data directory holds: path, content, mode
FILES = {
    "grading.key": (b"5" * 64, 0o600),
    "workspaces/0b5e/lab.ipynb": ('{"größe": 1}'.encode(), 0o644),
    "workspaces/0b5e/.ipynb_checkpoints/lab.ipynb": (b"{}", 0o644),
    "workspaces/0b5e/deep/er/run.sh": (b"#!/bin/sh\n", 0o755),
    "workspaces/0b5e/empty.txt": (b"", 0o644),
    "workspaces/0b5e/bytes.bin": (bytes(range(256)) * 4000, 0o600),
    "learners/0b5e/settings.json": (b"{}", 0o600),
    "mail/queue/one.eml": (b"To: ada@example.org\r\n\r\nHello\r\n", 0o600),
}


@dataclass
class Place:
    """A site on disk: its data directory, and where its database is."""

    data: Path
    url: str

    def nexus(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line on this site."""
        return run_nexus(*arguments, environment=self._environment)

    def installed_nexus(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Do so with the installed command, which has this process's limits."""
        env = {**os.environ, **self._environment}
        command = [EXECUTABLE, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, check=False, timeout=200)

    @property
    def _environment(self) -> dict[str, str]:
        return {"NEXUS_DATA_DIR": str(self.data), "NEXUS_DATABASE_URL": self.url}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Database]:
        """Look into the database."""
        database = Database(self.url)
        yield database
        await database.close()

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Return what is in the data directory, without the database's own files and this server's own name."""
        return {
            str(path.relative_to(self.data)): (path.read_bytes(), path.stat().st_mode & 0o777)
            for path in self.data.rglob("*")
            if path.is_file() and not path.name.startswith(("nexus.db", SERVER_ID)) and "run" not in path.parts
        }


MakePlace = Callable[[str], Place]


@pytest.fixture
def make_place(tmp_path: Path, fresh_postgres: Callable[[], str]) -> MakePlace:
    """Makes an empty site on "sqlite" or "postgres"."""

    def make(engine: str) -> Place:
        data = tmp_path / f"site-{len(list(tmp_path.glob('site-*')))}"
        data.mkdir()
        return Place(data, fresh_postgres() if engine == "postgres" else f"sqlite:///{data / 'nexus.db'}")

    return make


async def full_place(make_place: MakePlace, engine: str) -> Place:
    """Return a site with something in every table and every kind of file."""
    place = make_place(engine)
    if engine == "sqlite":
        upgrade(async_url(place.url))
    async with place.open() as database:
        await fill(database)
        async with database.reading() as session:
            for table in tables():
                assert await session.scalar(select(func.count()).select_from(table)) == ROWS, table.name
    SigningKeys(place.data / "keys" / "jwt.json", "EdDSA", SystemClock(), lifetime=timedelta(days=90))
    for name, (content, mode) in FILES.items():
        path = place.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    return place


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("sqlite", "sqlite", marks=pytest.mark.long),
        ("sqlite", "postgres"),
        ("postgres", "sqlite"),
        ("postgres", "postgres"),
    ],
)
async def test_every_table_and_every_file_comes_back(make_place: MakePlace, source: str, target: str) -> None:
    old, new = await full_place(make_place, source), make_place(target)
    files = old.files()
    assert set(files) == {*FILES, "keys/jwt.json"}
    archive = str(old.data.parent / "all.tar.gz")
    made = old.nexus("backup", archive)
    assert made.returncode == 0, made.stderr
    restored = new.nexus("restore", archive)
    assert restored.returncode == 0, restored.stderr
    async with old.open() as before, new.open() as after:
        rows = await read_all(before)
        assert len(rows) == len(tables())
        for name, found in (await read_all(after)).items():
            assert found == rows[name], name
        await assert_counts_on(after)
    assert new.files() == files


async def assert_counts_on(database: Database) -> None:
    """Rows that are numbered by the database get the next number, not one that is taken."""
    async with database.transaction() as session:
        highest = await session.scalar(select(func.max(LearningEvent.seq)))
        user = await session.scalar(select(User.id).limit(1))
        event = LearningEvent(user_id=user, kind="note", key="new", occurred_at=datetime.now(UTC))
        session.add(event)
        await session.flush()
        assert highest is not None
        assert event.seq > highest


async def test_nothing_is_restored_over_something(make_place: MakePlace) -> None:
    old = await full_place(make_place, "sqlite")
    archive = old.data.parent / "all.tar.gz"
    assert old.nexus("backup", str(archive)).returncode == 0
    with_rows = await full_place(make_place, "postgres")
    elsewhere = Place(old.data.parent / "site-empty", with_rows.url)
    refused = elsewhere.nexus("restore", str(archive))
    assert (refused.returncode, "holds data already" in refused.stderr) == (1, True), refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(elsewhere.data.iterdir()) == []


async def test_a_damaged_archive_is_refused_in_words(make_place: MakePlace) -> None:
    old = await full_place(make_place, "sqlite")
    archive = old.data.parent / "all.tar.gz"
    assert old.nexus("backup", str(archive)).returncode == 0
    whole = archive.read_bytes()
    other = archive.with_name("other.tar.gz")
    with tarfile.open(other, "w:gz") as tar:
        tar.add(ROOT / "README.md", "README.md")
    for damaged in (whole[: len(whole) // 2], b"no archive at all", other.read_bytes()):
        archive.write_bytes(damaged)
        new = make_place("sqlite")
        refused = new.nexus("restore", str(archive))
        assert refused.returncode == 1, refused.stdout
        assert "Traceback" not in refused.stderr
        assert "backup" in refused.stderr
        assert list(new.data.iterdir()) == [], "one may try again with a good one"


async def test_a_backup_that_cannot_be_written_leaves_nothing(make_place: MakePlace) -> None:
    old = await full_place(make_place, "sqlite")
    (old.data / "big").write_bytes(os.urandom(300_000))
    refused = old.nexus("backup", str(old.data.parent / "nowhere" / "all.tar.gz"))
    assert (refused.returncode, "No such file or directory" in refused.stderr) == (1, True), refused.stderr
    archive = old.data.parent / "all.tar.gz"
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limit[1]))  # as on a disk that is full
    try:
        refused = old.installed_nexus("backup", str(archive))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False), refused.stderr
    assert [path for path in old.data.parent.iterdir() if path.name.startswith("all")] == []
    assert old.nexus("backup", str(archive)).returncode == 0, "one may try again"
