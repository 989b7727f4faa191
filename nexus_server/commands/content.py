"""`nexus content`: what instructors do with the files under `content/`."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.content_case import case
from nexus_server.commands.content_check import check, print_problems
from nexus_server.commands.content_files import copy, export_nbgrader, import_nbgrader, new, release, schemas
from nexus_server.commands.content_import import import_files
from nexus_server.commands.content_report import report
from nexus_server.commands.data_dir import Data, open_up_to_date
from nexus_server.roadmaps.files.problem import has_errors

if TYPE_CHECKING:
    from nexus_server.roadmaps.sync.sync import SyncReport
    from nexus_server.services import Services

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.

app = typer.Typer(help="Roadmaps as files: check them, and bring them into the database.", no_args_is_help=True)
app.command("check")(check)
app.command("case")(case)
app.command("report")(report)
app.command("new")(new)
app.command("copy")(copy)
app.command("release")(release)
app.command("import")(import_files)
app.command("import-nbgrader")(import_nbgrader)
app.command("export-nbgrader")(export_nbgrader)
app.command("schemas")(schemas)

Prune = Annotated[bool, typer.Option("--prune", help="Archive also when no roadmap of the site is left in the files.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("sync")
def sync(*, prune: Prune = False, as_json: AsJson = False, data: Data = None) -> None:
    """Bring the database in line with the files; a bad file fails alone."""
    report = asyncio.run(_sync(open_up_to_date(data), prune=prune))
    print_problems(report.problems, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(_plain(report)))
    else:
        typer.echo(summary_of(report))
    raise typer.Exit(1 if has_errors(report.problems) else 0)


async def _sync(services: "Services", *, prune: bool) -> "SyncReport":
    try:
        return await services.roadmaps.sync.run(prune=prune)
    finally:
        await services.close()


def summary_of(report: "SyncReport") -> str:
    """Return the report in one line."""
    return (
        f"content: {len(report.created)} new, {len(report.updated)} changed, {report.unchanged} unchanged, "
        f"{len(report.archived)} archived, {len(report.problems)} problems"
    )


def _plain(report: "SyncReport") -> dict[str, object]:
    return {
        "created": report.created,
        "updated": report.updated,
        "archived": report.archived,
        "unchanged": report.unchanged,
        "problems": [problem.as_dict() for problem in report.problems],
    }
