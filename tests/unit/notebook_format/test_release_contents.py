"""A release holds what the allow-list names and nothing else, wherever an author or a tool put it."""

import copy
import json

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output, new_raw_cell

from nexus_server.notebook_format.merge import merge
from nexus_server.notebook_format.release import for_grading, release
from nexus_server.notebook_format.release_contents import find_excess, remove_excess
from tests.plugins import lab_notebooks as lab

SECRET = "forty-two"
PICTURE = {"image/png": SECRET}


def _attached(cell: NotebookNode, **attachments: object) -> NotebookNode:
    cell["attachments"] = attachments
    return cell


def _tagged(cell: NotebookNode) -> NotebookNode:
    cell.metadata["tags"] = ["remove-for-students"]
    return cell


def _with_output(cell: NotebookNode) -> NotebookNode:
    cell.outputs, cell.execution_count = [new_output("stream", text=SECRET)], 42
    return cell


def _book(*cells: NotebookNode) -> NotebookNode:
    book = lab.square_lab()
    book.cells += cells  # as they are: what `new_notebook` would refuse is in real files all the same
    return book


CELLS = {
    "a model answer that is a picture": _attached(lab.manual("tree", "![a](attachment:a.png)"), **{"a.png": PICTURE}),
    "a picture inside a region of the answer": _attached(
        lab.manual("t", "Draw.\n### BEGIN SOLUTION\n![a](attachment:a.png)\n### END SOLUTION"), **{"a.png": PICTURE}
    ),
    "a picture of the mark scheme": _attached(
        lab.task("t", "Do.\n### BEGIN MARK SCHEME\n![a](attachment:a.png)\n### END MARK SCHEME"), **{"a.png": PICTURE}
    ),
    "a picture that no text shows": _attached(new_markdown_cell("# Trees"), **{"a.png": PICTURE}),
    "a picture whose name only begins so": _attached(
        new_markdown_cell("![a](attachment:a.png)"), **{"a.pn": PICTURE, "a.png": {"image/png": "shown"}}
    ),
    "an attachment that is no picture": _attached(
        new_markdown_cell("[a](attachment:a.txt)"), **{"a.txt": {"text/plain": SECRET}}
    ),
    "attachments that are a list": _attached(new_markdown_cell("# Trees"), x=[SECRET]),
    "an attachment of a code cell": _attached(lab.plain("# attachment:a.png"), **{"a.png": PICTURE}),
    "a cell for staff": _tagged(lab.plain(f"print('{SECRET}')")),
    "a text for staff": _tagged(new_markdown_cell(SECRET)),
    "tests for staff": _tagged(lab.checks("hidden", f"assert x != '{SECRET}'")),
    "a raw cell": new_raw_cell(SECRET),
    "outputs": _with_output(lab.plain("print(x)")),
    "outputs of an answer": _with_output(lab.solution("x", "print(x)")),
    "a region of another tool": lab.plain(f"# begin solution\nx = '{SECRET}'\n# end solution"),
    "a region with a hyphen in a test": lab.checks(
        "x", f"assert x\n// BEGIN-HIDDEN-TESTS\n{SECRET}\n// END-HIDDEN-TESTS"
    ),
    "a region in a comment of HTML": new_markdown_cell(f"Why?\n<!-- BEGIN ANSWER -->\n{SECRET}\n<!-- END ANSWER -->"),
    "notes for instructors": new_markdown_cell(f"Why?\n# BEGIN INSTRUCTORS ONLY\n{SECRET}\n# END INSTRUCTORS ONLY"),
    "a marked line": lab.plain(f"answer = '{SECRET}'  # SOLUTION"),
    "a marked line without a prompt": lab.plain(f"    return '{SECRET}'  # SOLUTION NO PROMPT"),
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_no_cell_takes_its_secret_into_the_release(cell: NotebookNode) -> None:
    source = _book(copy.deepcopy(cell))
    assert SECRET in json.dumps(source)
    _assert_clean(release(source))


CELL_METADATA: dict[str, object] = {
    "executionInfo": {"user": {"displayName": SECRET}},
    "outputId": SECRET,
    "execution": {"iopub.execute_input": SECRET},
    "ExecuteTime": {"start_time": SECRET},
    "colab": {"base_uri": SECRET},
    "deepnote_output_references": [SECRET],
    "vscode": {"languageId": SECRET},
    "jupyter": {"source_hidden": True, "note": SECRET},
    "name": SECRET,
    "format": SECRET,
    "slideshow": {"slide_type": SECRET},
    "nexus": {"hints": [SECRET], "rubric": [{"id": "r", "text": SECRET, "points": 1}], "messages": "hidden"},
    "extended_cell": {"type": "singlechoice", "choice": ["1"], "source": {"choice": [SECRET]}},
    "tags": {"list": SECRET},
    "editable": SECRET,
    "deletable": {"because": SECRET},
}


@pytest.mark.parametrize("key", CELL_METADATA)
def test_no_metadata_of_a_cell_takes_its_secret_into_the_release(key: str) -> None:
    for cell in (lab.plain("1"), lab.manual("m", "- a\n- b"), lab.checks("c", "1"), new_markdown_cell("Text.")):
        cell.metadata[key] = copy.deepcopy(CELL_METADATA[key])
        _assert_clean(release(_book(cell)))


NOTEBOOK_METADATA: dict[str, object] = {
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"o1": {"outputs": [SECRET]}}}},
    "colab": {"provenance": [{"file_id": SECRET}]},
    "celltoolbar": SECRET,
    "authors": [{"name": SECRET}],
    "toc": {"title_cell": SECRET},
    "papermill": {"output_path": SECRET},
    "varInspector": {"x": SECRET},
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python", "argv": [SECRET]},
    "language_info": {"name": "python", "secret": SECRET},
    "nexus": {"parameters": {"n": [SECRET, "b"]}},
}


