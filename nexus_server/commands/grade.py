"""`nexus grade`: grade a submission on this machine, with no server and no database.

Exit codes: 0 graded (whatever the score), 1 grading failed or a verification did not hold, 2 the input cannot be used.
"""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nexus_server.grading.errors import InvalidSourceError, NotANotebookError, NotebookTooLargeError
from nexus_server.grading.grader import grade as grade_notebook
from nexus_server.grading.notebooks import read_notebook
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.results import GradeResult

GRADED, FAILED, BAD_INPUT = 0, 1, 2

INPUT_ERRORS = (NotANotebookError, NotebookTooLargeError, InvalidSourceError)


def grade(
    submission: Annotated[Path, typer.Argument(help="The learner's notebook.")],
    *,
    source: Annotated[Path, typer.Option(help="The instructor's notebook, with solutions and hidden tests.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one cell may take.")] = 30.0,
    notebook_timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that the notebook may take.")] = 300.0,
    mode: Annotated[Mode, typer.Option(help="Where test cells run.")] = Mode.AUTO,
    kernel: Annotated[str, typer.Option(help="Kernel to run in.")] = "nexus-python",
) -> None:
    """Grade a submission against its source notebook, in a fresh sandbox."""
    options = GradeOptions(kernel_name=kernel, mode=mode, cell_timeout_s=timeout, notebook_timeout_s=notebook_timeout)
    try:
        result = asyncio.run(_grade(submission, source, options))
    except INPUT_ERRORS as error:
        result = GradeResult((), 0.0, reason=error.message)
        report(result, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    report(result, as_json=as_json)
    raise typer.Exit(GRADED if result.is_graded else FAILED)


def report(result: GradeResult, *, as_json: bool) -> None:
    """Print a result: one JSON object for a program, a table for a person."""
    if as_json:
        typer.echo(json.dumps(result.to_json()))
    else:
        show(result)


async def _grade(submission: Path, source: Path, options: GradeOptions) -> GradeResult:
    return await grade_notebook(read_notebook(submission), read_notebook(source), options)


def show(result: GradeResult) -> None:
    """Print a result for a person."""
    console = Console()
    if not result.is_graded:
        Console(stderr=True, style="red").print(result.reason, markup=False, highlight=False)
        return
    table = Table("Cell", "Points", "Status", "Trust", "Message")
    for cell in result.cells:
        table.add_row(cell.grade_id, f"{cell.points:g}/{cell.max_points:g}", cell.status, cell.trust, cell.message)
    console.print(table)
    manual = " (some parts are marked by a person)" if result.needs_manual else ""
    console.print(f"Score: {result.score:g} of {result.max_score:g}{manual}")
