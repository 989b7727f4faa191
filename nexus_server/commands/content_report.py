"""`nexus content report`: a page about the content itself."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.writing import writing
from nexus_server.files.links import resolved
from nexus_server.settings import NexusSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nexus_server.courses.lab_measures import LabMeasure
    from nexus_server.roadmaps.files.source import RoadmapSource


def report(
    content_dir: Annotated[
        Path | None, typer.Argument(help="Content directory, or one roadmap's folder (default: all content).")
    ] = None,
    *,
    output: Annotated[Path | None, typer.Option(help="File to write (default: print it).")] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Grade each reference solution once, and add what that takes.")
    ] = False,
) -> None:
    """Write a page in Markdown: what each node holds, and where each concept is taught, practised and tested."""
    from nexus_server.courses.content_report import report as page_of
    from nexus_server.roadmaps.files.layers import ContentLayers
    from nexus_server.roadmaps.files.loader import load_chosen

    sources = load_chosen(resolved(content_dir)) if content_dir else ContentLayers(NexusSettings().content_paths).load()
    page = page_of(sources, measures_of(sources) if measure else None)
    if output is None:
        typer.echo(page)
        return
    with writing():
        output.write_text(page, encoding="utf-8")
    typer.echo(str(output))


def measures_of(sources: "Sequence[RoadmapSource]") -> "dict[str, LabMeasure]":
    """Measure each lab, one after the other; name on stderr those that cannot be run here."""
    from nexus_server.courses.lab_checks import labs_of
    from nexus_server.courses.lab_measures import measure_lab
    from nexus_server.errors import NexusError
    from nexus_server.grading.options import GradeOptions
    from nexus_server.grading.settings import GradingSettings

    site = GradeOptions.from_settings(GradingSettings())
    found: dict[str, LabMeasure] = {}
    for lab in labs_of(sources):
        try:
            found[lab.file] = asyncio.run(measure_lab(lab, site))
        except NexusError as error:
            typer.echo(f"{lab.file}: not measured: {error.message}", err=True)
    return found
