"""`nexus upgrade`: what a new version will do, and doing it: a backup, then all migrations or none."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.backup import write_backup
from nexus_server.commands.data_dir import Data, use_data_dir
from nexus_server.commands.separating import giving_back
from nexus_server.commands.writing import writing
from nexus_server.errors import ConflictError
from nexus_server.installation import CONTENT, MIGRATIONS
from nexus_server.version import __version__

if TYPE_CHECKING:
    from nexus_server.services import Services
    from nexus_server.store.migrate import Migration
    from nexus_server.unknown_settings import UnknownSetting

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.


class UpgradeFailedError(ConflictError):
    """The upgrade failed, and the database is as it was."""

    code = "upgrade_failed"


@dataclass(frozen=True)
class UpgradePlan:
    """What an upgrade to this version means for a site."""

    #: None: there is no database yet
    revision: str | None
    migrations: "list[Migration]"
    settings: "list[UnknownSetting]"
    #: files of the site's own, each with a word on what it is
    kept: list[str]

    def lines(self) -> Iterator[str]:
        """Say it to a person."""
        yield f"NexusAI {__version__}"
        if self.revision is None:
            yield "There is no database yet: the first start makes it."
        elif self.migrations:
            yield f"The schema is at {self.revision}. Pending migrations:"
            yield from (f"  {each.revision}  {each.title}" for each in self.migrations)
        else:
            yield f"The schema is up to date ({self.revision})."
        if self.settings:
            yield "Settings to change:"
            yield from (f"  {each}" for each in self.settings)
        yield "The site's own, which stays as it is:"
        yield from (f"  {each}" for each in self.kept or ["nothing yet"])


def upgrade(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would be done; exit 1 if settings must change.")
    ] = False,
    backup: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the backup (default: nexus-<time>.tar.gz in the data directory).", dir_okay=False
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Back up, then bring the database to this version's schema; one that fails leaves everything as it was."""
    use_data_dir(data)
    from nexus_server.composition import open_services

    with giving_back(), writing():
        plan = asyncio.run(make_plan(open_services()))
        for line in plan.lines():
            typer.echo(line)
        if check:
            raise typer.Exit(1 if plan.settings else 0)
        if plan.revision is not None and plan.migrations:
            written = apply(open_services(), backup)
            typer.echo(f"Upgraded to {plan.migrations[-1].revision}. The backup from before is {written}.")


async def make_plan(services: "Services", migrations: Path = MIGRATIONS) -> UpgradePlan:
    """Look at a site, and close its services.

    Raises:
        SchemaError: a newer version wrote the database.
    """
    from traitlets.config import Config

    from nexus_server.composition import SETTINGS
    from nexus_server.site_config import load_site_config
    from nexus_server.store.migrate import find_revision, pending
    from nexus_server.unknown_settings import unknown_settings

    config = Config()
    files = load_site_config(config)
    try:
        revision = await services.database.read(find_revision)
        steps = await services.database.read(lambda connection: pending(connection, migrations))
    finally:
        await services.close()
    kept = [f"{path} (settings)" for path in files]
    return UpgradePlan(revision, steps, unknown_settings(config, SETTINGS), [*kept, *_own_roadmaps(services)])


def _own_roadmaps(services: "Services") -> Iterator[str]:
    for folder in services.roadmaps.content.folders():
        if folder.parent == CONTENT:
            continue
        lies_over = (CONTENT / folder.name).is_dir()
        yield f"{folder} ({'lies over the roadmap that comes with the product' if lies_over else 'a roadmap'})"


def apply(services: "Services", target: Path | None = None, *, migrations: Path = MIGRATIONS) -> Path:
    """Write a backup and migrate; return the backup's file.

    Raises:
        UpgradeFailedError: a migration failed; the database is as it was.
    """
    from nexus_server.store.migrate import SchemaError
    from nexus_server.store.migrate import upgrade as migrate

    target = target or services.settings.data_path / f"nexus-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
    asyncio.run(write_backup(services, target))
    try:
        migrate(services.database.url, migrations=migrations)
    except SchemaError as error:
        raise UpgradeFailedError(f"{error.message} Nothing was changed; the backup is {target}.") from error
    return target
