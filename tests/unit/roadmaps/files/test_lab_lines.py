import json

import pytest

from nexus_server.roadmaps.files.lab_lines import line_of_cell
from tests.plugins.content import lab_notebook


def test_a_source_line_of_a_notebook_is_found() -> None:
    text = lab_notebook()
    line = line_of_cell(text, "lab.ipynb", 1, 3)
    assert "return 2 * x" in text.splitlines()[line - 1]
    assert text.splitlines()[line_of_cell(text, "lab.ipynb", 0) - 1].strip() == "{"


@pytest.mark.parametrize("indent", [None, 1])
def test_lines_are_counted_whatever_the_layout(indent: int | None) -> None:
    text = json.dumps({"cells": [{"metadata": {}, "source": ["a\n", '"b",\n', "c"]}, {"source": "x"}]}, indent=indent)
    wanted = text.splitlines()
    line = line_of_cell(text, "lab.ipynb", 0, 3)
    assert '"c"' in wanted[line - 1]
    assert line_of_cell(text, "lab.ipynb", 1, 9) == line_of_cell(text, "lab.ipynb", 1, 1)


def test_what_stands_above_a_scripts_first_marker_is_a_cell() -> None:
    header = "# ---\n# jupyter:\n#   x: 1\n# ---\n\n"
    assert line_of_cell(f"{header}# %%\nx = 1\n", "lab.py", 0, 1) == 7
    assert line_of_cell(f"{header}import os\n\n# %%\nx = 1\n", "lab.py", 1, 1) == 9


def test_a_cell_of_a_script_is_found() -> None:
    text = "# %% [markdown]\n# Hello\n\n# %%\nx = 1\ny = 2\n"
    assert line_of_cell(text, "lab.py", 1) == 4
    assert line_of_cell(text, "lab.py", 1, 2) == 6


def test_what_is_not_there_is_line_one() -> None:
    assert line_of_cell("{}", "lab.ipynb", 7, 2) == 1
    assert line_of_cell("", "lab.py", 7) == 1
