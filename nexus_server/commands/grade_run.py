"""What `nexus grade` does; apart from its command, so that `nexus --help` need not load nbclient."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nexus_server.courses.batch import (
    Found,
    Graded,
    Graders,
    Job,
    Source,
    find_jobs,
    grade_all,
    read_source,
    to_csv,
)
from nexus_server.courses.warnings import of_files, of_modules, skipped
from nexus_server.files.names import printable
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.signing import sign, signed_part, signing_key
from nexus_server.grading.signing import verify as verify_signature
from nexus_server.notebook_format.course_config import UnreadableConfigError
from nexus_server.notebook_format.errors import (
    BadSignatureError,
    InvalidSourceError,
    NotANotebookError,
    NotebookTooLargeError,
    UnwritableTableError,
)
from nexus_server.notebook_format.notebook_file import read_notebook
from nexus_server.notebook_format.results import GradeResult, NotGraded
from nexus_server.settings import NexusSettings

GRADED, FAILED, BAD_INPUT = 0, 1, 2
#: submissions from which on learners' kernels are forked: for fewer, the templates' start takes longer than it saves
MANY_JOBS = 8
INPUT_ERRORS = (
    NotANotebookError,
    NotebookTooLargeError,
    InvalidSourceError,
    UnreadableConfigError,
    UnwritableTableError,
)


def run(
    submission: Path,
    source: Path,
    options: GradeOptions,
    *,
    has_kernel: bool,
    jobs: int,
    csv: Path | None,
    as_json: bool,
) -> NoReturn:
    """Grade a notebook or a directory, print the result, and leave with its exit code.

    `has_kernel` says that `options` name the kernel; otherwise each notebook gets the one that fits it.

    Raises:
        typer.Exit: always; 0 graded, 1 not graded, 2 unusable input.
    """
    try:
        found = find_jobs(submission, source)
        sources = {path: read_source(path) for path in sorted({job.source for job in found.jobs})}
        if not submission.is_dir():
            read_notebook(submission)
        if csv is not None:
            _require_writable(csv)
    except INPUT_ERRORS as error:
        _report(NotGraded(error.message), [], as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    warnings = list(of_files(sources))
    for text in [*(f"{path}: skipped: {reason}" for path, reason in skipped(found)), *warnings]:
        _warning(text)
    graders = Graders(options_for(options, len(found.jobs)), is_chosen=has_kernel)
    if submission.is_dir():
        graded = _grade_directory(found.jobs, sources, graders, jobs)
    else:
        graded = asyncio.run(_grade(found.jobs, sources, graders, 1))
    missing = list(of_modules(graded, sources))
    if submission.is_dir():
        _report_all(graded, found, [*warnings, *missing], as_json=as_json, is_quiet=csv is not None)
    else:
        _report(graded[0].result, [*warnings, *missing], as_json=as_json)
    for text in missing:
        _warning(text)
    if csv is not None:
        csv.write_bytes(_as_bytes(to_csv(graded)))
    raise typer.Exit(GRADED if all(isinstance(item.result, GradeResult) for item in graded) else FAILED)


def options_for(options: GradeOptions, jobs: int) -> GradeOptions:
    """Return the options with which so many submissions are graded soonest."""
    return options if jobs >= MANY_JOBS else replace(options, templates=0)


def _require_writable(csv: Path) -> None:
    """Refuse a table's place before hours of grading rather than after.

    Raises:
        UnwritableTableError: nothing can be written there.
    """
    try:
        with csv.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise UnwritableTableError(f"{csv}: the table cannot be written here: {error.strerror}.") from error


def check_signature(result: Path) -> None:
    """Check a printed result's signature.

    Raises:
        typer.Exit: 1 it does not hold, 2 it is no result.
    """
    try:
        text = sys.stdin.read() if str(result) == "-" else result.read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        _complain(f"{result}: {error.strerror}.")
        raise typer.Exit(BAD_INPUT) from None
    except (ValueError, RecursionError) as error:
        _complain(f"{result}: this is not a result: {error}.")
        raise typer.Exit(BAD_INPUT) from None
    many = content.get("submissions") if isinstance(content, dict) else None
    try:
        for one in many if isinstance(many, list) and many else [content]:
            verify_signature(signed_part(one), _key())
    except BadSignatureError as error:
        _complain(error.message)
        raise typer.Exit(FAILED) from None
    typer.echo("The signature holds.")


def _key() -> bytes:
    return signing_key(NexusSettings().data_path)


def _complain(text: str) -> None:
    Console(stderr=True, style="red").print(printable(text), markup=False, highlight=False, soft_wrap=True)


def _warning(text: str) -> None:
    Console(stderr=True, style="yellow").print(printable(text), markup=False, highlight=False, soft_wrap=True)


async def _grade(
    jobs: list[Job],
    sources: Mapping[Path, Source],
    graders: Graders,
    parallel: int,
    on_done: Callable[[Graded], None] = lambda _: None,
) -> list[Graded]:
    try:
        return await grade_all(graders, jobs, sources, parallel=parallel, on_done=on_done)
    finally:
        await graders.close()


def _grade_directory(jobs: list[Job], sources: Mapping[Path, Source], graders: Graders, parallel: int) -> list[Graded]:
    """Grade many, with a progress bar on stderr."""
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("Grading", total=len(jobs))
        return asyncio.run(_grade(jobs, sources, graders, parallel, lambda _: progress.advance(bar)))


def _report_all(graded: list[Graded], found: Found, warnings: list[str], *, as_json: bool, is_quiet: bool) -> None:
    """Print many results: one JSON object for a program, else the table, unless it goes to a file (`is_quiet`)."""
    if as_json:
        key = _key()
        rows = [sign({"submission": str(item.job.submission), **item.result.to_json()}, key) for item in graded]
        left_out = [{"submission": str(path), "reason": reason} for path, reason in skipped(found)]
        typer.echo(json.dumps({"submissions": rows, "skipped": left_out, "warnings": warnings}))
    elif not is_quiet:
        typer.echo(_as_bytes(to_csv(graded)), nl=False)


def _as_bytes(table: str) -> bytes:
    """Return a table in UTF-8; a file's name that is none keeps its bytes, so that the file can be found."""
    return table.encode(errors="surrogateescape")


def _report(result: GradeResult | NotGraded, warnings: list[str], *, as_json: bool) -> None:
    """Print a result: one JSON object for a program, a table for a person."""
    if as_json:
        content = {**result.to_json(), "warnings": warnings}
        typer.echo(json.dumps(sign(content, _key()) if isinstance(result, GradeResult) else content))
    elif isinstance(result, NotGraded):
        _complain(result.reason)
    else:
        _show(result)


def _show(result: GradeResult) -> None:
    console = Console()
    table = Table("Cell", "Points", "Status", "Trust", "Message")
    for cell in result.cells:
        table.add_row(cell.grade_id, f"{cell.points:g}/{cell.max_points:g}", cell.status, cell.trust, cell.message)
    console.print(table)
    manual = " (some parts are marked by a person)" if result.needs_manual else ""
    console.print(f"Score: {result.score:g} of {result.max_score:g}{manual}")
