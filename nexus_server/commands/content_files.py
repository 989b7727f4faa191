"""`nexus content new`, `release` and `schemas`: files made for authors, students and editors."""

from pathlib import Path
from typing import Annotated

import typer

from nexus_server.errors import InvalidError
from nexus_server.roadmaps.problem import has_errors
from nexus_server.settings import NexusSettings


class ContentProblemsError(InvalidError):
    """The content has mistakes; `nexus content check` shows them."""

    code = "content_problems"


def new(
    slug: Annotated[str, typer.Argument(help="The roadmap's slug and folder: lower case, digits and hyphens.")],
    title: Annotated[str, typer.Option(help="The roadmap's title.")] = "",
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
) -> None:
    """Scaffold a roadmap: a note with a quiz and a lab, which pass every check."""
    from nexus_server.roadmaps.scaffold import scaffold

    for path in scaffold(
        content_dir or NexusSettings().content_path, slug, title or slug.replace("-", " ").capitalize()
    ):
        typer.echo(str(path))


def release(
    output: Annotated[Path, typer.Option(help="Where to write.")],
    content_dir: Annotated[Path | None, typer.Argument(help="Content directory (default: the configured one).")] = None,
) -> None:
    """Write the student version of every lab, with its data files, as learners get them."""
    from nexus_server.roadmaps.lab_checks import labs_of
    from nexus_server.roadmaps.loader import load_content

    sources = load_content(content_dir or NexusSettings().content_path)
    for lab in labs_of(sources):
        folder = output / lab.file.partition("/")[0] / lab.slug
        for name, data in {f"{lab.slug}.ipynb": lab.lab.release_notebook.encode(), **lab.data}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        typer.echo(str(folder / f"{lab.slug}.ipynb"))
    if any(has_errors(source.problems) for source in sources):
        raise ContentProblemsError


def import_nbgrader(
    course: Annotated[Path, typer.Argument(help="The course: a directory with source/<assignment>/*.ipynb.")],
    slug: Annotated[str, typer.Option(help="The new roadmap's slug and folder.")],
    title: Annotated[str, typer.Option(help="The new roadmap's title.")] = "",
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
) -> None:
    """Make a roadmap of an nbgrader course: a lab for each graded notebook, copied as it is."""
    from nexus_server.grading.nbgrader_course import import_course

    target = content_dir or NexusSettings().content_path
    for path in import_course(course, target, slug, title or slug.replace("-", " ").capitalize()):
        typer.echo(str(path))


def schemas(
    output: Annotated[Path, typer.Option(help="Where to write.")] = Path("docs/schemas"),
) -> None:
    """Write the JSON Schemas of the content files, for editors."""
    from nexus_server.roadmaps.json_schemas import write_schemas

    for path in write_schemas(output):
        typer.echo(str(path))
