"""`nexus content check`: every mistake of the files, with its line; labs are run in the sandbox."""

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nexus_server.commands.separating import give_up_root
from nexus_server.files.links import resolved
from nexus_server.roadmaps.files.problem import Problem, has_errors
from nexus_server.settings import NexusSettings

if TYPE_CHECKING:
    from nexus_server.roadmaps.files.source import RoadmapSource


def check(
    content_dir: Annotated[
        Path | None, typer.Argument(help="Content directory, or one roadmap's folder (default: all content).")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    external: Annotated[bool, typer.Option("--external", help="Also ask whether links to other sites work.")] = False,
    static: Annotated[bool, typer.Option("--static", help="Only read the files; run no lab.")] = False,
    cache: Annotated[bool, typer.Option(help="Skip labs that were checked as they are.")] = True,
    jobs: Annotated[int, typer.Option(min=1, help="Labs run at once (default: cores).")] = os.cpu_count() or 1,
) -> None:
    """Find mistakes in the files, without a server or a database.

    Labs are run three times with their reference solution, which must earn full marks, and once as released, which must
    earn none. The right and wrong solutions in a lab's folder of cases must be judged as such.
    """
    from nexus_server.courses.hint_check import check_hints
    from nexus_server.courses.lab_checks import CACHE_FILE
    from nexus_server.kernels.settings import SandboxSettings
    from nexus_server.roadmaps.checks.checks import check_content, check_limits, check_sources
    from nexus_server.roadmaps.files.layers import ContentLayers

    site = NexusSettings()
    directories = (resolved(content_dir),) if content_dir else site.content_paths
    if not static:
        give_up_root(directories[:1])
    if content_dir:
        sources, problems = check_content(resolved(content_dir))
    else:
        content = ContentLayers(directories)
        sources, problems = check_sources(content.load(), str(content))
    ceiling = SandboxSettings().ceiling()
    for source in sources:
        problems += [*check_limits(source, ceiling.memory_mb, ceiling.cpu_share), *check_hints(source)]
    if external:
        from nexus_server.roadmaps.checks.external_links import check_external, external_links

        problems = sorted({*problems, *asyncio.run(check_external(external_links(sources)))})
    if not static:
        cache_file = site.data_path / CACHE_FILE if cache else None
        problems = sorted({*problems, *run_labs(sources, cache_file, jobs=jobs, quiet=as_json)})
    print_problems(sorted(problems), as_json=as_json)
    nodes = sum(len(source.nodes) for source in sources)
    cases = 0 if static else count_cases(sources)
    if as_json:
        found = [problem.as_dict() for problem in problems]
        typer.echo(json.dumps({"roadmaps": len(sources), "nodes": nodes, "cases": cases, "problems": found}))
    else:
        judged = f"{cases} cases judged, " if cases else ""
        typer.echo(f"{len(sources)} roadmaps, {nodes} nodes, {judged}{len(problems)} problems")
    raise typer.Exit(1 if has_errors(problems) else 0)


def run_labs(sources: "list[RoadmapSource]", cache_file: Path | None, *, jobs: int, quiet: bool) -> list[Problem]:
    """Run every lab that could be read; show how far it is unless `quiet`."""
    from nexus_server.courses.lab_checks import LabChecker, labs_of
    from nexus_server.grading.options import GradeOptions
    from nexus_server.grading.settings import GradingSettings

    labs = labs_of(sources)
    checker = LabChecker(GradeOptions.from_settings(GradingSettings()), cache_file, parallel=jobs)
    columns = (
        TextColumn("labs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("", total=len(labs))
        return asyncio.run(checker.check(labs, lambda lab: progress.update(task, advance=1, description=lab.file)))


def count_cases(sources: "list[RoadmapSource]") -> int:
    """Count the right and wrong solutions beside the labs."""
    from nexus_server.courses.lab_checks import labs_of

    return sum(len(lab.cases) for lab in labs_of(sources))


def print_problems(problems: list[Problem], *, as_json: bool) -> None:
    """Print each problem on a line; beside JSON on stdout, to stderr."""
    console = Console(stderr=as_json, soft_wrap=True)
    for problem in problems:
        console.print(str(problem), markup=False, highlight=False)
