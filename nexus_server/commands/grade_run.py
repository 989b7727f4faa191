"""What `nexus grade` does; apart from its command, so that `nexus --help` need not load nbclient."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nexus_server.grading.batch import Graded, Job, find_jobs, grade_all, to_csv
from nexus_server.grading.errors import (
    BadSignatureError,
    InvalidSourceError,
    NotANotebookError,
    NotebookTooLargeError,
)
from nexus_server.grading.grader import Grader
from nexus_server.grading.notebooks import read_notebook
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.results import GradeResult
from nexus_server.grading.signing import sign, signing_key
from nexus_server.grading.signing import verify as verify_signature
from nexus_server.grading.validation import require_valid
from nexus_server.settings import NexusSettings

GRADED, FAILED, BAD_INPUT = 0, 1, 2
INPUT_ERRORS = (NotANotebookError, NotebookTooLargeError, InvalidSourceError)


def run(
    submission: Path, source: Path, options: GradeOptions, *, jobs: int, csv: Path | None, as_json: bool
) -> NoReturn:
    """Grade a notebook or a directory, print the result, and leave with its exit code.

    Raises:
        typer.Exit: always; 0 graded, 1 not graded, 2 unusable input.
    """
    try:
        found = find_jobs(submission, source) if submission.is_dir() else [Job(submission, source)]
        for path in {job.source for job in found}:
            require_valid(read_notebook(path))
        if not submission.is_dir():
            read_notebook(submission)
    except INPUT_ERRORS as error:
        _report(GradeResult((), 0.0, reason=error.message), as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    if submission.is_dir():
        _grade_directory(found, options, jobs, csv, as_json=as_json)
    graded = asyncio.run(_grade(found, options, 1))
    _report(graded[0].result, as_json=as_json)
    raise typer.Exit(GRADED if graded[0].result.is_graded else FAILED)


def check_signature(result: Path) -> None:
    """Check a printed result's signature.

    Raises:
        typer.Exit: 1 it does not hold, 2 it is no result.
    """
    try:
        text = sys.stdin.read() if str(result) == "-" else result.read_text(encoding="utf-8")
        content = json.loads(text)
    except (OSError, ValueError) as error:
        _complain(f"{result}: not a result: {error}")
        raise typer.Exit(BAD_INPUT) from None
    try:
        verify_signature(content, _key())
    except BadSignatureError as error:
        _complain(error.message)
        raise typer.Exit(FAILED) from None
    typer.echo("The signature holds.")


def _key() -> bytes:
    return signing_key(NexusSettings().data_path)


def _complain(text: str) -> None:
    Console(stderr=True, style="red").print(text, markup=False, highlight=False)


async def _grade(
    jobs: list[Job], options: GradeOptions, parallel: int, on_done: Callable[[Graded], None] = lambda _: None
) -> list[Graded]:
    grader = Grader(options)
    try:
        return await grade_all(grader, jobs, parallel=parallel, on_done=on_done)
    finally:
        await grader.close()


def _grade_directory(jobs: list[Job], options: GradeOptions, parallel: int, csv: Path | None, *, as_json: bool) -> None:
    """Grade many, with a progress bar on stderr, and leave.

    Raises:
        typer.Exit: always; 1 where one of them could not be graded.
    """
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("Grading", total=len(jobs))
        graded = asyncio.run(_grade(jobs, options, parallel, lambda _: progress.advance(bar)))
    table = to_csv(graded)
    if csv is not None:
        csv.write_text(table, encoding="utf-8")
    if as_json:
        key = _key()
        rows = [{"submission": str(item.job.submission), **sign(item.result.to_json(), key)} for item in graded]
        typer.echo(json.dumps({"submissions": rows}))
    elif csv is None:
        typer.echo(table, nl=False)
    raise typer.Exit(GRADED if all(item.result.is_graded for item in graded) else FAILED)


def _report(result: GradeResult, *, as_json: bool) -> None:
    """Print a result: one JSON object for a program, a table for a person."""
    if as_json:
        content = result.to_json()
        typer.echo(json.dumps(sign(content, _key()) if result.is_graded else content))
    elif result.is_graded:
        _show(result)
    else:
        _complain(result.reason or "")


def _show(result: GradeResult) -> None:
    console = Console()
    table = Table("Cell", "Points", "Status", "Trust", "Message")
    for cell in result.cells:
        table.add_row(cell.grade_id, f"{cell.points:g}/{cell.max_points:g}", cell.status, cell.trust, cell.message)
    console.print(table)
    manual = " (some parts are marked by a person)" if result.needs_manual else ""
    console.print(f"Score: {result.score:g} of {result.max_score:g}{manual}")
