"""A course becomes a roadmap that loads without problems, and a course again."""

from pathlib import Path

import nbformat
import pytest

from nexus_server.errors import NexusError
from nexus_server.grading.nbgrader_course import export_course, import_course
from nexus_server.roadmaps.loader import load_content
from nexus_server.roadmaps.problem import has_errors
from tests.plugins import lab_notebooks as lab


@pytest.fixture
def course(tmp_path: Path) -> Path:
    place = tmp_path / "course/source/ps1"
    place.mkdir(parents=True)
    nbformat.write(lab.square_lab(), place / "Problem 1.ipynb")
    nbformat.write(lab.notebook(lab.plain("1")), place / "notes.ipynb")
    return tmp_path / "course"


def test_an_imported_course_loads(course: Path, tmp_path: Path) -> None:
    written = import_course(course, tmp_path / "content", "old-course", "Old course")
    assert [path.name for path in written] == ["roadmap.yaml", "ps1-problem-1.ipynb"]
    [loaded] = load_content(tmp_path / "content")
    assert not has_errors(loaded.problems), loaded.problems


def test_export_gives_the_notebook_back(course: Path, tmp_path: Path) -> None:
    import_course(course, tmp_path / "content", "old-course", "Old course")
    [notebook] = export_course(tmp_path / "content/old-course", tmp_path / "back")
    assert notebook.read_bytes() == (course / "source/ps1/Problem 1.ipynb").read_bytes()


def test_nothing_is_overwritten_or_made_of_nothing(course: Path, tmp_path: Path) -> None:
    import_course(course, tmp_path / "content", "old-course", "Old course")
    with pytest.raises(NexusError):
        import_course(course, tmp_path / "content", "old-course", "Old course")
    with pytest.raises(NexusError):
        import_course(tmp_path, tmp_path / "content", "other", "Other")
