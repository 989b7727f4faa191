"""`nexus streaks`: making up for a time in which the site was down."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from nexus_server.commands.data_dir import Data, open_up_to_date
from nexus_server.errors import InvalidError

if TYPE_CHECKING:
    from nexus_server.gamify.streak_repairs import StreakRepair
    from nexus_server.services import Services
    from nexus_server.standing.streaks import Outage

app = typer.Typer(help="Streaks: make up for an outage.", no_args_is_help=True)
console = Console()


@app.callback()
def streaks() -> None:
    """Keep `repair` a command of its own."""


@app.command()
def repair(
    begin: Annotated[str, typer.Option("--from", help="When the outage began, such as 2026-11-20T10:00+01:00.")],
    end: Annotated[str, typer.Option("--to", help="When it was over.")],
    *,
    write: Annotated[bool, typer.Option("--write", help="Do it, instead of telling what would come of it.")] = False,
    data: Data = None,
) -> None:
    """Restore the streaks that an outage ended, and hold those whose learners are not back yet.

    The second time changes nothing.
    """
    window = _moment(begin, "--from"), _moment(end, "--to")
    services = open_up_to_date(data)
    from nexus_server.standing.streaks import Outage

    _show(asyncio.run(_repair(services, Outage(*window), is_rehearsal=not write)), is_written=write)


def _moment(text: str, option: str) -> datetime:
    """Return a moment.

    Raises:
        InvalidError: it is none, or says no time zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidError(f"{option}: {text!r} is no moment with a time zone, such as 2026-11-20T10:00+01:00.")
    return moment


async def _repair(services: "Services", outage: "Outage", *, is_rehearsal: bool) -> "StreakRepair":
    try:
        return await services.streak_repairs.repair(None, outage, is_rehearsal=is_rehearsal)
    finally:
        await services.close()


def _show(done: "StreakRepair", *, is_written: bool) -> None:
    if done.restored:
        table = Table("learner", "streak", "repaired")
        for streak in done.restored:
            table.add_row(streak.display_name, str(streak.before), str(streak.after))
        console.print(table)
    verb = "are" if is_written else "would be"
    console.print(f"{len(done.restored)} streaks {verb} restored, {done.held} {verb} held until their learners return.")
    if not is_written and (done.restored or done.held):
        console.print("Nothing was written. Add --write to do it.")
