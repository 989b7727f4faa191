"""What only running a lab shows: the reference solution earns full marks, the stub none, three times out of three.

The cases beside a lab are judged as they claim.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from nbformat import NotebookNode

from nexus_server.courses.case_checks import NOT_RUN, NotebookGrader, judge
from nexus_server.courses.cases import Case, read_cases
from nexus_server.errors import NexusError
from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.kernels.shipped_images import build_advice
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult
from nexus_server.notebook_format.variants import draw, parameters_of, varied
from nexus_server.roadmaps.files.folder_reader import digest
from nexus_server.roadmaps.files.lab_data import read_data
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.files.source import LabSource, NodeSource, RoadmapSource
from nexus_server.submissions.engine_grader import options_of

log = structlog.get_logger()

#: how often the reference solution is graded, to find tests that depend on chance
RUNS = 3
#: variants of a lab with parameters that are graded
SEEDS = 5
#: file in the data directory that remembers what was found
CACHE_FILE = "content-check.json"
#: part of every cached result's key: raise it when the checks change
CHECKS_VERSION = "1"


@dataclass(frozen=True, slots=True)
class LabToCheck:
    """A lab to be checked. `file` is its path relative to the content directory, `text` what the file says."""

    slug: str
    file: str
    text: str
    content_hash: str
    lab: LabSource
    spec: LabSpec
    data: dict[str, bytes]
    #: right and wrong solutions, and what is wrong with their files
    cases: tuple[Case, ...] = ()
    case_problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, roadmap: RoadmapSource, node: NodeSource) -> "LabToCheck":
        """Read what checking `node`, which is a lab, takes."""
        assert node.lab is not None  # noqa: S101  the caller chose labs
        spec = node.entry.lab or LabSpec()
        content_dir = roadmap.folder.parent
        cases, problems = read_cases(content_dir / node.path, content_dir, parse_notebook(node.lab.source_notebook))
        return cls(
            slug=node.entry.slug,
            file=node.path,
            text=(content_dir / node.path).read_text(encoding="utf-8"),
            content_hash=node.content_hash,
            lab=node.lab,
            spec=spec,
            data=read_data(roadmap.folder, spec.model_dump()),
            cases=tuple(cases),
            case_problems=tuple(problems),
        )


def labs_of(sources: Iterable[RoadmapSource]) -> list[LabToCheck]:
    """Return every lab of the roadmaps."""
    return [LabToCheck.of(source, node) for source in sources for node in source.nodes if node.lab is not None]


class LabChecker:
    """Checks labs in the sandbox, several at once, and remembers what it found by content hash."""

    def __init__(self, options: GradeOptions, cache_file: Path | None, *, parallel: int = 2, runs: int = RUNS) -> None:
        """`options` are the site's for grading; without `cache_file` everything is run."""
        self._options = options
        self._cache_file = cache_file
        self._cache = _read_cache(cache_file)
        self._gate = asyncio.Semaphore(parallel)
        self._runs = runs

    async def check(
        self, labs: list[LabToCheck], on_done: Callable[[LabToCheck], None] = lambda _: None
    ) -> list[Problem]:
        """Return the problems of all labs. Those with the same kernel and limits share a grader."""
        found: list[list[Problem]] = [[] for _ in labs]
        alike: dict[GradeOptions, list[int]] = {}
        for place, lab in enumerate(labs):
            alike.setdefault(self._options_of(lab), []).append(place)
        for options, places in alike.items():
            grader = Grader(options)

            async def one(place: int, grader: Grader = grader) -> None:
                async with self._gate:
                    found[place] = await self._check(grader, labs[place])
                on_done(labs[place])

            try:
                await asyncio.gather(*(one(place) for place in places))
            finally:
                await grader.close()
        self._write_cache()
        return [problem for problems in found for problem in problems]

    def _options_of(self, lab: LabToCheck) -> GradeOptions:
        """Return the site's options with what the lab asks for."""
        # Each kernel that is asked for here is followed by others: none waits for a submission that might come.
        site = replace(self._options, judges_reference=True, start_ahead=0)
        return options_of(site, lab.spec.model_dump(mode="json", exclude_none=True))

    async def _check(self, grader: Grader, lab: LabToCheck) -> list[Problem]:
        try:
            return [*lab.case_problems, *await self._check_cached(grader, lab)]
        except NexusError as error:  # its kernel is missing, say; the other labs can be run all the same
            return [_not_run(lab, error.message)]

    async def _check_cached(self, grader: Grader, lab: LabToCheck) -> list[Problem]:
        """Check a lab, and then its cases unless its own solution fails: then they say nothing."""
        asked = [CHECKS_VERSION, lab.content_hash, repr(grader.options), await grader.image()]
        check = partial(check_lab, grader, lab, runs=self._runs)
        if problems := await self._remembered([*asked, str(self._runs)], check):
            return problems
        source = parse_notebook(lab.lab.source_notebook)
        found = [
            await self._remembered([*asked, case.digest], partial(judge, grader, case, source, lab.data))
            for case in lab.cases
        ]
        return [problem for problems in found for problem in problems]

    async def _remembered(self, asked: list[str], work: Callable[[], Awaitable[list[Problem]]]) -> list[Problem]:
        """Return what was found before, or find it; what could not be run is tried again next time."""
        key = digest(asked)
        if key in self._cache:
            return [_problem(stored) for stored in self._cache[key]]
        problems = await work()
        if not any(problem.message.startswith(NOT_RUN) for problem in problems):
            self._cache[key] = [problem.as_dict() for problem in problems]
        return problems

    def _write_cache(self) -> None:
        if self._cache_file is None:
            return
        self._cache_file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._cache_file.with_suffix(".partial")
        partial.write_text(json.dumps(self._cache), encoding="utf-8")
        partial.replace(self._cache_file)


