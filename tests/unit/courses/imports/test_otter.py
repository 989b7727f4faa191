"""Notebooks of Otter-Grader become labs with the same key, text and points, and nothing is lost without a line."""

import json
import re
from collections.abc import Iterable
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from nexus_server.courses.imports.errors import NothingToImportError, UnreadableImportError
from nexus_server.courses.imports.formats import import_bundle
from nexus_server.courses.imports.otter.labs import import_otter
from nexus_server.courses.imports.report import ImportedStep, PartOutcome
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from tests.unit.courses.imports.otter_notebooks import code, homework, question, raw, text, written


def lab_of(step: ImportedStep) -> NotebookNode:
    return parse_notebook(step.content)


def earned(notebook: NotebookNode) -> dict[str, float]:
    """Run a lab's cells as an author would, and return what its test cells give."""
    names: dict[str, Any] = {}
    points = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        meta = cell_meta(cell)
        try:
            exec(cell.source, names)  # noqa: S102  the lab of this very test
        except Exception:  # noqa: BLE001  what fails earns nothing
            points[meta.grade_id] = 0.0
        else:
            points[meta.grade_id] = meta.points
    return {name: value for name, value in points.items() if name.startswith("test-")}


def roles(notebook: NotebookNode) -> list[tuple[CellRole, str, float]]:
    metas = map(cell_meta, notebook.cells)
    return [(meta.role, meta.grade_id, meta.points) for meta in metas if meta.role is not CellRole.PLAIN]


def unanswered(lab: NotebookNode) -> NotebookNode:
    """Return what is graded of a learner who answered nothing: their cells, and the tests of the source."""
    merged = release(lab)
    for cell, source in zip(merged.cells, lab.cells, strict=True):
        if cell_meta(source).role is CellRole.TESTS:
            cell.source = source.source
    return merged


def numbers(places: Iterable[str]) -> set[int]:
    return {int(found[1]) for place in places if (found := re.fullmatch(r"cell (\d+)", place))}


def test_questions_keep_their_points_and_their_kind() -> None:
    step = import_otter({"hw01.ipynb": homework(), "trees.csv": b"h\n1\n", "notes.txt": b"x"}, "hw01.ipynb")
    assert roles(lab_of(step)) == [
        (CellRole.SOLUTION, "q1", 0),
        (CellRole.TESTS, "test-q1-1", 1),
        (CellRole.TESTS, "test-q1-2", 2),
        (CellRole.SOLUTION, "q2", 0),
        (CellRole.TESTS, "test-q2", 4),
        (CellRole.MANUAL, "q3", 4),
        (CellRole.MANUAL, "q4", 1.5),
    ]
    assert (step.title, step.kernel, dict(step.files)) == ("hw01", "nexus-python", {"trees.csv": b"h\n1\n"})


def test_the_reference_earns_all_points_and_the_stub_none() -> None:
    lab = lab_of(import_otter({"hw01.ipynb": homework()}, "hw01.ipynb"))
    assert earned(lab) == {"test-q1-1": 1, "test-q1-2": 2, "test-q2": 4}
    assert set(earned(unanswered(lab)).values()) == {0.0}


def test_learners_find_what_otter_would_give_them_and_no_answer() -> None:
    released = release(lab_of(import_otter({"hw01.ipynb": homework()}, "hw01.ipynb")))
    assert released.cells[3].source == "def tallest(heights):\n    ...\n\ntallest([1])"
    said = "\n".join(cell.source for cell in released.cells)
    for answer in ("max(", "sum(", "giant", "[-4, -2]", "SOLUTION", "noise", "scratch", "round(mean)", "drawn = [1"):
        assert answer not in said
    for kept in ("# Homework 1: Trees", "**Question 3.** Why", "# drawn = ...", "Done.", "tallest([2, 5, 3]) == 5"):
        assert kept in said


def test_each_cell_and_each_file_has_its_line() -> None:
    data = homework(code("import otter\ngrader = otter.Notebook()"), code("grader.check_all()"))
    step = import_otter({"hw01.ipynb": data, "requirements.txt": b"", "more.csv": b"1"}, "hw01.ipynb")
    assert numbers(report.place for report in step.reports) == set(range(1, len(json.loads(data)["cells"]) + 1))
    left = {report.place: report.text for report in step.reports if report.outcome is PartOutcome.LEFT_OUT}
    assert left["file requirements.txt"] == "it is Otter's own, and of no use here"
    assert left["file more.csv"] == "nothing in the notebook names it"
    assert left["file trees.csv"] == "the notebook lists it, and it is not here"
    assert sum("only sets up or calls Otter" in text for text in left.values()) == 2
    told = " ".join(report.text for report in step.reports)
    for lost in ("export_cell", "seed", "without a counterpart: export"):
        assert lost in told


