"""Grading a directory of submissions side by side, and the table that comes out."""

import asyncio
import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

import structlog
from nbformat import NotebookNode

from nexus_server.courses.roadmap_lab import find_roadmap_lab
from nexus_server.files.links import resolved
from nexus_server.files.names import composed, is_nobodys
from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.errors import (
    InvalidSourceError,
    NotANotebookError,
    NotebookTooLargeError,
    SandboxUnavailableError,
)
from nexus_server.notebook_format.kernel_choice import DATA_KERNEL, DATA_MEMORY_MB, choose_kernel, code_of
from nexus_server.notebook_format.lab_folder import CompanionFiles, lab_files, own_files
from nexus_server.notebook_format.metadata import max_score
from nexus_server.notebook_format.notebook_file import read_course_notebook, read_notebook
from nexus_server.notebook_format.results import GradeResult, NotGraded
from nexus_server.notebook_format.scripts import has_cells
from nexus_server.notebook_format.validation import require_valid
from nexus_server.roadmaps.files.roadmap_file import LabSpec

log = structlog.get_logger()

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
    result: GradeResult | NotGraded


@dataclass(frozen=True, slots=True)
class Source:
    """An instructor's notebook and what lies beside it, read once for all its submissions."""

    notebook: NotebookNode
    files: CompanionFiles
    #: what the roadmap says, where the source is one's lab
    spec: LabSpec | None = None


def read_source(path: Path) -> Source:
    """Read an instructor's notebook and its folder.

    Raises:
        NotANotebookError, NotebookTooLargeError, InvalidSourceError: it is no source.
        UnreadableConfigError: its course's own markers cannot be read.
    """
    notebook, _ = read_course_notebook(path)
    require_valid(notebook, called=str(path))
    lab = find_roadmap_lab(path)
    if lab is None:
        return Source(notebook, lab_files(path, notebook))
    return Source(notebook, CompanionFiles(lab.data), lab.spec)


class Graders:
    """A grader for each kernel that turns out to be needed. Close it in the end."""

    def __init__(self, options: GradeOptions, *, is_chosen: bool) -> None:
        """`is_chosen` says that `options` name the kernel; otherwise each notebook gets the one that fits it."""
        self._options = options
        self._is_chosen = is_chosen
        self._graders: dict[GradeOptions, Grader] = {}

    def get(self, source: Source, texts: Sequence[str]) -> Grader:
        """Return the grader for the chosen kernel, or for the one that the roadmap names or that fits the code.

        Raises:
            SandboxUnavailableError: see `choose_kernel`.
        """
        options = self._options_for(source, texts)
        if options not in self._graders:
            self._graders[options] = Grader(options)
        return self._graders[options]

    def _options_for(self, source: Source, texts: Sequence[str]) -> GradeOptions:
        """Put together what was asked for, what the roadmap says, and what fits, in this order."""
        asked = self._options
        spec = source.spec or LabSpec()
        fitting = spec.kernel if source.spec is not None else choose_kernel(source.notebook, texts)
        name = asked.kernel_name if self._is_chosen else fitting
        default_mb = DATA_MEMORY_MB if name == DATA_KERNEL and source.spec is None else None
        usual = GradeOptions()
        limits = {
            limit: wanted
            for limit in ("cell_timeout_s", "notebook_timeout_s")
            if (wanted := getattr(spec.limits, limit)) and getattr(asked, limit) == getattr(usual, limit)
        }
        memory_mb = asked.memory_mb or spec.limits.memory_mb or default_mb
        return replace(asked, kernel_name=name, memory_mb=memory_mb, **limits)

    async def close(self) -> None:
        """Close every grader."""
        for grader in self._graders.values():
            await grader.close()


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to grade."""

    jobs: list[Job]
    #: notebooks that no source of the same name was found for
    unmatched: list[Path]
    #: notebooks that several sources would fit, with these
    ambiguous: dict[Path, list[Path]] = field(default_factory=dict)


def find_jobs(submission: Path, source: Path) -> Found:
    """List a notebook or those below a directory; a source directory gives to each the notebook of the same name.

    Raises:
        NotANotebookError: there is nothing to grade.
    """
    found = _submitted(submission, source) if submission.is_dir() else [submission]
    # Where both lie in one folder, no submission may be the source of its own tests.
    submitted = {resolved(path) for path in found}
    sources = [path for path in _sources(source) if resolved(path) not in submitted] if source.is_dir() else []
    matches = {path: _sources_of(path, sources) if source.is_dir() else [source] for path in found}
    jobs = [Job(path, fitting[0]) for path, fitting in matches.items() if len(fitting) == 1]
    ambiguous = {path: fitting for path, fitting in matches.items() if len(fitting) > 1}
    if not jobs and ambiguous:
        path, fitting = next(iter(ambiguous.items()))
        raise NotANotebookError(f"{path}: {ambiguity(fitting)}")
    if not jobs:
        raise NotANotebookError(f"{submission}: there is no notebook here that {source} could grade.")
    return Found(jobs, [path for path, fitting in matches.items() if not fitting], ambiguous)


def ambiguity(sources: Sequence[Path]) -> str:
    """Say that several sources would fit, and what to do."""
    names = ", ".join(map(str, sources))
    return f"it is ambiguous which source grades it: {names}. Put it into a folder of its assignment's name."


def _notebooks(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*.ipynb") if path.is_file())
    return sorted(path for path in found if not is_nobodys(path.relative_to(folder)))


def _submitted(folder: Path, source: Path) -> list[Path]:
    """List the notebooks below a folder, and the scripts that are named like a source: they are no helper modules."""
    notebooks = _notebooks(folder)
    if resolved(source).is_relative_to(resolved(folder)):
        return notebooks
    sources = _sources(source) if source.is_dir() else [source]
    names = {composed(path.stem) for path in sources}
    return [*notebooks, *(path for path in _lone_scripts(folder, notebooks) if composed(path.stem) in names)]


def _sources(folder: Path) -> list[Path]:
    """List the notebooks below a folder, and the scripts that are notebooks and have none of their name beside them."""
    notebooks = _notebooks(folder)
    return [*notebooks, *filter(_has_cells, _lone_scripts(folder, notebooks))]


def _lone_scripts(folder: Path, notebooks: Iterable[Path]) -> list[Path]:
    """List the scripts below a folder that have no notebook of their name beside them."""
    taken = {path.with_suffix("") for path in notebooks}
    scripts = (path for path in sorted(folder.rglob("*.py")) if path.is_file() and path.with_suffix("") not in taken)
    return [path for path in scripts if not is_nobodys(path.relative_to(folder))]


def _has_cells(path: Path) -> bool:
    try:
        return has_cells(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return False


def _sources_of(submission: Path, sources: Sequence[Path]) -> list[Path]:
    """Find the sources of the same name; of several, those of the nearest folder that bears an assignment's name."""
    same = [path for path in sources if composed(path.stem) == composed(submission.stem)]
    if len(same) < 2:  # noqa: PLR2004  nothing to choose from
        return same
    for folder in resolved(submission).parents:
        if fitting := [path for path in same if composed(path.parent.name) == composed(folder.name)]:
            return fitting
    return same


