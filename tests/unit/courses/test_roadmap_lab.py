"""A lab of a roadmap is graded with what the roadmap gives it."""

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from nexus_server.courses.batch import Graders, read_source
from nexus_server.courses.roadmap_lab import find_roadmap_lab
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.errors import InvalidSourceError
from tests.plugins import lab_notebooks as lab

ROADMAP = """
slug: village
title: Village
description: A village.
difficulty: beginner
order_index: 1
nodes:
  - slug: library
    type: lab
    title: Library
    points: 10
    file: labs/library.ipynb
    lab:
      kernel: nexus-data
      data: [data/loans.json]
      data_root: shared
      limits: {memory_mb: 256, cell_timeout_s: 90}
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A lab's notebook, in the folder of its roadmap."""
    for name, text in (("roadmap.yaml", ROADMAP), ("shared/data/loans.json", "[1]"), ("labs/secret.txt", "x")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    nbformat.write(lab.square_lab(), tmp_path / "labs/library.ipynb")
    return tmp_path / "labs/library.ipynb"


def test_data_come_from_the_roadmap(notebook: Path) -> None:
    source = read_source(notebook)
    assert source.files.given == {"data/loans.json": b"[1]"}
    assert not source.files.withheld


def test_limits_and_kernel_come_from_the_roadmap_unless_asked_for(notebook: Path) -> None:
    source = read_source(notebook)
    usual = GradeOptions(kernel_name="")
    mine = Graders(usual, is_chosen=False).get(source, []).options
    assert (mine.kernel_name, mine.memory_mb, mine.cell_timeout_s) == ("nexus-data", 256, 90)
    asked = replace(usual, kernel_name="nexus-python", memory_mb=512, cell_timeout_s=5)
    assert Graders(asked, is_chosen=True).get(source, []).options == asked


def test_other_notebooks_get_nothing_of_a_roadmap(notebook: Path) -> None:
    other = notebook.with_name("other.ipynb")
    nbformat.write(lab.square_lab(), other)
    assert find_roadmap_lab(other) is None
    assert read_source(other).spec is None


def test_missing_data_and_mistakes_are_named(notebook: Path) -> None:
    (notebook.parents[1] / "shared/data/loans.json").unlink()
    with pytest.raises(InvalidSourceError, match=r"loans\.json"):
        read_source(notebook)
    (notebook.parents[1] / "roadmap.yaml").write_text("slug: [", encoding="utf-8")
    with pytest.raises(InvalidSourceError, match=r"roadmap\.yaml"):
        read_source(notebook)
