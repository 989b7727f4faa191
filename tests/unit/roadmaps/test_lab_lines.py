from nexus_server.roadmaps.lab_lines import line_of_cell
from tests.plugins.content import lab_notebook


def test_a_source_line_of_a_notebook_is_found() -> None:
    text = lab_notebook()
    line = line_of_cell(text, "lab.ipynb", 1, 3)
    assert "return 2 * x" in text.splitlines()[line - 1]
    assert text.splitlines()[line_of_cell(text, "lab.ipynb", 0) - 1].strip() == "{"


def test_a_cell_of_a_script_is_found() -> None:
    text = "# %% [markdown]\n# Hello\n\n# %%\nx = 1\ny = 2\n"
    assert line_of_cell(text, "lab.py", 1) == 4
    assert line_of_cell(text, "lab.py", 1, 2) == 6


def test_what_is_not_there_is_line_one() -> None:
    assert line_of_cell("{}", "lab.ipynb", 7, 2) == 1
    assert line_of_cell("", "lab.py", 7) == 1
