"""The files that stand beside a notebook: data that it reads, modules that it imports.

Learners' code gets them, so a file only leaves the folder if the instructor's notebook names it: beside it may lie
solutions, other people's work, or a whole disk. What a learner's notebook names decides nothing here.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from nexus_server.files.links import resolved
from nexus_server.files.names import composed, is_nobodys
from nexus_server.notebook_format.kernel_choice import code_of
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.named_files import DATA_FOLDERS, Naming, closure, looks_like_answers, naming
from nexus_server.notebook_format.release import release

#: entries of a folder that are looked at, folders below it included
MAX_ENTRIES = 2000
MAX_FILES = 200
MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 4
#: with more files than this, a data folder's files have to be named, too
SMALL_FOLDER = 50
#: what nbgrader and Jupyter leave lying about; a database or a notebook is never a lab's data here
_NEVER = frozenset({".ipynb", ".pyc", ".db", ".key", ".pem", ".log"})
_SKIPPED = frozenset({"__pycache__", "node_modules", "nbgrader_config.py"})


@dataclass(frozen=True)
class CompanionFiles:
    """What lies beside an instructor's notebook, by path relative to it."""

    #: for the learner's code and for the tests
    given: Mapping[str, bytes] = field(default_factory=dict)
    #: what only tests read and what looks like answers: not for the learner's code
    for_tests: Mapping[str, bytes] = field(default_factory=dict)
    #: what stays where it is, because nothing names it or because it looks like answers
    withheld: tuple[str, ...] = ()


def lab_files(path: Path, source: NotebookNode) -> CompanionFiles:
    """Sort the files beside an instructor's notebook. Bounded in number and size; what goes beyond is withheld.

    Raises:
        InvalidSourceError: the notebook cannot be released.
    """
    found = _find(path, source)
    given = _closure(found, _naming(source))
    if len(found) <= SMALL_FOLDER:
        given |= {name for name in found if DATA_FOLDERS & set(Path(name).parts[:-1])}
    # A script of the notebook's own name is its twin, solutions included.
    given -= {name for name in found if name.endswith(".py") and found[name].stem == path.stem}
    told = _told(source)
    answers = {name for name in given if looks_like_answers(name) and not told.names(name)}
    for_tests = answers & _closure(found, _naming(source, without=ANSWER_ROLES))
    taken = _read({name: found[name] for name in sorted(given - answers)})
    extra = _read({name: found[name] for name in sorted(for_tests)})
    return CompanionFiles(taken, extra, tuple(sorted(found.keys() - taken.keys() - extra.keys())))


def own_files(submission: Path, notebook: NotebookNode, source: Path) -> dict[str, bytes]:
    """Return the files that came with a submission and that it names; nothing of the source's folder or of answers."""
    found = {
        name: path
        for name, path in _find(submission, notebook).items()
        if not resolved(path).is_relative_to(_home(source))
    }
    named = _closure(found, naming([code_of(notebook)]))
    return _read({name: found[name] for name in sorted(named) if not looks_like_answers(name)})


def _home(source: Path) -> Path:
    return resolved(source).parent


def _find(path: Path, notebook: NotebookNode) -> dict[str, Path]:
    """List the files below a notebook's folder, but no notebooks' twins and nothing of another notebook's folder.

    They are known by the names that the notebook writes, however the archive wrote them that they came in.
    """
    folder = path.parent
    twins = {other.stem for other in folder.glob("*.ipynb")} - {path.stem}
    text = "\n".join(cell.source for cell in notebook.cells)
    found = {each.relative_to(folder).as_posix(): each for each in _walk(folder) if each.stem not in twins}
    return {name if Path(name).name in text else composed(name): each for name, each in found.items()}


def _walk(folder: Path) -> Iterator[Path]:
    seen = 0
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if here != folder and any(name.endswith(".ipynb") for name in names):
            folders.clear()
            continue
        depth = len(here.relative_to(folder).parts)
        own = (name for name in folders if name not in _SKIPPED and not is_nobodys(Path(name)))
        folders[:] = sorted(own) if depth < MAX_DEPTH else []
        for name in sorted(names):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            path = here / name
            if name not in _SKIPPED and path.suffix not in _NEVER and _is_own(path) and not is_nobodys(Path(name)):
                yield path


def _is_own(path: Path) -> bool:
    """A file, and no link: one could lead anywhere."""
    return path.is_file() and not path.is_symlink()


def _closure(found: Mapping[str, Path], start: Naming) -> set[str]:
    return closure(found, start, lambda name: (_bytes_of(found[name]) or b"").decode(errors="replace"))


def _told(source: NotebookNode) -> Naming:
    """What the release tells learners outside its tests: a file that is named there is meant for them."""
    return _naming(release(source), without=frozenset({CellRole.TESTS}))


def _naming(notebook: NotebookNode, *, without: frozenset[CellRole] = frozenset()) -> Naming:
    cells = [cell for cell in notebook.cells if cell_meta(cell).role not in without]
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return naming(code, [cell.source for cell in cells if cell.cell_type != "code"])


def _read(paths: Mapping[str, Path]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = MAX_BYTES
    for name, path in paths.items():
        data = _bytes_of(path) if len(found) < MAX_FILES else None
        if data is not None and len(data) <= room:
            found[name] = data
            room -= len(data)
    return found


def _bytes_of(path: Path) -> bytes | None:
    """Return a file's content; None for one that is too large for a lab, or that nobody may read any more."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MAX_BYTES else None
