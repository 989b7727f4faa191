"""`nexus content import`: a roadmap made of other tools' files, with a line for each part of them."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.content_files import own_content
from nexus_server.commands.separating import giving_back
from nexus_server.commands.writing import writing
from nexus_server.errors import NotFoundError

if TYPE_CHECKING:
    from nexus_server.courses.imports.companions import Bundle
    from nexus_server.courses.imports.report import ImportedStep


AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


class NoSuchSourceError(NotFoundError):
    """There is no such file or folder."""

    code = "no_such_source"


def import_files(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders: notebooks, quizzes, notes, zips of them.")],
    slug: Annotated[str, typer.Option(help="The new roadmap's slug and folder.")],
    title: Annotated[str, typer.Option(help="The new roadmap's title.")] = "",
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a roadmap of other tools' files, and say of each cell, item and file what became of it."""
    from nexus_server.authoring.editing import place_imports
    from nexus_server.authoring.outline import empty_roadmap
    from nexus_server.authoring.trees import write_folder
    from nexus_server.courses.imports.formats import import_bundle
    from nexus_server.roadmaps.files.scaffold import RoadmapExistsError, require_slug

    require_slug(slug)
    with giving_back(), writing():
        target = (content_dir or own_content()) / slug
        if target.exists():
            raise RoadmapExistsError(slug=slug)
        steps = [step for source in sources for step in import_bundle(_bundle(source))]
        tree = empty_roadmap(slug, title.strip() or slug.replace("-", " ").capitalize())
        slugs, changed = place_imports(tree, steps)
        write_folder(target, {**tree, **changed})
    named = list(zip(slugs, steps, strict=True))
    typer.echo(_as_json(named) if as_json else "\n".join(_lines(named)))


def _bundle(source: Path) -> "Bundle":
    from nexus_server.courses.imports.bundles import bundle_of, folder_bundle

    if source.is_dir():
        return folder_bundle(source)
    if not source.is_file():
        raise NoSuchSourceError(f"{source}: there is no such file or folder.")
    return bundle_of(source.name, source.read_bytes())


def _lines(named: "Iterable[tuple[str, ImportedStep]]") -> Iterable[str]:
    for slug, step in named:
        yield f"{slug}: {step.kind}: {step.title}"
        yield from (f"  {report.place}: {report.outcome.replace('_', ' ')}: {report.text}" for report in step.reports)


def _as_json(named: "Iterable[tuple[str, ImportedStep]]") -> str:
    found = [
        {"slug": slug, "kind": step.kind, "title": step.title, "parts": [asdict(report) for report in step.reports]}
        for slug, step in named
    ]
    return json.dumps({"steps": found}, ensure_ascii=False, indent=2)