@pytest.mark.parametrize("key", NOTEBOOK_METADATA)
def test_no_metadata_of_a_notebook_takes_its_secret_into_the_release(key: str) -> None:
    source = lab.square_lab()
    source.metadata[key] = copy.deepcopy(NOTEBOOK_METADATA[key])
    _assert_clean(release(source))


def _assert_clean(released: NotebookNode) -> None:
    assert SECRET not in json.dumps(released)
    assert find_excess(released) == []
    nbformat.validate(released)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hints", ["Count first."]),
        ("rubric", [{"id": "clear", "text": "Reads well.", "points": 1}]),
        ("messages", "hidden"),
    ],
)
@pytest.mark.parametrize("cell", [lab.plain("1"), lab.solution("s", "1"), lab.manual("m", "x"), lab.checks("c", "1")])
def test_what_authors_say_of_a_cell_stays_with_them(cell: NotebookNode, key: str, value: object) -> None:
    source = lab.notebook(copy.deepcopy(cell), lab.checks("other", "1"))
    source.cells[0].metadata["nexus"] = {"concepts": ["python.loops"], key: value}
    released = release(source)
    assert released.cells[0].metadata["nexus"] == {"concepts": ["python.loops"]}
    assert f'"{key}"' not in json.dumps(released)


@pytest.mark.parametrize(
    ("key", "value"), [("parameters", {"n": [3, 4]}), ("stubs", {"code": "# Here.", "text": "Here."})]
)
def test_what_authors_say_of_a_notebook_stays_with_them(key: str, value: object) -> None:
    source = lab.square_lab()
    source.metadata["nexus"] = {"node_id": "11111111-2222-3333-4444-555555555555", key: value}
    released = release(source)
    assert released.metadata["nexus"] == {"node_id": source.metadata["nexus"]["node_id"]}
    assert f'"{key}"' not in json.dumps(released)


def test_what_learners_need_stays() -> None:
    picture = _attached(
        new_markdown_cell("![a tree](attachment:a%20tree.png)"), **{"a tree.png": {"image/png": "AAAA"}}
    )
    question = lab.manual("q", "- a\n- [x] b")
    question.metadata["extended_cell"] = {"type": "singlechoice", "options": {"shuffle": True}}
    shown = lab.checks("c", "assert True")
    shown.metadata["nexus"] = {"concepts": ["python.loops.range"], "hints": ["Count."]}
    shown.metadata["tags"] = ["slow"]
    shown.metadata["editable"] = False
    source = lab.notebook(picture, question, shown)
    source.metadata["language_info"] = {"name": "python", "codemirror_mode": {"name": "ipython", "version": 3}}
    released = release(source)
    assert released.cells[0] == picture
    assert released.cells[1].metadata["extended_cell"] == {"type": "singlechoice", "options": {"shuffle": True}}
    assert released.cells[2].metadata["nexus"] == {"concepts": ["python.loops.range"]}
    assert released.cells[2].metadata["tags"] == ["slow"]
    assert released.metadata == source.metadata


def test_excess_names_its_place() -> None:
    book = lab.notebook(lab.plain("1"), new_raw_cell("config"))
    book.cells[0].metadata["nexus"] = {"hints": ["x"]}
    book.metadata["widgets"] = {}
    found = [(excess.cell, ".".join(excess.path)) for excess in find_excess(book)]
    assert found == [(0, "metadata.nexus.hints"), (1, ""), (None, "metadata.widgets")]
    remove_excess(book)
    assert find_excess(book) == []
    assert book.cells[0].metadata == {}


def test_a_marked_line_keeps_its_name_in_python_and_goes_elsewhere() -> None:
    source = _book(lab.plain("total = 1 + 1  # SOLUTION\nif total == 2:\n    print(total)  # SOLUTION"))
    assert release(source).cells[-1].source == "total = ...\nif total == 2:\n    ..."
    source.metadata.kernelspec = {"name": "deno", "display_name": "Deno", "language": "typescript"}
    source.cells[-1].source = "const total = 2; // SOLUTION\ntotal"
    assert release(source).cells[-1].source == "total"


def test_what_is_for_staff_never_runs_with_a_learners_work() -> None:
    source = _book(
        _tagged(lab.plain("square = lambda x: x * x")), lab.plain("# BEGIN ANSWER\nsquare = abs\n# END ANSWER\n1")
    )
    graded = for_grading(source)
    submission = release(source)
    del submission.cells[-1]
    text = "\n".join(merged.cell.source for merged in merge(submission, graded))
    assert "lambda" not in text
    assert "abs" not in text
    assert "lambda" in source.cells[-2].source
