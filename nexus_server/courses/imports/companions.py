"""Which files of a bundle a notebook needs beside it. Pure."""

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from nbformat import NotebookNode

from nexus_server.courses.imports.report import PartOutcome, PartReport
from nexus_server.files.names import is_nobodys
from nexus_server.notebook_format.named_files import closure, looks_like_answers, naming

#: the files of an import by their path in it
Bundle = Mapping[str, bytes]
_UNNAMED = "nothing in the notebook names it"
_ANSWERS = "its name says that answers are in it; add it to the lab's data if learners need it"


def files_beside(bundle: Bundle, path: str) -> dict[str, bytes]:
    """Return the files in a notebook's folder and below, by path relative to it, without other notebooks."""
    folder = PurePosixPath(path).parent
    found = {}
    for name, data in bundle.items():
        place = PurePosixPath(name)
        if place.is_relative_to(folder) and place.suffix != ".ipynb" and not is_nobodys(place):
            found[place.relative_to(folder).as_posix()] = data
    return found


def companions(
    notebook: NotebookNode, found: Mapping[str, bytes], *, listed: Collection[str] = ()
) -> tuple[dict[str, bytes], list[PartReport]]:
    """Return the files that a notebook names or that its author `listed`, and a line for each file."""
    cells = notebook.cells
    start = naming(
        [cell.source for cell in cells if cell.cell_type == "code"],
        [cell.source for cell in cells if cell.cell_type != "code"],
    )
    named = closure(found, start, lambda name: found[name].decode(errors="replace"))
    given, reports = {}, []
    for name, data in sorted(found.items()):
        if name in listed or (name in named and not looks_like_answers(name)):
            given[name] = data
            reports.append(PartReport(f"file {name}", PartOutcome.KEPT, "lies beside the notebook"))
        else:
            reason = _ANSWERS if name in named else _UNNAMED
            reports.append(PartReport(f"file {name}", PartOutcome.LEFT_OUT, reason))
    return given, reports