OK = """
OK_FORMAT = True

test = {'name': 'q1', 'points': [1, 0, 2], 'suites': [{'type': 'doctest', 'scored': True, 'setup': '', 'teardown': '',
  'cases': [
    {'code': '>>> double(4)\\n8', 'hidden': False, 'locked': False},
    {'code': '>>> for n in range(2):\\n...     print(double(n))\\n0\\n2', 'hidden': False},
    {'code': '>>> double(None)\\nTraceback (most recent call last):\\n  ...\\nTypeError: a number, please',
     'failure_message': 'None is no number.'},
  ]}]}
"""
FUNCTIONS = """
from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = None

@test_case(points=1, hidden=False)
def test_small(double):
    assert double(4) == 8

@test_case(points=2, hidden=True, failure_message="Look at None.")
def test_none(double, env):
    assert "double" in env
    try:
        double(None)
    except TypeError:
        return
    assert False
"""
DOUBLE = """def double(x):
    if x is None: # SOLUTION
        raise TypeError('a number, please') # SOLUTION
    return 2 * x # SOLUTION"""


@pytest.mark.parametrize(("tests", "points"), [(OK, [1, 0, 2]), (FUNCTIONS, [1, 2])])
def test_test_files_of_both_formats_are_cells_with_their_points(tests: str, points: list[float]) -> None:
    notebook = written(text("Write it."), code(DOUBLE), code('grader.check("q1")'), text("Bye."))
    step = import_otter({"ps/ps.ipynb": notebook, "ps/tests/q1.py": tests.encode()}, "ps/ps.ipynb")
    lab = lab_of(step)
    metas = [cell_meta(cell) for cell in lab.cells if cell_meta(cell).role is CellRole.TESTS]
    assert [meta.points for meta in metas] == points
    assert list(earned(lab).values()) == points
    assert set(earned(unanswered(lab)).values()) <= {0.0}
    hidden = [cell.source for cell in lab.cells if "BEGIN HIDDEN TESTS" in cell.source]
    assert len(hidden) == 1
    assert numbers(report.place for report in step.reports) == {1, 2, 3, 4}


def test_tests_in_the_notebooks_metadata_count_as_files_do() -> None:
    test = {"name": "q1", "points": 2, "suites": [{"cases": [{"code": ">>> x == 1\nTrue", "hidden": False}]}]}
    notebook = written(
        code("x = 1 # SOLUTION"), code("grader.check('q1')"), otter={"OK_FORMAT": True, "tests": {"q1": test}}
    )
    assert earned(lab_of(import_otter({"a.ipynb": notebook}, "a.ipynb"))) == {"test-q1": 2}


def test_checks_and_tests_that_miss_each_other_are_told() -> None:
    notebook = written(code("x = 1 # SOLUTION"), code("grader.check('q1')"), code("grader.check('q9')"))
    files = {"a.ipynb": notebook, "tests/q1.py": OK.encode(), "tests/q7.py": OK.encode()}
    left = [(r.place, r.text) for r in import_otter(files, "a.ipynb").reports if r.outcome is PartOutcome.LEFT_OUT]
    assert ("cell 3", "it checks 'q9', of which there are no tests") in left
    assert ("tests of q7", "no cell of the notebook checks them") in left


