"""Labs: notebooks as ``.ipynb``, or as Jupytext ``py:percent`` scripts."""

from pathlib import PurePosixPath

import nbformat
from nbformat import NotebookNode

from nexus_server.errors import NexusError
from nexus_server.notebook_format.languages import notebook_language
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.scripts import is_script, parse_script
from nexus_server.notebook_format.validation import drill_problems, validate_source
from nexus_server.roadmaps.files.folder_reader import digest
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.problem import ContentError, Problem
from nexus_server.roadmaps.files.source import LabSource


def make_lab(text: str, file: str, data_hashes: list[str], *, kernel: str, is_drill: bool = False) -> LabSource:
    """Return the lab's source and student version; `data_hashes` are of the files that belong to it.

    The student version asks for `kernel`, whatever kernel its author had.

    Raises:
        ContentError: it is not a notebook, or its grading cells have mistakes.
    """
    notebook = parse_lab(text, file)
    problems = validate_source(notebook) or (list(drill_problems(notebook)) if is_drill else [])
    if problems:
        raise ContentError([Problem(file, line_of_cell(text, file, p.cell, p.line), p.message) for p in problems])
    student_version = release(notebook)
    _name_kernel(student_version, kernel)
    source, released = str(nbformat.writes(notebook)), str(nbformat.writes(student_version))
    return LabSource(source, released, digest([released, *data_hashes]), _introduction(student_version))


def _name_kernel(notebook: NotebookNode, kernel: str) -> None:
    if notebook.metadata.get("kernelspec", {}).get("name") != kernel:
        spec = {"name": kernel, "display_name": kernel, "language": notebook_language(notebook)}
        notebook.metadata["kernelspec"] = NotebookNode(spec)


def parse_lab(text: str, file: str) -> NotebookNode:
    """Return the notebook in nbformat 4; the same text always gives the same notebook.

    Raises:
        ContentError: it is not a notebook.
    """
    try:
        return parse_script(text) if is_script(PurePosixPath(file)) else parse_notebook(text)
    except NexusError as error:
        raise ContentError([Problem(file, 1, error.message)]) from None


def _introduction(notebook: NotebookNode) -> str:
    """Return what the lab says about itself: the text above its first code cell."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown" or "nbgrader" in cell.metadata:
            break
        texts.append(cell.source)
    return "\n\n".join(texts)
