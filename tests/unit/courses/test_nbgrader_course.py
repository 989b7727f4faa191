"""A course becomes a roadmap that loads without problems, and a course again."""

import os
import unicodedata
from pathlib import Path

import jupytext
import nbformat
import pytest

from nexus_server.courses.lab_checks import labs_of
from nexus_server.courses.nbgrader_course import BrokenRoadmapError, CourseExistsError, export_course, import_course
from nexus_server.errors import NexusError
from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.roadmaps.files.loader import load_content
from nexus_server.roadmaps.files.problem import has_errors
from nexus_server.roadmaps.files.scaffold import BadSlugError
from tests.plugins import lab_notebooks as lab
from tests.plugins.content import ROADMAP

#: a name that has nothing of what a slug has
TOPIC = "\N{CJK UNIFIED IDEOGRAPH-984C}"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    place = tmp_path / "course/source/ps1"
    place.mkdir(parents=True)
    nbformat.write(lab.square_lab(), place / "Problem 1.ipynb")
    nbformat.write(lab.notebook(lab.plain("1")), place / "notes.ipynb")
    return tmp_path / "course"


def test_an_imported_course_loads(course: Path, tmp_path: Path) -> None:
    imported = import_course(course, tmp_path / "content", "old-course", "Old course")
    assert [path.name for path in imported.written] == ["roadmap.yaml", "ps1-problem-1.ipynb"]
    ungraded = "The source notebook cannot be graded: No cell of this notebook gives points."
    assert imported.left_out == {course / "source/ps1/notes.ipynb": ungraded}
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


def test_data_files_and_helpers_come_along_and_go_back(course: Path, tmp_path: Path) -> None:
    place = course / "source/ps1"
    (place / "data").mkdir()
    (place / "data/x.csv").write_text("1,2")
    (place / "helpers.py").write_text("def two():\n    return 2")
    (place / "answers.py").write_text("secret = 1")
    nbformat.write(
        lab.notebook(lab.locked("setup", "from helpers import two"), *lab.square_lab().cells), place / "b.ipynb"
    )
    imported = import_course(course, tmp_path / "content", "old-course", "Old course")
    assert [path.name for path in imported.left_out] == ["notes.ipynb", "answers.py"]
    [loaded] = load_content(tmp_path / "content")
    assert not has_errors(loaded.problems), loaded.problems
    data = {found.slug: found.data for found in labs_of([loaded])}
    assert data["ps1-problem-1"] == {"data/x.csv": b"1,2"}
    assert set(data["ps1-b"]) == {"data/x.csv", "helpers.py"}
    export_course(tmp_path / "content/old-course", tmp_path / "back")
    back = tmp_path / "back/source/ps1-b"
    found = {path.relative_to(back).as_posix() for path in back.rglob("*") if path.is_file()}
    assert found == {"ps1-b.ipynb", "helpers.py", "data/x.csv"}


def test_no_notebook_is_lost_to_another_of_a_like_name(course: Path, tmp_path: Path) -> None:
    place = course / "source/ps1"
    for name in ("problem_1", "Problem-1", TOPIC):
        nbformat.write(lab.square_lab(), place / f"{name}.ipynb")
    (course / "source" / TOPIC).mkdir()
    nbformat.write(lab.square_lab(), course / "source" / TOPIC / f"{TOPIC}.ipynb")
    import_course(course, tmp_path / "content", "old-course", "Old course")
    [loaded] = load_content(tmp_path / "content")
    assert not has_errors(loaded.problems), loaded.problems
    assert [found.slug for found in labs_of([loaded])] == [
        "ps1-problem-1",
        "ps1-problem-1-2",
        "ps1-problem-1-3",
        "ps1",
        "lab",
    ]


