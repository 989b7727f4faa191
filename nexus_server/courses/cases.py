"""Right and wrong solutions beside a lab: they prove that its tests judge as its text says.

``labs/x.cases/`` lies beside ``labs/x.ipynb`` and holds ``right-*.ipynb``, ``wrong-*.ipynb`` and ``cases.yaml``. A case
needs only the answers that it is about: the others are taken from the reference solution.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from pydantic import ValidationError

from nexus_server.errors import NexusError
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.notebook_file import read_notebook
from nexus_server.roadmaps.files.case_file import CASES_SUFFIX, CasesFile
from nexus_server.roadmaps.files.folder_reader import digest
from nexus_server.roadmaps.files.problem import ContentError, Problem
from nexus_server.roadmaps.files.yaml_lines import read_yaml

CASES_FILE = "cases.yaml"
RIGHT, WRONG = "right-", "wrong-"


@dataclass(frozen=True, slots=True)
class Case:
    """A solution and what the lab's tests should say of it."""

    #: the file's name without its suffix
    name: str
    #: path relative to the content directory
    file: str
    notebook: NotebookNode
    #: tests that the claim is about; none of them named means any (wrong) or all (right)
    tests: tuple[str, ...] = ()
    #: of all that decides about it, beside the lab
    digest: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it should earn all points."""
        return self.name.startswith(RIGHT)


def cases_folder(lab: Path) -> Path:
    """Return where a lab's cases are."""
    return lab.with_suffix(CASES_SUFFIX)


def read_cases(lab: Path, content_dir: Path, source: NotebookNode) -> tuple[list[Case], list[Problem]]:
    """Return a lab's cases in the order of their names, and what is wrong with their files."""
    folder = cases_folder(lab)
    if not folder.is_dir():
        return [], []
    name = (folder / CASES_FILE).relative_to(content_dir).as_posix()
    try:
        claims = _read_claims(folder / CASES_FILE, name)
    except ContentError as error:
        return [], error.problems
    tests = {meta.grade_id for cell in source.cells if (meta := cell_meta(cell)).role is CellRole.TESTS}
    problems = list(_unknown(folder, claims, tests, name))
    cases = []
    for path in sorted(folder.glob("*.ipynb")):
        file = path.relative_to(content_dir).as_posix()
        if not path.name.startswith((RIGHT, WRONG)):
            problems.append(Problem(file, 1, f"a case is called {RIGHT}… or {WRONG}…"))
            continue
        try:
            cases.append(_read_case(path, file, source, tuple(claims.get(path.stem, ()))))
        except NexusError as error:
            problems.append(Problem(file, 1, error.message))
    return cases, problems


def completed(case: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Return the whole submission that a case stands for: the reference solution with the case's answers in it.

    A case that has all answers is one already, with the cells that its author added.
    """
    answers = {cell_meta(cell).grade_id: cell for cell in case.cells if cell_meta(cell).grade_id}
    wanted = {meta.grade_id for cell in source.cells if (meta := cell_meta(cell)).role in ANSWER_ROLES}
    if wanted <= answers.keys():
        return case
    whole = copy.deepcopy(source)
    for cell in whole.cells:
        meta = cell_meta(cell)
        if meta.role in ANSWER_ROLES and meta.grade_id in answers:
            cell.source = answers[meta.grade_id].source
    return whole


def _read_claims(path: Path, name: str) -> Mapping[str, list[str]]:
    if not path.is_file():
        return {}
    document = read_yaml(path.read_text(encoding="utf-8"), name)
    try:
        return CasesFile.model_validate(document.data or {}).root
    except ValidationError as error:
        problems = [Problem(name, document.line_of(item["loc"]), item["msg"]) for item in error.errors()]
        raise ContentError(problems) from None


def _unknown(folder: Path, claims: Mapping[str, list[str]], tests: set[str], name: str) -> Iterator[Problem]:
    for case, claimed in claims.items():
        if not (folder / f"{case}.ipynb").is_file():
            yield Problem(name, 1, f"there is no case {case}.ipynb")
        for test in claimed:
            if test not in tests:
                yield Problem(name, 1, f"{case}: the lab has no test {test!r}")


def _read_case(path: Path, file: str, source: NotebookNode, tests: tuple[str, ...]) -> Case:
    whole = completed(read_notebook(path), source)
    return Case(path.stem, file, whole, tests, digest([path.stem, path.read_bytes(), *tests]))
