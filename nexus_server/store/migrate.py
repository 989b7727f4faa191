"""Bring the database's schema to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: URL) -> Config:
    """Return Alembic's configuration for `url` (any driver; migrations run synchronously on psycopg or pysqlite)."""
    driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[url.get_backend_name()]
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url.set(drivername=driver)
    return config


def upgrade(url: URL, revision: str = "head") -> None:
    """Upgrade to `revision`; safe to call from several processes at once (PostgreSQL advisory lock, SQLite's own)."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: URL, revision: str = "base") -> None:
    """Downgrade to `revision`."""
    command.downgrade(alembic_config(url), revision)