def test_nothing_of_a_file_is_run(tmp_path: Any) -> None:
    mark = tmp_path / "ran"
    evil = f"open({str(mark)!r}, 'w').close()\n" + OK
    notebook = written(code(f"x = open({str(mark)!r}, 'w') # SOLUTION"), code("grader.check('q1')"))
    import_otter({"a.ipynb": notebook, "tests/q1.py": evil.encode()}, "a.ipynb")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("cell", "value", "printed", "right", "wrong"),
    [
        ("x", "[1, 2]", "", "x = [1, 2]", "x = [2, 1]"),
        ("x.upper()", "'A'", "", "x = 'a'", "x = 'b'"),
        ("y = x\ny; y + 1", "3", "", "x = 2", "x = 3"),
        ("x == 1 and x < 2", "", "", "x = 1", "x = 2"),
        ("x > 5", "False", "", "x = 1", "x = 6"),
        ("print(x)\nx", "2", "2\n", "x = 2", "x = 3"),
        ("set(x)", "{1, 2}", "", "x = [2, 1]", "x = [3]"),
        ("x", "<class 'int'>", "", "x = int", "x = float"),
    ],
)
def test_a_saved_output_is_the_key(cell: str, value: str, printed: str, right: str, wrong: str) -> None:
    notebook = written(*question("name: q", "?", [code(f"{right} # SOLUTION")], [code(cell, value, printed)]))
    lab = lab_of(import_otter({"a.ipynb": notebook}, "a.ipynb"))
    assert earned(lab) == {"test-q": 1}
    for each in lab.cells:
        each.source = each.source.replace(right, wrong)
    assert earned(lab) == {"test-q": 0}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([raw("# BEGIN QUESTION\nname: a")], "Cell 1: the question has no END QUESTION."),
        ([raw("# BEGIN TESTS")], "Cell 1: BEGIN TESTS outside a question."),
        ([raw("# BEGIN QUESTION\nname: a"), raw("# BEGIN QUESTION\nname: b")], "Cell 2: BEGIN QUESTION inside another"),
        ([raw("# BEGIN QUESTION\nname: [a"), raw("# END QUESTION")], "Cell 1: its configuration is not valid YAML."),
        (question("name: q", "?", [code("# BEGIN SOLUTION\nx = 1")], []), "BEGIN SOLUTION or BEGIN PROMPT has no end"),
        (question("name: q", "?", [code("x = 1")], [code("x ===")]), "cell 7: its code is not valid Python."),
        (
            question("name: q\npoints: [1]", "?", [code("x")], [code("x"), code("x")]),
            "it lists points for 1 tests and has 2",
        ),
        (question("name: q\npoints: .inf", "?", [code("x")], [code("x")]), "its points are no number of at least 0"),
    ],
)
def test_what_is_out_of_order_is_refused_at_its_cell(cells: list[NotebookNode], said: str) -> None:
    with pytest.raises(UnreadableImportError, match=re.escape(said)):
        import_otter({"a.ipynb": written(*cells)}, "a.ipynb")


def test_a_test_file_that_only_running_would_tell_is_refused() -> None:
    notebook = written(code("x = 1"), code("grader.check('q1')"))
    with pytest.raises(UnreadableImportError, match="neither a `test` nor a function"):
        import_otter({"a.ipynb": notebook, "tests/q1.py": b"test = build()"}, "a.ipynb")


def test_a_notebook_without_a_question_is_no_lab() -> None:
    with pytest.raises(NothingToImportError):
        import_bundle({"a.ipynb": written(text("Only text."))})
    with pytest.raises(NothingToImportError):
        import_bundle({"a.txt": b"text"})


def test_a_notebook_in_r_is_refused_in_words() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[raw("# BEGIN QUESTION\nname: a"), raw("# END QUESTION")],
        metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
    )
    with pytest.raises(UnreadableImportError, match="in r cannot be read"):
        import_otter({"a.ipynb": nbformat.writes(notebook).encode()}, "a.ipynb")


def test_the_first_format_of_otter_assign_is_read_too() -> None:
    fence = "```\nBEGIN QUESTION\nname: {}\n{}\n```"
    data = written(
        text("```\nBEGIN ASSIGNMENT\nrequirements: r.txt\n```"),
        text(f"**Question 1.** Double it.\n\n{fence.format('q1', 'points: 3')}"),
        code("def double(x):\n    return 2 * x # SOLUTION"),
        code("## Test ##\ndouble(2) == 4", value="True"),
        code("# HIDDEN TEST\ndouble(-1)", value="-2"),
        text("Between."),
        text(f"{fence.format('q2', 'manual: true')}\n\n**Question 2.** Why?"),
        text("**SOLUTION:** Because."),
        text("After."),
    )
    step = import_otter({"a.ipynb": data}, "a.ipynb")
    lab = lab_of(step)
    assert [(role.value, name, points) for role, name, points in roles(lab)] == [
        ("solution", "q1", 0),
        ("tests", "test-q1-1", 1.5),
        ("tests", "test-q1-2", 1.5),
        ("manual", "q2", 0),
    ]
    assert earned(lab) == {"test-q1-1": 1.5, "test-q1-2": 1.5}
    said = "\n".join(cell.source for cell in release(lab).cells)
    assert all(kept in said for kept in ("**Question 1.** Double it.", "Between.", "**Question 2.** Why?", "After."))
    assert not any(gone in said for gone in ("BEGIN", "Because", "2 * x", "-1"))
    assert numbers(report.place for report in step.reports) == set(range(1, 10))


@pytest.mark.parametrize("part", ["\n", " ", "# ", "```\n", "#", "grader.check(", "grader.export(\n\n"])
def test_a_cell_of_nothing_but_signs_is_read_in_one_go(part: str) -> None:
    many = part * (40_000 // len(part))
    cells = [code(f"grader.export({many}"), code(f"grader.check({many}"), code(f"x = 1{many}# SOLUTION"), text(many)]
    asked = question("name: q\nmanual: true", "?", [code("x = 1")], [])
    step = import_otter({"a.ipynb": written(*asked, *cells)}, "a.ipynb")
    assert numbers(report.place for report in step.reports) == set(range(1, 11))
