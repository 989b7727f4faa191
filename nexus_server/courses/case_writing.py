"""Adding a case: the answers of a notebook that differ from the reference, in the folder beside the lab."""

from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from nexus_server.courses.cases import CASES_FILE, RIGHT, WRONG, cases_folder
from nexus_server.errors import InvalidError
from nexus_server.notebook_format.markers import Region
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.release import release


class NothingChangedError(InvalidError):
    """Every answer of the notebook is as in the reference solution."""

    code = "nothing_changed"


class UnknownTestError(InvalidError):
    """The lab has no such test."""

    code = "unknown_test"


def add_case(lab: Path, source: NotebookNode, notebook: NotebookNode, name: str, must_fail: list[str]) -> Path:
    """Write a case beside a lab and return its place; with tests that must fail it is a wrong one.

    Raises:
        NothingChangedError, UnknownTestError
    """
    tests = {meta.grade_id for cell in source.cells if (meta := cell_meta(cell)).role is CellRole.TESTS}
    if missing := [test for test in must_fail if test not in tests]:
        raise UnknownTestError(f"{lab.name} has no test {missing[0]!r}; it has {', '.join(sorted(tests))}.")
    folder = cases_folder(lab)
    stem = f"{WRONG if must_fail else RIGHT}{name}"
    case = _changed_answers(source, notebook)
    folder.mkdir(exist_ok=True)
    path = folder / f"{stem}.ipynb"
    path.write_text(nbformat.writes(case) + "\n", encoding="utf-8")
    if must_fail:
        _claim(folder / CASES_FILE, stem, must_fail)
    return path


def _changed_answers(source: NotebookNode, notebook: NotebookNode) -> NotebookNode:
    """Return the answers that are neither the reference's nor the stub that learners begin with."""
    known, stubs = _answers(source), _answers(release(source))
    case: NotebookNode = new_notebook(metadata={"kernelspec": source.metadata.get("kernelspec", {})})
    for cell in notebook.cells:
        grade_id, text = cell_meta(cell).grade_id, _plain(cell.source)
        if grade_id in known and text not in (known[grade_id], stubs[grade_id]):
            kept = NotebookNode({**cell, "metadata": NotebookNode({"nbgrader": cell.metadata.nbgrader})})
            if kept.cell_type == "code":
                kept.outputs, kept.execution_count = [], None
            case.cells.append(kept)
    if not case.cells:
        raise NothingChangedError
    return case


def _answers(notebook: NotebookNode) -> dict[str, str]:
    metas = ((cell, cell_meta(cell)) for cell in notebook.cells)
    return {meta.grade_id: _plain(cell.source) for cell, meta in metas if meta.role in ANSWER_ROLES}


def _plain(source: str) -> str:
    """Return an answer without the lines that mark it."""
    marks = (f"BEGIN {Region.SOLUTION}", f"END {Region.SOLUTION}")
    return "\n".join(line for line in source.split("\n") if not any(mark in line for mark in marks)).strip()


def _claim(path: Path, case: str, tests: list[str]) -> None:
    claims = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    path.write_text(yaml.safe_dump({**(claims or {}), case: tests}, sort_keys=True), encoding="utf-8")
