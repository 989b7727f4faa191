"""What an upgrade says and does, on both databases: all migrations or none, after a backup that can be restored."""

import asyncio
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session
from traitlets.config import Config

from nexus_server.commands.backup import restore
from nexus_server.commands.upgrade import UpgradeFailedError, UpgradePlan, apply, make_plan
from nexus_server.composition import open_services
from nexus_server.installation import MIGRATIONS
from nexus_server.services import Services
from nexus_server.store.database import async_url
from nexus_server.store.migrate import downgrade, find_revision, upgrade
from nexus_server.store.models.accounts import User

#: before the addresses that look alike, and before quizzes are archived
EARLIER = "0004"
NEXT = '''"""A step that {what}."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("half_way", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("half_way", sa.Integer))
    op.execute("UPDATE users SET display_name = 'changed'")
    op.execute("{last}")
'''


class Site:
    """A site with one person in its database, whose schema is of some revision."""

    def __init__(self, data: Path, url: str) -> None:
        """Work on the database of `url`."""
        self.data = data
        self.url = url
        driver = "sqlite" if "sqlite" in url else "postgresql+psycopg"
        self.engine = create_engine(async_url(url).set(drivername=driver))

    def services(self) -> Services:
        return open_services(Config(NexusSettings={"data_dir": str(self.data), "database_url": self.url}))

    def state(self) -> tuple[str | None, list[str], list[str], list[Any]]:
        """Return the revision, the tables, the columns of people, and the people."""
        with self.engine.connect() as connection:
            seen = inspect(connection)
            columns = [column["name"] for column in seen.get_columns("users")]
            people = list(connection.execute(text("SELECT email, display_name FROM users")))
            return find_revision(connection), sorted(seen.get_table_names()), columns, people


@pytest.fixture
def site(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.delenv("NEXUS_DATABASE_URL", raising=False)
    site = Site(tmp_path / "data", database_url)
    (site.data / "content").mkdir(parents=True)
    with Session(site.engine) as session, session.begin():
        session.add(User(email="ada@example.org", display_name="Ada"))
    yield site
    site.engine.dispose()


def migrations_with(tmp_path: Path, what: str, last: str) -> Path:
    """Return the product's migrations and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name for path in (folder / "versions").glob("0*.py"))[:4]
    (folder / "versions" / "9000_next.py").write_text(NEXT.format(what=what, newest=newest, last=last))
    return folder


def plan_of(site: Site, migrations: Path = MIGRATIONS) -> UpgradePlan:
    return asyncio.run(make_plan(site.services(), migrations))


def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(site: Site, tmp_path: Path) -> None:
    downgrade(site.services().database.url, EARLIER)
    before = site.state()
    failing = migrations_with(tmp_path, "fails", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(UpgradeFailedError, match="Nothing was changed; the backup is") as failure:
        apply(site.services(), tmp_path / "before.tar.gz", migrations=failing)
    assert "nowhere" in failure.value.message
    assert site.state() == before
    upgrade(site.services().database.url)
    assert site.state()[3] == before[3], "the next try goes on from there"


def test_an_upgrade_takes_every_step_and_its_backup_holds_the_rows_from_before(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downgrade(site.services().database.url, EARLIER)
    more = migrations_with(tmp_path, "succeeds", "INSERT INTO half_way VALUES (1)")
    plan = plan_of(site, more)
    assert (plan.revision, plan.migrations[-1].title) == (EARLIER, "A step that succeeds.")
    backup = apply(site.services(), migrations=more)
    assert backup.parent == site.data
    assert (backup.stat().st_mode & 0o777, site.state()[0]) == (0o600, "9000")
    assert site.state()[3] == [("ada@example.org", "changed")]
    assert plan_of(site, more).migrations == []
    with tarfile.open(backup) as archive:
        rows = archive.extractfile("rows/users.jsonl")
        assert rows is not None
        assert b'"display_name": "Ada"' in rows.read()
    monkeypatch.setenv("NEXUS_DATA_DIR", "")
    restore(backup, tmp_path / "restored")
    restored = Site(tmp_path / "restored", f"sqlite:///{tmp_path / 'restored/nexus.db'}")
    assert restored.state()[3] == [("ada@example.org", "Ada")]
    restored.engine.dispose()


def test_the_plan_says_what_is_pending_what_to_change_and_what_stays(site: Site, tmp_path: Path) -> None:
    downgrade(site.services().database.url, EARLIER)
    for slug in ("my-course", "python-foundations"):
        (site.data / "content" / slug).mkdir()
        (site.data / "content" / slug / "roadmap.yaml").write_text("slug: x\n")
    (site.data / "nexus_config.py").write_text("c.GradingQueueSettings.sweeps_s = 5\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEXUS_DATA_DIR", str(site.data))
        lines = list(plan_of(site, migrations_with(tmp_path, "succeeds", "SELECT 1")).lines())
    steps = [line.split()[0] for line in lines if line.startswith(("  0", "  9"))]
    assert (steps[0], steps[-1]) == ("0005", "9000")
    assert "  c.GradingQueueSettings.sweeps_s has no effect: write c.GradingQueueSettings.sweep_s" in lines
    assert lines[-3:] == [
        f"  {site.data / 'nexus_config.py'} (settings)",
        f"  {site.data / 'content/my-course'} (a roadmap)",
        f"  {site.data / 'content/python-foundations'} (lies over the roadmap that comes with the product)",
    ]
