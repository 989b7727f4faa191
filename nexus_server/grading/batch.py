"""Grading a directory of submissions side by side, and the table that comes out."""

import asyncio
import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from nexus_server.grading.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.grading.grader import Grader
from nexus_server.grading.notebooks import read_notebook
from nexus_server.grading.results import GradeResult

#: what a submission itself can be guilty of; it fails alone
SUBMISSION_ERRORS = (NotANotebookError, NotebookTooLargeError)


@dataclass(frozen=True, slots=True)
class Job:
    """One submission and the source it belongs to."""

    submission: Path
    source: Path


@dataclass(frozen=True, slots=True)
class Graded:
    """One graded submission."""

    job: Job
    result: GradeResult


def find_jobs(submissions: Path, source: Path) -> list[Job]:
    """List the notebooks below a directory; a source directory gives to each the notebook of the same name.

    Raises:
        NotANotebookError: there is nothing to grade.
    """
    found = sorted(path for path in submissions.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    if source.is_dir():
        sources = {path.name: path for path in sorted(source.rglob("*.ipynb"))}
        jobs = [Job(path, sources[path.name]) for path in found if path.name in sources]
    else:
        jobs = [Job(path, source) for path in found]
    if not jobs:
        raise NotANotebookError(f"{submissions}: there is no notebook here that {source} could grade.")
    return jobs


async def grade_all(
    grader: Grader, jobs: Iterable[Job], *, parallel: int, on_done: Callable[[Graded], None] = lambda _: None
) -> list[Graded]:
    """Grade every job, `parallel` at a time; the list is in the order of the jobs."""
    gate = asyncio.Semaphore(parallel)

    async def one(job: Job) -> Graded:
        async with gate:
            graded = Graded(job, await _grade_one(grader, job))
        on_done(graded)
        return graded

    return list(await asyncio.gather(*(one(job) for job in jobs)))


async def _grade_one(grader: Grader, job: Job) -> GradeResult:
    source = read_notebook(job.source)
    try:
        submission = read_notebook(job.submission)
    except SUBMISSION_ERRORS as exc:
        return GradeResult((), 0.0, reason=exc.message)
    digest = hashlib.sha256(job.submission.read_bytes()).hexdigest()
    return await grader.grade(submission, source, submission_sha256=digest)


def to_csv(graded: Sequence[Graded]) -> str:
    """Return a table with a row per submission and a column per graded cell."""
    ids = list(dict.fromkeys(cell.grade_id for item in graded for cell in item.result.cells))
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "status", "score", "max_score", "needs_manual", "reason", *ids])
    for item in graded:
        result, points = item.result, {cell.grade_id: cell.points for cell in item.result.cells}
        writer.writerow(
            [
                _cell(str(item.job.submission)),
                "graded" if result.is_graded else "failed",
                result.score,
                result.max_score,
                "yes" if result.needs_manual else "no",
                _cell(result.reason or ""),
                *(points.get(grade_id, "") for grade_id in ids),
            ]
        )
    return out.getvalue()


def _cell(text: str) -> str:
    """Keep a spreadsheet from reading a learner's text as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