async def check_lab(grader: NotebookGrader, lab: LabToCheck, *, runs: int = RUNS) -> list[Problem]:
    """Grade the reference solution `runs` times and the student version once; return what is not as it must be."""
    source = parse_notebook(lab.lab.source_notebook)
    if parameters_of(source):
        return await _check_variants(grader, lab, source)
    try:
        references = [await grader.grade(source, source, files=lab.data) for _ in range(runs)]
        stub = await grader.grade(parse_notebook(lab.lab.release_notebook), source, files=lab.data)
    except SandboxUnavailableError as error:
        return [_not_run(lab, error.message)]
    return [*_incomplete(lab, references), *_generous(lab, stub)]


async def _check_variants(grader: NotebookGrader, lab: LabToCheck, source: NotebookNode) -> list[Problem]:
    """Grade the reference solution and the student version for several seeds; a mistake names what was drawn."""
    released = parse_notebook(lab.lab.release_notebook)
    for number in range(SEEDS):
        values = draw(source, f"check-{number}")
        own = varied(source, values)
        try:
            reference = await grader.grade(own, own, files=lab.data)
            stub = await grader.grade(varied(released, values), own, files=lab.data)
        except SandboxUnavailableError as error:
            return [_not_run(lab, error.message)]
        drawn = ", ".join(f"{name} = {value!r}" for name, value in values.items())
        if problems := [*_incomplete(lab, [reference]), *_generous(lab, stub)]:
            return [replace(problem, message=f"with {drawn}: {problem.message}") for problem in problems]
    return []


def _not_run(lab: LabToCheck, reason: str) -> Problem:
    """Say why a lab could not be run, which says nothing about its content and is tried again next time.

    A site need not have an optional kernel: that one is missing is no mistake of the lab's.
    """
    severity = Severity.WARNING if build_advice(lab.spec.kernel) else Severity.ERROR
    return Problem(lab.file, 1, f"{NOT_RUN}: {reason}", severity)


def _incomplete(lab: LabToCheck, results: list[GradeResult]) -> list[Problem]:
    problems = []
    for cells in zip(*(result.cells for result in results), strict=True):
        failed = [cell for cell in cells if cell.status is not CellStatus.MANUAL and cell.points < cell.max_points]
        if not failed:
            continue
        cell, line = failed[0], _line(lab, failed[0])
        if len(failed) < len(cells):
            text = f"{cell.grade_id} fails {len(failed)} times out of {len(cells)} on the reference solution"
        else:
            text = f"the reference solution earns {cell.points:g} of {cell.max_points:g} points in {cell.grade_id}"
        problems.append(Problem(lab.file, line, f"{text} ({cell.status}: {cell.message})".replace("\n", " ")))
    return problems


def _generous(lab: LabToCheck, stub: GradeResult) -> list[Problem]:
    return [
        Problem(lab.file, _line(lab, cell), f"{cell.grade_id} gives {cell.points:g} points to the unchanged stub")
        for cell in stub.cells
        if cell.points > 0
    ]


def _line(lab: LabToCheck, cell: CellResult) -> int:
    cells = json.loads(lab.lab.source_notebook)["cells"]
    ids = [item["metadata"].get("nbgrader", {}).get("grade_id") for item in cells]
    return line_of_cell(lab.text, lab.file, ids.index(cell.grade_id)) if cell.grade_id in ids else 1


def _problem(stored: dict[str, Any]) -> Problem:
    return Problem(stored["file"], stored["line"], stored["message"], Severity(stored["severity"]))


def _read_cache(path: Path | None) -> dict[str, list[dict[str, Any]]]:
    if path is None or not path.is_file():
        return {}
    try:
        cache: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        log.warning("content_check_cache_unreadable", path=str(path))
        return {}
    return cache
