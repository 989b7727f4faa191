"""Otter-Grader's notebooks as labs: source notebooks of Otter Assign, and notebooks with test files beside them.

Nothing is run. Each question's solution becomes an answer cell, each test case a cell of tests with its points.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from nexus_server.courses.imports.companions import Bundle, companions, files_beside
from nexus_server.courses.imports.errors import NothingToImportError, UnreadableImportError
from nexus_server.courses.imports.lab_writing import LabWriter
from nexus_server.courses.imports.otter.blocks import OtterQuestion, Placed, is_otter_source, read_blocks
from nexus_server.courses.imports.otter.questions import write_plain, write_question, write_tests
from nexus_server.courses.imports.otter.solutions import STUB, marked_solution
from nexus_server.courses.imports.otter.test_cases import OtterTests, read_ok_test, read_test_file
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport
from nexus_server.courses.imports.titles import title_of
from nexus_server.notebook_format.kernel_choice import code_of, kernel_by_imports
from nexus_server.notebook_format.languages import PYTHON, notebook_language
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.validation import require_valid

_CHECK = re.compile(r"^[ \t]*\w+\.check\([ \t]*[\"']([^\"'\n]+)[\"'][ \t]*\)[ \t]*;?[ \t]*$", re.MULTILINE)
_ANSWER_TAGS = frozenset({"otter_answer_cell", "otter_assign_solution_cell"})
#: what Otter writes where a text is to be typed
_PLACEHOLDER = re.compile(r"^\s*_Type your answer here")
_CONFIG_USED = {"name", "files"}
_OWN_FILES = re.compile(r"^(?:tests/.*|otter_config\.json|requirements\.txt|environment\.ya?ml|.*\.otter)$")


def is_otter(notebook: NotebookNode) -> bool:
    """Whether Otter Assign made a notebook, or can read it."""
    return is_otter_source(notebook) or any(_CHECK.search(cell.source) for cell in notebook.cells)


def import_otter(bundle: Bundle, path: str) -> ImportedStep:
    """Make a lab of the notebook at `path` of a bundle, with its tests and data files.

    Raises:
        NotANotebookError, NothingToImportError
        UnreadableImportError: also where it is in another language than Python.
    """
    notebook = parse_notebook(bundle[path], keep_outputs=True)
    if (language := notebook_language(notebook)) != PYTHON:
        raise UnreadableImportError(f"{path}: tests of Otter in {language} cannot be read, only those in Python.")
    beside = files_beside(bundle, path)
    writer = LabWriter()
    is_source = is_otter_source(notebook)
    config = _write_source(notebook, writer) if is_source else _write_checked(notebook, beside, writer)
    if not any("nbgrader" in cell.metadata for cell in writer.cells):
        raise NothingToImportError(f"{path}: there is no question of Otter in it.")
    lab = _notebook(writer.cells)
    require_valid(lab, called=path)
    own = {name: data for name, data in beside.items() if not _OWN_FILES.match(name)}
    listed = _listed(config)
    files, reports = companions(lab, own, listed=listed)
    reports = [*writer.in_order(), *reports, *_test_files(beside, is_source=is_source)]
    missing = (name for name in listed if name not in beside)
    reports += [
        PartReport(f"file {name}", PartOutcome.LEFT_OUT, "the notebook lists it, and it is not here")
        for name in missing
    ]
    title = str(config.get("name") or title_of(notebook, path))
    kernel = kernel_by_imports([code_of(lab)])
    content = (str(nbformat.writes(lab)) + "\n").encode()
    return ImportedStep("lab", title, content, tuple(reports), files, kernel)


def _notebook(cells: Sequence[NotebookNode]) -> NotebookNode:
    spec = {"name": "python3", "display_name": "Python 3", "language": PYTHON}
    lab: NotebookNode = nbformat.v4.new_notebook(metadata={"kernelspec": spec}, cells=list(cells))
    # Learners find in an answer's place what they would find with Otter.
    lab.metadata["nexus"] = NotebookNode({"stubs": {"code": STUB}})
    for number, cell in enumerate(lab.cells, 1):
        cell["id"] = f"cell-{number}"
    return lab


def _listed(config: Mapping[str, Any]) -> list[str]:
    files = config.get("files")
    return [str(each) for each in files] if isinstance(files, list) else []


def _test_files(beside: Mapping[str, bytes], *, is_source: bool) -> Iterator[PartReport]:
    for name in sorted(beside):
        if not _OWN_FILES.match(name):
            continue
        is_read = name.startswith("tests/") and not is_source
        text = "its tests are cells of the lab" if is_read else "it is Otter's own, and of no use here"
        yield PartReport(f"file {name}", PartOutcome.CHANGED if is_read else PartOutcome.LEFT_OUT, text)


def _write_source(notebook: NotebookNode, writer: LabWriter) -> Mapping[str, Any]:
    """Write the lab of a source notebook, and return what its configuration says."""
    source = read_blocks(notebook)
    for number in source.config_numbers:
        said = ", ".join(sorted(source.config.keys() - _CONFIG_USED))
        text = f"the assignment's configuration; without a counterpart here: {said}" if said else "the configuration"
        writer.say(f"cell {number}", PartOutcome.CHANGED, text)
    is_ok_format = _is_ok_format(source.config)
    for part in source.parts:
        if isinstance(part, OtterQuestion):
            write_question(part, writer, is_ok_format=is_ok_format)
        else:
            write_plain(part, writer)
    return source.config


def _is_ok_format(config: Mapping[str, Any]) -> bool:
    tests = config.get("tests")
    return not (isinstance(tests, dict) and tests.get("ok_format") is False)


def _write_checked(notebook: NotebookNode, beside: Mapping[str, bytes], writer: LabWriter) -> Mapping[str, Any]:
    """Write the lab of a notebook that calls ``grader.check``, whose tests are in files or in its metadata."""
    tests = dict(_tests_beside(notebook, beside))
    answers = _answer_places(notebook, tests.keys())
    for number, cell in enumerate(notebook.cells, 1):
        place = f"cell {number}"
        names = _CHECK.findall(cell.source) if cell.cell_type == "code" else []
        if number in answers:
            writer.answer(marked_solution(cell.source, place), writer.free_id(answers[number]))
            writer.say(place, PartOutcome.CHANGED, f"an answer cell; its tests are those of {answers[number]}")
        elif names:
            _write_check(names, tests, writer, place)
        else:
            following = notebook.cells[number] if number < len(notebook.cells) else None
            _write_unchecked(Placed(number, cell), following, writer)
    for name in sorted(tests):
        writer.say(f"tests of {name}", PartOutcome.LEFT_OUT, "no cell of the notebook checks them")
    return {}


def _write_unchecked(placed: Placed, following: NotebookNode | None, writer: LabWriter) -> None:
    """Write a cell that no test looks at; it may be an answer all the same."""
    cell, place = placed.cell, placed.place
    is_tagged = not _ANSWER_TAGS.isdisjoint(cell.metadata.get("tags", []))
    marked = marked_solution(cell.source, place) if cell.cell_type == "code" else cell.source
    if marked != cell.source or (is_tagged and cell.cell_type == "code"):
        writer.answer(marked, writer.free_id(f"answer-{placed.number}"))
        writer.say(place, PartOutcome.CHANGED, "an answer that no check follows at once")
    elif is_tagged and _PLACEHOLDER.match(cell.source) and _is_text_answer(following):
        writer.say(place, PartOutcome.LEFT_OUT, "it only says where to answer, and the model answer stands there")
    elif cell.cell_type == "markdown" and is_tagged:
        writer.by_hand("markdown", cell.source, writer.free_id(f"answer-{placed.number}"), 1)
        writer.say(place, PartOutcome.CHANGED, "an answer that a person marks; its points are not said, so it has 1")
    else:
        write_plain(placed, writer)


def _is_text_answer(cell: NotebookNode | None) -> bool:
    return (
        cell is not None and cell.cell_type == "markdown" and not _ANSWER_TAGS.isdisjoint(cell.metadata.get("tags", []))
    )


def _write_check(names: Sequence[str], tests: dict[str, OtterTests], writer: LabWriter, place: str) -> None:
    for name in names:
        if (found := tests.pop(name, None)) is None:
            writer.say(place, PartOutcome.LEFT_OUT, f"it checks {name!r}, of which there are no tests")
        else:
            write_tests(found, name, writer, [place] * len(found.cases))


def _tests_beside(notebook: NotebookNode, beside: Mapping[str, bytes]) -> Iterator[tuple[str, OtterTests]]:
    for name, data in sorted(beside.items()):
        path = PurePosixPath(name)
        if path.parts[0] == "tests" and path.suffix == ".py" and path.stem != "__init__":
            yield path.stem, read_test_file(data.decode("utf-8-sig", errors="replace"), where=name)
    own = notebook.metadata.get("otter")
    kept = own.get("tests") if isinstance(own, dict) else None
    for name, test in (kept or {}).items() if isinstance(kept, dict | None) else ():
        where = f"the notebook's test {name}"
        if isinstance(test, dict):
            yield name, read_ok_test(test, where=where)
        elif isinstance(test, str):
            yield name, read_test_file(test, where=where)


def _answer_places(notebook: NotebookNode, names: Any) -> dict[int, str]:
    """Return which cells learners answer in: those that Otter tagged, or the last code before each check."""
    found: dict[int, str] = {}
    candidates: list[tuple[int, bool]] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        checked = _CHECK.findall(cell.source)
        if not checked:
            candidates.append((number, not _ANSWER_TAGS.isdisjoint(cell.metadata.get("tags", []))))
            continue
        places = [each for each, is_tagged in candidates if is_tagged] or [each for each, _ in candidates]
        if checked[0] in names and places:
            found[places[-1]] = checked[0]
        candidates = []
    return found
