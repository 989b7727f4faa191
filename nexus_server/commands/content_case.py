"""`nexus content case`: keep a notebook as a case of a lab, and say whether the lab's tests judge it right."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.content_check import print_problems
from nexus_server.commands.writing import writing
from nexus_server.errors import InvalidError
from nexus_server.files.links import resolved
from nexus_server.roadmaps.files.problem import Problem

if TYPE_CHECKING:
    from nexus_server.courses.lab_checks import LabToCheck


class NoSuchLabError(InvalidError):
    """No roadmap around this file names it as a lab."""

    code = "no_such_lab"


def case(
    lab: Annotated[Path, typer.Argument(help="The lab's source, as `roadmap.yaml` names it.")],
    notebook: Annotated[Path, typer.Argument(help="The solution: any notebook with answers of the lab.")],
    *,
    wrong: Annotated[
        list[str] | None,
        typer.Option("--wrong", help="A test that must not pass (repeatable); none: a right solution."),
    ] = None,
    name: Annotated[str, typer.Option(help="The case's name (default: the notebook's).")] = "",
) -> None:
    """Keep a notebook as a case of a lab: its answers that differ from the reference, in the folder beside the lab.

    Then the lab is checked; a case that its tests judge wrongly is named.
    """
    from nexus_server.courses.case_writing import add_case
    from nexus_server.notebook_format.notebook_file import read_notebook
    from nexus_server.notebook_format.notebooks import parse_notebook

    source = parse_notebook(_lab_of(lab).lab.source_notebook)
    with writing():
        path = add_case(resolved(lab), source, read_notebook(notebook), name or notebook.stem, wrong or [])
    typer.echo(str(path))
    print_problems(problems := _check(lab, path.stem), as_json=False)
    raise typer.Exit(1 if problems else 0)


def _check(path: Path, name: str) -> list[Problem]:
    """Return the problems of the lab with this case alone."""
    from dataclasses import replace

    from nexus_server.courses.lab_checks import LabChecker
    from nexus_server.grading.options import GradeOptions
    from nexus_server.grading.settings import GradingSettings

    lab = _lab_of(path)
    lab = replace(lab, cases=tuple(case for case in lab.cases if case.name == name))
    return asyncio.run(LabChecker(GradeOptions.from_settings(GradingSettings()), None, runs=1).check([lab]))


def _lab_of(path: Path) -> "LabToCheck":
    """Find a lab by its file.

    Raises:
        NoSuchLabError
    """
    from nexus_server.courses.lab_checks import labs_of
    from nexus_server.roadmaps.files.loader import ROADMAP_FILE, load_roadmap

    file = resolved(path)
    folder = next((parent for parent in file.parents if (parent / ROADMAP_FILE).is_file()), None)
    labs = labs_of([load_roadmap(folder)]) if folder else []
    found = next((lab for lab in labs if folder and folder.parent / lab.file == file), None)
    if found is None:
        raise NoSuchLabError(f"{path}: no roadmap around this file names it as a lab without mistakes.")
    return found
