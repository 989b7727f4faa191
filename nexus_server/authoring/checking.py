"""Checking a draft as `nexus content check` does: its files beside the site's, and its labs in the sandbox."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from nexus_server.authoring.trees import Tree, write_folder
from nexus_server.authoring.views import DraftProblem
from nexus_server.courses.hint_check import check_hints
from nexus_server.courses.lab_checks import LabChecker, LabToCheck, labs_of
from nexus_server.errors import NexusError
from nexus_server.grading.options import GradeOptions
from nexus_server.roadmaps.checks.checks import check_limits, check_sources
from nexus_server.roadmaps.files.lab_lines import cell_at_line
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.problem import Problem
from nexus_server.roadmaps.files.source import RoadmapSource


class LabRunner(Protocol):
    """Whatever runs labs' reference solutions, stubs and cases."""

    async def check(self, labs: list[LabToCheck]) -> list[Problem]:
        """Return the problems that only running shows."""
        ...


class SandboxLabs:
    """Runs labs one after the other, and remembers what it found between checks."""

    def __init__(self, options: GradeOptions, cache_file: Path) -> None:
        """`options` are the site's for grading; the cache is the same that the command line uses."""
        self._options = options
        self._cache_file = cache_file

    async def check(self, labs: list[LabToCheck]) -> list[Problem]:
        """Return the problems that only running shows."""
        checker = await asyncio.to_thread(LabChecker, self._options, self._cache_file, parallel=1)
        return await checker.check(labs)


class DraftChecker:
    """Finds every mistake of a draft's files."""

    def __init__(
        self, content: ContentLayers, labs: LabRunner, scratch: Path, *, max_memory_mb: int, max_cpu_share: float
    ) -> None:
        """`scratch` is a directory of the server's own: what is checked there is what was read, whatever follows."""
        self._content = content
        self._labs = labs
        self._scratch = scratch
        self._limits = max_memory_mb, max_cpu_share

    async def check(self, slug: str, tree: Tree, *, step: str | None = None, all_labs: bool = False) -> list[Problem]:
        """Return the mistakes of a tree as the roadmap `slug`.

        Of the labs those are run that are not published as they are; all of them with `all_labs`. With `step` only the
        mistakes in this step's files are returned, and only its lab is run.
        """
        self._scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._scratch) as place:
            source, problems = await asyncio.to_thread(self._read, Path(place) / slug, tree)
            if source.file is None:
                return problems
            labs = labs_of([source])
            if step is None and not all_labs:
                published = await asyncio.to_thread(self._published, slug)
                labs = [lab for lab in labs if published.get(lab.slug) != lab.content_hash]
            if step is not None:
                files = set(_files_of(source, step))
                labs = [lab for lab in labs if lab.slug == step]
                problems = [problem for problem in problems if problem.file in files]
            return sorted({*problems, *await self._labs.check(labs)})

    def _read(self, folder: Path, tree: Tree) -> tuple[RoadmapSource, list[Problem]]:
        write_folder(folder, tree)
        source = load_roadmap(folder)
        others = [load_roadmap(each) for each in self._content.folders() if each.name != folder.name]
        _, problems = check_sources([source, *others], str(self._content))
        own = [problem for problem in problems if problem.file.startswith(f"{folder.name}/")]
        return source, [*own, *check_limits(source, *self._limits), *check_hints(source)]

    def _published(self, slug: str) -> dict[str, str]:
        source = load_roadmap(self._content.folder(slug))
        return {node.entry.slug: node.content_hash for node in source.nodes}


def _files_of(source: RoadmapSource, step: str) -> Iterator[str]:
    """Yield the files that belong to a step; mistakes in `roadmap.yaml` concern every step."""
    name = source.folder.name
    yield f"{name}/roadmap.yaml"
    for entry in source.file.nodes if source.file else ():
        if entry.slug == step:
            yield from (f"{name}/{path}" for path in (entry.file, entry.quiz) if path)


def draft_problems(slug: str, tree: Tree, problems: list[Problem]) -> list[DraftProblem]:
    """Return problems as an author reads them: files relative to the roadmap, and at the cells of labs."""
    return [_placed(problem, problem.file.removeprefix(f"{slug}/"), tree) for problem in problems]


def _placed(problem: Problem, file: str, tree: Tree) -> DraftProblem:
    cell = None
    if file.endswith(".ipynb") and file in tree and problem.line > 1:
        cell = _cell_of(tree[file], file, problem.line)
    return DraftProblem(file=file, line=problem.line, severity=problem.severity, message=problem.message, cell=cell)


def _cell_of(data: bytes, file: str, line: int) -> int | None:
    try:
        text = data.decode("utf-8-sig")
        return cell_at_line(text, file, line, len(json.loads(text)["cells"]))
    except (ValueError, KeyError, TypeError, RecursionError, NexusError):
        return None
