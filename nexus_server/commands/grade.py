"""`nexus grade`: grade submissions on this machine, with no server and no database; `nexus grade verify`.

Exit codes: 0 graded (whatever the score), 1 grading failed or a signature does not hold, 2 the input cannot be used.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from typer.core import TyperGroup

from nexus_server.grading.batch import Graded, Job, find_jobs, grade_all, to_csv
from nexus_server.grading.errors import (
    BadSignatureError,
    InvalidSourceError,
    NotANotebookError,
    NotebookTooLargeError,
)
from nexus_server.grading.grader import Grader
from nexus_server.grading.notebooks import read_notebook
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.results import GradeResult
from nexus_server.grading.signing import sign, signing_key
from nexus_server.grading.signing import verify as verify_signature
from nexus_server.grading.validation import require_valid
from nexus_server.settings import NexusSettings

GRADED, FAILED, BAD_INPUT = 0, 1, 2
INPUT_ERRORS = (NotANotebookError, NotebookTooLargeError, InvalidSourceError)


class _GradeGroup(TyperGroup):
    """`nexus grade X` means `nexus grade run X`; only `verify` is a command of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in."""
        if not args or args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_GradeGroup, help="Grade submissions in the sandbox; `verify` checks a signed result.")


@app.command("run")
def grade(
    submission: Annotated[Path, typer.Argument(help="The learner's notebook, or a directory of them.")],
    *,
    source: Annotated[Path, typer.Option(help="The instructor's notebook, with solutions and hidden tests.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one cell may take.")] = 30.0,
    notebook_timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a notebook may take.")] = 300.0,
    mode: Annotated[Mode, typer.Option(help="Where test cells run.")] = Mode.AUTO,
    kernel: Annotated[str, typer.Option(help="Kernel to run in.")] = "nexus-python",
    csv: Annotated[Path | None, typer.Option(help="For a directory: write a table here.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="For a directory: gradings side by side.")] = os.cpu_count() or 1,
) -> None:
    """Grade a submission, or every notebook below a directory, against its source. Also: `nexus grade verify FILE`."""
    options = GradeOptions(kernel_name=kernel, mode=mode, cell_timeout_s=timeout, notebook_timeout_s=notebook_timeout)
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


@app.command("verify")
def verify(
    result: Annotated[Path, typer.Argument(help="A result as printed by --json; - reads standard input.")],
) -> None:
    """Check that a result was signed with this installation's key and not changed since."""
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
