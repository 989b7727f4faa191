"""A course's own markers and stubs."""

from pathlib import Path

import nbformat
import pytest

from nexus_server.courses.batch import read_source
from nexus_server.courses.nbgrader_course import import_course
from nexus_server.notebook_format.course_config import UnreadableConfigError
from nexus_server.notebook_format.release import release
from nexus_server.roadmaps.files.loader import load_content
from tests.plugins import lab_notebooks as lab

CONFIG = """
c = get_config()
c.ClearSolutions.begin_solution_delimeter = 'BEGIN ANSWER'
c.ClearSolutions.end_solution_delimeter = "END ANSWER"
if True:
    c.ClearSolutions.code_stub = {'python': '# yours', "R": "# deins"}
c.ClearSolutions.text_stub = 'Your words here.'
c.ClearHiddenTests.begin_test_delimeter = '# SECRET {'
c.ClearHiddenTests.end_test_delimeter = '# } SECRET'
"""
JSON_CONFIG = """{"ClearHiddenTests": {"begin_test_delimeter": "# SECRET {", "end_test_delimeter": "# } SECRET"},
"ClearSolutions": {"begin_solution_delimeter": "BEGIN ANSWER", "end_solution_delimeter": "END ANSWER"}}"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    place = tmp_path / "course/source/ps1"
    place.mkdir(parents=True)
    source = lab.notebook(
        lab.solution("square", "def square(x):\n    # BEGIN ANSWER\n    return x * x\n    # END ANSWER"),
        lab.checks("test", "assert square(2) == 4\n# SECRET {\nassert square(12345) > 0\n# } SECRET", 1),
    )
    nbformat.write(source, place / "lab.ipynb")
    return tmp_path / "course"


@pytest.mark.parametrize(("name", "text"), [("nbgrader_config.py", CONFIG), ("nbgrader_config.json", JSON_CONFIG)])
def test_an_imported_course_keeps_its_secrets(course: Path, tmp_path: Path, name: str, text: str) -> None:
    (course / name).write_text(text)
    import_course(course, tmp_path / "content", "c", "C")
    [loaded] = load_content(tmp_path / "content")
    assert not loaded.problems
    released = loaded.nodes[0].lab
    assert released is not None
    assert "12345" not in released.release_notebook
    assert "return x * x" not in released.release_notebook
    assert "12345" in released.source_notebook


def test_the_courses_stubs_take_the_place_of_answers(course: Path) -> None:
    (course / "nbgrader_config.py").write_text(CONFIG)
    source = read_source(course / "source/ps1/lab.ipynb").notebook
    assert "### BEGIN SOLUTION" not in source.cells[0].source
    released = release(source)
    assert released.cells[0].source == "def square(x):\n    # yours"
    assert released.cells[1].source == "assert square(2) == 4"
    assert "nexus" not in released.metadata


@pytest.mark.parametrize(
    "text",
    [
        "c.ClearHiddenTests.begin_test_delimeter = 'SECRET' + mine",
        "c.ClearHiddenTests.begin_test_delimeter = ''",
        "c.ClearSolutions.code_stub = 'x'",
        "c.ClearHiddenTests.begin_test_delimeter = (",
    ],
)
def test_markers_that_cannot_be_read_stop_an_import_in_words(course: Path, tmp_path: Path, text: str) -> None:
    (course / "nbgrader_config.py").write_text(text)
    with pytest.raises(UnreadableConfigError, match="nbgrader_config"):
        import_course(course, tmp_path / "content", "c", "C")
    assert not (tmp_path / "content").exists()


def test_a_configuration_without_markers_changes_nothing(course: Path, tmp_path: Path) -> None:
    (course / "nbgrader_config.py").write_text("c.CourseDirectory.course_id = 'x'\nrun_me = 1 / 0")
    source = lab.square_lab()
    nbformat.write(source, course / "source/ps1/lab.ipynb")
    [_, notebook] = import_course(course, tmp_path / "content", "c", "C").written
    assert notebook.read_bytes() == (course / "source/ps1/lab.ipynb").read_bytes()