def test_a_notebook_with_a_mistake_is_left_out_and_named(course: Path, tmp_path: Path) -> None:
    (course / "source/ps1/broken.ipynb").write_text("{")
    text = (course / "source/ps1/Problem 1.ipynb").read_text()
    (course / "source/ps1/odd.ipynb").write_text(text.replace("### END SOLUTION", "pass"))
    (course / "source/ps1/statistics.ipynb").write_text(text.replace('"language": "python"', '"language": "R"'))
    imported = import_course(course, tmp_path / "content", "old-course", "Old course")
    reasons = {path.name: reason for path, reason in imported.left_out.items()}
    assert "broken.ipynb" in reasons["broken.ipynb"]
    assert "BEGIN SOLUTION without an END" in reasons["odd.ipynb"]
    assert "no sandboxed kernel for r" in reasons["statistics.ipynb"], "one foreign language does not end the import"


def test_a_bad_slug_writes_nothing(course: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSlugError):
        import_course(course, tmp_path / "content", "../elsewhere", "T")
    assert not (tmp_path / "elsewhere").exists()


def test_a_roadmap_with_mistakes_is_not_exported(content_dir: Path, tmp_path: Path) -> None:
    (content_dir / "tiny/labs/lab.ipynb").write_text("{")
    with pytest.raises(BrokenRoadmapError, match=r"tiny/labs/lab.ipynb:1: error: Not a notebook"):
        export_course(content_dir / "tiny", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_an_assignment_that_exists_keeps_everything_from_being_written(course: Path, tmp_path: Path) -> None:
    nbformat.write(lab.square_lab(), course / "source/ps1/a.ipynb")
    import_course(course, tmp_path / "content", "old-course", "Old course")
    (tmp_path / "back/source/ps1-a").mkdir(parents=True)
    with pytest.raises(CourseExistsError):
        export_course(tmp_path / "content/old-course", tmp_path / "back")
    assert [path.name for path in (tmp_path / "back/source").iterdir()] == ["ps1-a"]


def test_a_script_is_exported_as_a_notebook(content_dir: Path, tmp_path: Path) -> None:
    folder = content_dir / "tiny"
    source = jupytext.read(folder / "labs/lab.ipynb")
    (folder / "labs/lab.ipynb").unlink()
    (folder / "labs/lab.py").write_text(jupytext.writes(source, fmt="py:percent"))
    (folder / "roadmap.yaml").write_text(ROADMAP.replace("lab.ipynb", "lab.py"))
    notebook, data = export_course(folder, tmp_path / "back")
    assert [cell.source for cell in nbformat.read(notebook, as_version=4).cells] == [c.source for c in source.cells]
    assert data.read_text() == "n\n1\n2\n"


def test_what_is_no_roadmap_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(NotANotebookError, match=r"there is no roadmap.yaml with a lab here"):
        export_course(tmp_path, tmp_path / "back")


@pytest.mark.parametrize(
    "folder", ["Übung 1", unicodedata.normalize("NFD", "Übung 1"), os.fsdecode("Übung 1".encode("cp1252"))]
)
def test_names_of_every_encoding_give_the_same_roadmap(tmp_path: Path, folder: str) -> None:
    place = tmp_path / "course/source" / folder
    (place / "data").mkdir(parents=True)
    (place / "data/Größen.csv").write_text("1")
    nbformat.write(lab.square_lab(), place / "Teil (a).ipynb")
    for left in ("._Teil (a).ipynb", "__MACOSX.ipynb", "Thumbs.db", "data/._Größen.csv"):
        (place / left).write_bytes(b"\0\5\x16\7")
    imported = import_course(tmp_path / "course", tmp_path / "content", "c", "C")
    names = [path.relative_to(tmp_path / "content/c").as_posix() for path in imported.written]
    assert names == ["roadmap.yaml", "labs/ubung-1-teil-a.ipynb", "data/Übung 1/data/Größen.csv"]
    assert [path.name for path in imported.left_out] == ["__MACOSX.ipynb"]
    (tmp_path / "content/__MACOSX").mkdir()
    (tmp_path / "content/__MACOSX/roadmap.yaml").write_bytes(b"\0")
    [loaded] = load_content(tmp_path / "content")
    assert not loaded.problems
