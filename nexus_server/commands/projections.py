"""`nexus projections`: derive XP, streaks, progress and scores anew from the learning events, or check them."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nexus_server.commands.data_dir import Data, open_up_to_date

if TYPE_CHECKING:
    from nexus_server.gamify.projections import Difference
    from nexus_server.services import Services

app = typer.Typer(help="Everything derived from the learning events.", no_args_is_help=True)
console = Console()
#: bars are for people: what a program reads stands on stdout alone
bars = Console(stderr=True)


@app.command()
def verify(
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002
    data: Data = None,
) -> None:
    """Compare every table with what the events say; exit 1 when they differ."""
    differences = asyncio.run(_verify(open_up_to_date(data)))
    if json_output:
        rows = [{"user_id": d.user_id, "what": d.what, "stored": d.stored, "derived": d.derived} for d in differences]
        console.print_json(data={"differences": rows}, default=str)
    else:
        _show(differences)
    if differences:
        raise typer.Exit(1)


@app.command()
def rebuild(data: Data = None) -> None:
    """Make every table say what the events say, and the forum's word index what its texts say."""
    count = asyncio.run(_rebuild(open_up_to_date(data)))
    console.print(f"Rebuilt the projections of {count} learners.")


async def _verify(services: "Services") -> "list[Difference]":
    from nexus_server.gamify.projections import Projections

    projections = Projections(services.database)
    differences: list[Difference] = []
    try:
        ids = await projections.learner_ids()
        with Progress(console=bars, disable=not bars.is_terminal) as progress:
            task = progress.add_task("Comparing", total=len(ids))
            async for count, found in projections.verify_all(ids):
                differences += found
                progress.advance(task, count)
        return differences
    finally:
        await services.close()


async def _rebuild(services: "Services") -> int:
    from nexus_server.gamify.projections import Projections
    from nexus_server.store.full_text import rebuild_word_index

    projections = Projections(services.database)
    try:
        ids = await projections.learner_ids()
        with Progress(console=bars, disable=not bars.is_terminal) as progress:
            task = progress.add_task("Rebuilding", total=len(ids))
            async for count in projections.rebuild_all(ids, services.clock.now()):
                progress.advance(task, count)
        await services.announcer.renew_scores()
        async with services.database.transaction() as session:
            await rebuild_word_index(session, is_sqlite=services.database.is_sqlite)
        return len(ids)
    finally:
        await services.close()


def _show(differences: "list[Difference]") -> None:
    if not differences:
        console.print("Every projection says what the events say.")
        return
    table = Table("learner", "what", "stored", "derived from events")
    for row in differences:
        table.add_row(str(row.user_id), row.what, row.stored, row.derived)
    console.print(table)
