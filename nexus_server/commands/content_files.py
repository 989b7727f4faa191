"""`nexus content new`, `release` and `schemas`: files made for authors, students and editors."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.separating import giving_back
from nexus_server.commands.writing import writing
from nexus_server.errors import InvalidError
from nexus_server.files.links import resolved
from nexus_server.roadmaps.files.problem import has_errors
from nexus_server.settings import NexusSettings

if TYPE_CHECKING:
    from nexus_server.courses.lab_checks import LabToCheck


class ContentProblemsError(InvalidError):
    """The content has mistakes; `nexus content check` shows them."""

    code = "content_problems"


class NoRoadmapError(InvalidError):
    """There is no roadmap here."""

    code = "no_roadmap"


class OutputInContentError(InvalidError):
    """The student versions would lie among the sources."""

    code = "output_in_content"


def own_content() -> Path:
    """Return where the site's own roadmaps are, a Git repository of their own where Git is installed; it is made."""
    path = NexusSettings().own_content_path
    if not path.exists():
        path.mkdir(parents=True)
        if git := shutil.which("git"):
            subprocess.run([git, "init", "-q", str(path)], check=False)
    return path


def new(
    slug: Annotated[str, typer.Argument(help="The roadmap's slug and folder: lower case, digits and hyphens.")],
    title: Annotated[str, typer.Option(help="The roadmap's title.")] = "",
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
) -> None:
    """Scaffold a roadmap: a note with a quiz and a lab, which pass every check."""
    from nexus_server.roadmaps.files.scaffold import scaffold

    with giving_back(), writing():
        written = scaffold(content_dir or own_content(), slug, title.strip() or _title_of(slug))
    _print_paths(written)


def copy(
    roadmap: Annotated[Path, typer.Argument(help="The roadmap's folder.")],
    slug: Annotated[str, typer.Argument(help="The copy's slug and folder.")],
    title: Annotated[str, typer.Option(help="The copy's title.")] = "",
    shift_days: Annotated[int, typer.Option(help="Days by which the labs' dates are moved; 364 keeps weekdays.")] = 0,
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
) -> None:
    """Copy a roadmap for the next term, with every date of its labs moved."""
    from nexus_server.roadmaps.files.copying import copy_roadmap

    with giving_back(), writing():
        target = content_dir or own_content()
        written = copy_roadmap(resolved(roadmap), target, slug, title.strip() or _title_of(slug), shift_days)
    _print_paths(written)


def release(
    output: Annotated[Path, typer.Option(help="Where to write.")],
    content_dir: Annotated[
        Path | None, typer.Argument(help="Content directory, or one roadmap's folder (default: all content).")
    ] = None,
) -> None:
    """Write the student version of every lab, with its data files, as learners get them; older ones are replaced."""
    from nexus_server.courses.lab_checks import labs_of
    from nexus_server.roadmaps.files.layers import ContentLayers
    from nexus_server.roadmaps.files.loader import load_chosen

    content = ContentLayers((resolved(content_dir),) if content_dir else NexusSettings().content_paths)
    sources = load_chosen(resolved(content_dir)) if content_dir else content.load()
    if not sources:
        raise NoRoadmapError(f"{content}: there is no roadmap here.")
    if any(resolved(output).is_relative_to(each) for each in content.directories):
        raise OutputInContentError(f"{output} lies in {content}: a released lab could replace its own source.")
    with writing():
        _print_paths(_write_release(output, lab) for lab in labs_of(sources))
    if any(has_errors(source.problems) for source in sources):
        raise ContentProblemsError


def _write_release(output: Path, lab: "LabToCheck") -> Path:
    folder = output / lab.file.partition("/")[0] / lab.slug
    for name, data in {f"{lab.slug}.ipynb": lab.lab.release_notebook.encode(), **lab.data}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / f"{lab.slug}.ipynb"


def import_nbgrader(
    course: Annotated[Path, typer.Argument(help="The course: a directory with source/<assignment>/*.ipynb.")],
    slug: Annotated[str, typer.Option(help="The new roadmap's slug and folder.")],
    title: Annotated[str, typer.Option(help="The new roadmap's title.")] = "",
    content_dir: Annotated[Path | None, typer.Option(help="Content directory.")] = None,
) -> None:
    """Make a roadmap of an nbgrader course: a lab for each graded notebook, as it is, with its data files."""
    from nexus_server.courses.nbgrader_course import import_course

    with giving_back(), writing():
        target = content_dir or own_content()
        imported = import_course(course, target, slug, title.strip() or _title_of(slug))
    _print_paths(imported.written)
    for path, reason in imported.left_out.items():
        typer.echo(f"left out: {path}: {reason}", err=True)


def export_nbgrader(
    roadmap: Annotated[Path, typer.Argument(help="A roadmap's folder.")],
    course: Annotated[Path, typer.Argument(help="The course to write to; its source/ directory is made if needed.")],
) -> None:
    """Write a roadmap's labs as assignments of an nbgrader course, with their data files."""
    from nexus_server.courses.nbgrader_course import export_course

    with writing():
        written = export_course(roadmap, course)
    _print_paths(written)


def schemas(
    output: Annotated[Path, typer.Option(help="Where to write.")] = Path("docs/schemas"),
) -> None:
    """Write the JSON Schemas of the content files, for editors."""
    from nexus_server.roadmaps.files.json_schemas import write_schemas

    with writing():
        written = write_schemas(output)
    _print_paths(written)


def _title_of(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def _print_paths(paths: Iterable[Path]) -> None:
    for path in paths:
        typer.echo(str(path))
