"""`nexus content report`: a page about the content itself."""

from pathlib import Path
from typing import Annotated

import typer

from nexus_server.commands.writing import writing
from nexus_server.files.links import resolved
from nexus_server.settings import NexusSettings


def report(
    content_dir: Annotated[
        Path | None, typer.Argument(help="Content directory, or one roadmap's folder (default: all content).")
    ] = None,
    *,
    output: Annotated[Path | None, typer.Option(help="File to write (default: print it).")] = None,
) -> None:
    """Write a page in Markdown: what each node holds, and where each concept is taught, practised and tested."""
    from nexus_server.courses.content_report import report as page_of
    from nexus_server.roadmaps.files.layers import ContentLayers
    from nexus_server.roadmaps.files.loader import load_chosen

    sources = load_chosen(resolved(content_dir)) if content_dir else ContentLayers(NexusSettings().content_paths).load()
    page = page_of(sources)
    if output is None:
        typer.echo(page)
        return
    with writing():
        output.write_text(page, encoding="utf-8")
    typer.echo(str(output))
