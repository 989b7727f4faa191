"""Builders of Otter's notebooks, in the shapes that real courses have."""

from typing import cast

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

CONFIG = """# ASSIGNMENT CONFIG
name: hw01
files:
  - trees.csv
seed:
  variable: s
  student_value: 1
export_cell: true"""
TALLEST = """def tallest(heights):
    best = max(heights) # SOLUTION
    return best # SOLUTION

tallest([1])"""
DRAWN = '''# BEGIN SOLUTION NO PROMPT
drawn = [1, 2]
# END SOLUTION
""" # BEGIN PROMPT
drawn = ...
""" # END PROMPT'''


def raw(source: str) -> NotebookNode:
    return cast("NotebookNode", new_raw_cell(source))


def text(source: str, *tags: str) -> NotebookNode:
    return cast("NotebookNode", new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {}))


def code(source: str, value: str = "", printed: str = "", tags: tuple[str, ...] = ()) -> NotebookNode:
    """A cell of code as it was saved: with what it printed, and its value."""
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    if value:
        outputs.append(new_output("execute_result", data={"text/plain": value}, execution_count=1))
    cell = new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)} if tags else {})
    return cast("NotebookNode", cell)


def question(config: str, prompt: str, solution: list[NotebookNode], tests: list[NotebookNode]) -> list[NotebookNode]:
    cells = [
        raw(f"# BEGIN QUESTION\n{config}"),
        text(prompt),
        raw("# BEGIN SOLUTION"),
        *solution,
        raw("# END SOLUTION"),
    ]
    if tests:
        cells += [raw("# BEGIN TESTS"), *tests, raw("# END TESTS")]
    return [*cells, raw("# END QUESTION")]


def written(*cells: NotebookNode, **metadata: object) -> bytes:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=list(cells), metadata={"kernelspec": spec, **metadata})
    return str(nbformat.writes(notebook)).encode()


def homework(*more: NotebookNode) -> bytes:
    """A source notebook with every part that Otter Assign knows."""
    return written(
        raw(CONFIG),
        text("# Homework 1: Trees"),
        code("import csv\n\nrows = list(csv.reader(['a,1', 'b,2']))"),
        *question(
            "name: q1\npoints: 3",
            "**Question 1.** Write `tallest`.",
            [code(TALLEST)],
            [
                code("tallest([2, 5, 3]) == 5", value="True"),
                code(
                    '""" # BEGIN TEST CONFIG\npoints: 2\nhidden: true\nfailure_message: Look at negative ones.\n"""'
                    " # END TEST CONFIG\nassert tallest([-4, -2]) == -2"
                ),
            ],
        ),
        *question(
            "name: q2\npoints:\n  each: 2\nall_or_nothing: true",
            "**Question 2.** Assign `mean`.",
            [code("mean = sum([1, 2, 6]) / 3 # SOLUTION\nnoise = 1 # IGNORE")],
            [code("mean", value="3.0"), code("# HIDDEN\nprint(round(mean))", printed="3\n")],
        ),
        *question(
            "name: q3\nmanual: true\npoints: 4",
            "**Question 3.** Why are means misleading?",
            [text("**SOLUTION**: One giant moves them.")],
            [],
        ),
        *question(
            "name: q4\nmanual: true\npoints: 1.5\nexport: true",
            "**Question 4.** Draw it.",
            [code(DRAWN)],
            [],
        ),
        raw("# PLUGIN\nplugin: x"),
        code("## Ignore ##\nscratch = 1"),
        text("Done."),
        *more,
    )
