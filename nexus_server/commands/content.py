"""`nexus content`: what instructors do with the files under `content/`."""

import asyncio
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from nexus_server.roadmaps.problem import Problem, has_errors
from nexus_server.settings import NexusSettings

if TYPE_CHECKING:
    from nexus_server.roadmaps.sync import SyncReport
    from nexus_server.services import Services

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.
LOG = logging.getLogger(__name__)

app = typer.Typer(help="Roadmaps as files: check them, and bring them into the database.", no_args_is_help=True)

ContentDir = Annotated[Path | None, typer.Argument(help="Content directory (default: the configured one).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("sync")
def sync(*, as_json: AsJson = False) -> None:
    """Bring the database in line with the files; a bad file fails alone."""
    from nexus_server.app import open_services
    from nexus_server.store.migrate import upgrade

    services = open_services()
    upgrade(services.database.url)
    report = asyncio.run(_sync(services))
    _print_problems(report.problems, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(_plain(report)))
    else:
        typer.echo(summary_of(report))
    raise typer.Exit(1 if has_errors(report.problems) else 0)


@app.command("check")
def check(content_dir: ContentDir = None, *, as_json: AsJson = False) -> None:
    """Find mistakes in the files, without a server or a database."""
    from nexus_server.roadmaps.checks import check_content

    directory = content_dir or NexusSettings().content_path
    sources, problems = check_content(directory)
    _print_problems(problems, as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"roadmaps": len(sources), "problems": [problem.as_dict() for problem in problems]}))
    else:
        nodes = sum(len(source.nodes) for source in sources)
        typer.echo(f"{len(sources)} roadmaps, {nodes} nodes, {len(problems)} problems")
    raise typer.Exit(1 if has_errors(problems) else 0)


async def _sync(services: "Services") -> "SyncReport":
    try:
        return await services.roadmaps.sync.run()
    finally:
        await services.close()


def log_report(report: "SyncReport") -> None:
    """Tell whoever starts a server what the sync did."""
    for problem in report.problems:
        LOG.warning("content: %s", problem)
    LOG.info("%s", summary_of(report))


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


def _print_problems(problems: list[Problem], *, as_json: bool) -> None:
    console = Console(stderr=as_json, soft_wrap=True)
    for problem in problems:
        console.print(str(problem), markup=False, highlight=False)
