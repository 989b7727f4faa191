"""What `nexus grade` does; apart from its command, so that `nexus --help` need not load nbclient."""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Mapping
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
    ambiguity,
    find_jobs,
    grade_all,
    read_source,
    to_csv,
)
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
from nexus_server.notebook_format.kernel_choice import code_of
from nexus_server.notebook_format.notebook_file import read_notebook
from nexus_server.notebook_format.results import GradeResult
from nexus_server.settings import NexusSettings

GRADED, FAILED, BAD_INPUT = 0, 1, 2
INPUT_ERRORS = (
    NotANotebookError,
    NotebookTooLargeError,
    InvalidSourceError,
    UnreadableConfigError,
    UnwritableTableError,
)
#: files that are named one by one before the rest is only counted
WARNED_FILES = 10
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")


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
        _report(GradeResult((), 0.0, reason=error.message), as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    _warn(found, sources)
    graders = Graders(options, is_chosen=has_kernel)
    if submission.is_dir():
        graded = _grade_directory(found.jobs, sources, graders, jobs)
        _report_all(graded, as_json=as_json, is_quiet=csv is not None)
    else:
        graded = asyncio.run(_grade(found.jobs, sources, graders, 1))
        _report(graded[0].result, as_json=as_json)
    _warn_of_modules(graded, sources)
    if csv is not None:
        csv.write_bytes(_as_bytes(to_csv(graded)))
    raise typer.Exit(GRADED if all(item.result.is_graded for item in graded) else FAILED)


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


def _warn(found: Found, sources: Mapping[Path, Source]) -> None:
    """Say on stderr what will not be graded and which files stay out of reach."""
    for path in found.unmatched:
        _warning(f"{path}: skipped: no source has this name.")
    for path, fitting in found.ambiguous.items():
        _warning(f"{path}: skipped: {ambiguity(fitting)}")
    for path, source in sources.items():
        for name in source.files.for_tests:
            _warning(f"{path.parent / name}: only tests get this file; its name reads like answers.")
        if left := [name for name in source.files.withheld if not _is_for_people(name)]:
            more = f" and {len(left) - WARNED_FILES} more" if len(left) > WARNED_FILES else ""
            names = ", ".join(left[:WARNED_FILES]) + more
            _warning(f"{path}: left out, because nothing in it names them: {names}.")


def _is_for_people(name: str) -> bool:
    """Whether a file beside a source tells people about it, so that no notebook misses it."""
    path = Path(name)
    return path.suffix in (".md", ".rst", ".sh") or path.stem.upper() in ("README", "LICENSE", "MAKEFILE")


def _warn_of_modules(graded: list[Graded], sources: Mapping[Path, Source]) -> None:
    """Name the modules that a source asks for and its kernel has not: then the points say nothing about learners."""
    missing = {
        (item.job.source, found[1])
        for item in graded
        for error in item.result.answer_errors
        if (found := _NO_MODULE.search(error.message)) and found[1] in code_of(sources[item.job.source].notebook)
    }
    for path, module in sorted(missing):
        _warning(f"{path}: the kernel has no module {module}, so cells that need it fail, the reference's too.")


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
    except ValueError as error:
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


def _report_all(graded: list[Graded], *, as_json: bool, is_quiet: bool) -> None:
    """Print many results: one JSON object for a program, else the table, unless it goes to a file (`is_quiet`)."""
    if as_json:
        key = _key()
        rows = [sign({"submission": str(item.job.submission), **item.result.to_json()}, key) for item in graded]
        typer.echo(json.dumps({"submissions": rows}))
    elif not is_quiet:
        typer.echo(_as_bytes(to_csv(graded)), nl=False)


def _as_bytes(table: str) -> bytes:
    """Return a table in UTF-8; a file's name that is none keeps its bytes, so that the file can be found."""
    return table.encode(errors="surrogateescape")


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
