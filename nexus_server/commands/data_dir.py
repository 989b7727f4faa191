"""Which installation a command works on: the data directory it is given, else the one of the settings."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.loading import load
from nexus_server.commands.separating import become_owner
from nexus_server.errors import InvalidError
from nexus_server.files.links import resolved
from nexus_server.files.names import printable

if TYPE_CHECKING:
    from nexus_server.services import Services


class BadDataDirError(InvalidError):
    """This cannot be a data directory."""

    code = "bad_data_dir"


Data = Annotated[Path | None, typer.Option("--data", help="Data directory (default: ./var).")]


def use_data_dir(data: Path | None) -> None:
    """Work on this directory from here on, unless it is None.

    Raises:
        BadDataDirError: it is no directory, or none can be there.
    """
    if data is None:
        return
    place = resolved(data)
    if reason := _find_fault(place):
        raise BadDataDirError(f"{place}: {reason}.")
    os.environ["NEXUS_DATA_DIR"] = str(place)


def _find_fault(place: Path) -> str | None:
    """Return why this can be no data directory."""
    if printable(str(place)) != str(place):
        return "the name of a data directory is text in UTF-8 without control characters"
    try:
        return None if place.is_dir() or not place.stat() else "this is not a directory"
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror


def open_up_to_date(data: Path | None) -> "Services":
    """Go on as the owner of the data directory, and return the services of an installation."""
    use_data_dir(data)
    become_owner()
    return open_upgraded()


def open_upgraded() -> "Services":
    """Return the services of an installation whose database has today's schema, even if nobody ever served it."""
    load("nexus_server.composition")
    from nexus_server.composition import open_services
    from nexus_server.store.newest_schema import bring_up_to_date

    services = open_services()
    bring_up_to_date(services.database.url)
    return services