async def grade_all(
    graders: Graders,
    jobs: Sequence[Job],
    sources: Mapping[Path, Source],
    *,
    parallel: int,
    on_done: Callable[[Graded], None] = lambda _: None,
) -> list[Graded]:
    """Grade every job, `parallel` at a time; the list is in the order of the jobs, `sources` has every job's source."""
    crowded = {key for key, count in Counter((job.submission.parent, job.source) for job in jobs).items() if count > 1}
    gate = asyncio.Semaphore(parallel)

    async def one(job: Job) -> Graded:
        async with gate:
            is_alone = (job.submission.parent, job.source) not in crowded
            graded = Graded(job, await _grade_alone(graders, job, sources[job.source], is_alone=is_alone))
        on_done(graded)
        return graded

    return list(await asyncio.gather(*(one(job) for job in jobs)))


async def _grade_alone(graders: Graders, job: Job, source: Source, *, is_alone: bool) -> GradeResult | NotGraded:
    """Grade a job so that whatever is odd about it costs no other job its grade."""
    try:
        return await _grade_one(graders, job, source, is_alone=is_alone)
    except OSError as exc:
        return NotGraded(f"{job.submission}: {exc.strerror or exc}.")
    except Exception as exc:  # a fault of ours that one submission brings out; the others' grades still count
        log.exception("grading_failed", submission=str(job.submission))
        return NotGraded(f"{job.submission}: the grader failed on this file ({type(exc).__name__}).")


async def _grade_one(graders: Graders, job: Job, source: Source, *, is_alone: bool) -> GradeResult | NotGraded:
    """Grade a job. `is_alone` says that no other learner's work for the source lies in the same folder."""
    try:
        submission = read_notebook(job.submission)
    except SUBMISSION_ERRORS as exc:
        return NotGraded(exc.message)
    given, for_tests = source.files.given, source.files.for_tests
    own = own_files(job.submission, submission, job.source) if is_alone else {}
    modules = (data.decode(errors="replace") for name, data in [*given.items(), *for_tests.items()] if _is_code(name))
    try:
        grader = graders.get(source, [code_of(source.notebook), code_of(submission), *modules])
    except SandboxUnavailableError as exc:
        return NotGraded(exc.message)
    digest = hashlib.sha256(job.submission.read_bytes()).hexdigest()
    try:
        return await grader.grade(
            submission, source.notebook, submission_sha256=digest, files=given, test_files=for_tests, own_files=own
        )
    except InvalidSourceError as exc:
        return NotGraded(f"{job.source}: {exc.message}")
    except SandboxUnavailableError as exc:
        return NotGraded(exc.message, max_score=max_score(source.notebook))


def _is_code(name: str) -> bool:
    return name.endswith(".py")


def to_csv(graded: Sequence[Graded]) -> str:
    """Return a table with a row per submission and a column per graded cell."""
    ids = list(dict.fromkeys(cell["grade_id"] for item in graded for cell in item.result.to_json()["cells"]))
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "status", "score", "max_score", "needs_manual", "reason", *ids])
    for item in graded:
        result = item.result.to_json()
        points = {cell["grade_id"]: cell["points"] for cell in result["cells"]}
        writer.writerow(
            [
                _cell(str(item.job.submission)),
                result["status"],
                result["score"],
                result["max_score"],
                "yes" if result["needs_manual"] else "no",
                _cell(result["reason"] or ""),
                *(points.get(grade_id, "") for grade_id in ids),
            ]
        )
    return out.getvalue()


def _cell(text: str) -> str:
    """Keep a spreadsheet from reading a learner's text as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
