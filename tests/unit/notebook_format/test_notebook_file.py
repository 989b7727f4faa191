"""Notebooks on disk, as JSON or as scripts."""

from pathlib import Path

import pytest

from nexus_server.courses.batch import find_jobs
from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.notebook_format.notebook_file import read_notebook

SCRIPT = """# ---
# jupyter:
#   kernelspec: {name: python3, display_name: Python 3, language: python}
# ---

# %% [markdown]
# # Squares

# %% nbgrader={"grade": false, "grade_id": "square", "locked": false, "schema_version": 3, "solution": true}
square = 1
"""


@pytest.mark.parametrize("data", [SCRIPT.encode(), SCRIPT.encode("utf-8-sig"), SCRIPT.replace("\n", "\r\n").encode()])
def test_a_script_is_a_notebook_with_lasting_ids(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lab.py"
    path.write_bytes(data)
    notebook = read_notebook(path)
    assert notebook == read_notebook(path)
    assert [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells] == [
        ("cell-fc8a7639699d", "markdown", "# Squares"),
        ("square", "code", "square = 1"),
    ]


def test_a_scripts_cell_keeps_its_id_below_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lab.py"
    path.write_text(SCRIPT, encoding="utf-8")
    before = [cell.id for cell in read_notebook(path).cells]
    path.write_text(SCRIPT.replace("# %% [markdown]", "# %%\nimport math\n\n# %% [markdown]"), encoding="utf-8")
    assert [cell.id for cell in read_notebook(path).cells][1:] == before


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "databricks.py",
            "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\ny = 2\n",
            "not divided into cells",
        ),
        ("marimo.py", "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    x = 1\n", "not divided into cells"),
        ("light.py", "# +\nx = 1\n# -\n", "not divided into cells"),
        ("lab.qmd", "---\ntitle: x\n---\n```{python}\nx = 1\n```\n", "this is a document"),
        ("lab.Rmd", "```{python}\nx = 1\n```\n", "this is a document"),
    ],
)
def test_what_would_be_one_cell_of_nobodys_is_refused_in_words(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(NotANotebookError, match=words):
        read_notebook(tmp_path / name)


def test_what_is_no_script_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_bytes(b"\xff")
    with pytest.raises(NotANotebookError, match="Not a Jupytext script"):
        read_notebook(tmp_path / "lab.py")


def test_a_folder_of_sources_may_hold_scripts_but_their_twins_and_modules_are_none(tmp_path: Path) -> None:
    for name in ("source/a/lab.py", "source/b/twin.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(SCRIPT)
    (tmp_path / "source/b/twin.ipynb").touch()
    (tmp_path / "source/a/helpers.py").write_text("x = 1")
    for name in ("lab", "twin", "helpers"):
        (tmp_path / "submitted").mkdir(exist_ok=True)
        (tmp_path / f"submitted/{name}.ipynb").touch()
    found = find_jobs(tmp_path / "submitted", tmp_path / "source")
    assert {job.submission.stem: job.source.name for job in found.jobs} == {"lab": "lab.py", "twin": "twin.ipynb"}
    assert [path.stem for path in found.unmatched] == ["helpers"]


def test_a_folder_of_submissions_may_hold_scripts_named_like_a_source(tmp_path: Path) -> None:
    for name in ("source/lab.ipynb", "submitted/ada/lab.py", "submitted/ada/helper.py", "submitted/bob/lab.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "submitted/bob/lab.py").touch()
    for source in (tmp_path / "source", tmp_path / "source/lab.ipynb"):
        found = find_jobs(tmp_path / "submitted", source)
        submitted = sorted(str(job.submission.relative_to(tmp_path)) for job in found.jobs)
        assert submitted == ["submitted/ada/lab.py", "submitted/bob/lab.ipynb"]
        assert found.unmatched == []
