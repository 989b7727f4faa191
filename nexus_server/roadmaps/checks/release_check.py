"""Whether a lab's student version holds what learners may have, and nothing else."""

import json
from collections.abc import Iterator

import nbformat

from nexus_server.notebook_format.release_contents import Excess, find_excess
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.problem import Problem
from nexus_server.roadmaps.files.source import NodeSource


def check_release(node: NodeSource, reader: FolderReader) -> Iterator[Problem]:
    """Yield each thing in a lab's student version that the allow-list has not, at the source's line of its cell."""
    if node.lab is None or node.entry.file is None:
        return
    released = nbformat.reads(node.lab.release_notebook, as_version=4)
    sources = [cell["id"] for cell in json.loads(node.lab.source_notebook)["cells"]]
    for excess in find_excess(released):
        place, index = _place(excess), None
        if excess.cell is not None and released.cells[excess.cell].id in sources:
            index = sources.index(released.cells[excess.cell].id)
        text = reader.read_text(node.entry.file, node.path, 1)
        line = line_of_cell(text, node.path, index)
        yield Problem(node.path, line, f"the student version is not clean: {place}: {excess.message}")


def _place(excess: Excess) -> str:
    return "notebook" if excess.cell is None else f"cell {excess.cell + 1}"
