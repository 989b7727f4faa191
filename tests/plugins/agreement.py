"""Labs in the shapes of real courses, for comparing with nbgrader; one text file holds a lab and its submissions.

``# %% KIND NAME [POINTS]`` starts a cell (kinds: plain, locked, solution, tests, manual, manual_code, task) or, with
the kind ``file``, a file beside the notebook. ``# === STUDENT`` starts a submission: the answers that differ from the
release; with ``+ reference`` behind the name, those that differ from the reference solution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from nexus_server.notebook_format.metadata import ANSWER_ROLES, cell_meta
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab

FOLDER = Path(__file__).parents[1] / "integration" / "grading" / "agreement"


@dataclass(frozen=True)
class Lab:
    """An assignment of one notebook."""

    name: str
    source: NotebookNode
    files: dict[str, str]
    submissions: dict[str, NotebookNode]


def labs() -> list[Lab]:
    """Read every lab."""
    return [_lab(path) for path in sorted(FOLDER.glob("*.lab"))]


def _lab(path: Path) -> Lab:
    head, *students = path.read_text(encoding="utf-8").split("# === ")
    files: dict[str, str] = {}
    cells: list[NotebookNode] = []
    for words, text in _parts(head):
        if words[0] == "file":
            files[words[1]] = text + "\n"
        else:
            cells.append(_cell(words, text))
    source = lab.notebook(*cells)
    submissions = {"reference": source}
    for student in students:
        title, _, body = student.partition("\n")
        name, plus, _ = title.partition(" + reference")
        answers = (_answers(source) if plus else {}) | {words[0]: text for words, text in _parts(body)}
        submissions[name.strip()] = lab.answer(release(source), answers)
    return Lab(path.stem, source, files, submissions)


def _answers(source: NotebookNode) -> dict[str, str]:
    metas = [(cell_meta(cell), cell) for cell in source.cells]
    return {meta.grade_id: cell.source for meta, cell in metas if meta.role in ANSWER_ROLES}


def _parts(text: str) -> Iterator[tuple[list[str], str]]:
    for part in text.split("# %% ")[1:]:
        head, _, body = part.partition("\n")
        yield head.split(), body.rstrip("\n")


def _cell(words: list[str], text: str) -> NotebookNode:
    kind, name, points = [*words, "", ""][:3]
    if kind in ("plain", "locked", "solution"):
        return lab.plain(text) if kind == "plain" else getattr(lab, kind)(name, text)
    if kind == "manual_code":
        cell = lab.solution(name, text)
        cell.metadata.nbgrader.update(grade=True, points=float(points))
        return cell
    made: NotebookNode = {"tests": lab.checks, "manual": lab.manual, "task": lab.task}[kind](name, text, float(points))
    return made
