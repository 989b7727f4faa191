"""Which submission belongs to which source."""

import os
import unicodedata
from pathlib import Path

import pytest

from nexus_server.courses.batch import find_jobs
from nexus_server.notebook_format.errors import NotANotebookError


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_source_directory_gives_the_notebook_of_the_same_name_and_folder(tmp_path: Path) -> None:
    sources = [tmp_path / "source" / name for name in ("ps1/lab.ipynb", "ps2/lab.ipynb", "ps2/other.ipynb")]
    ada = [tmp_path / "submitted/ada" / name for name in ("ps1/lab.ipynb", "ps2/lab.ipynb", "ps2/scratch.ipynb")]
    _touch(*sources, *ada, tmp_path / "submitted/ada/ps1/.ipynb_checkpoints/lab.ipynb")
    found = find_jobs(tmp_path / "submitted", tmp_path / "source")
    assert [(job.submission, job.source) for job in found.jobs] == list(zip(ada[:2], sources[:2], strict=True))
    assert found.unmatched == [ada[2]]
    one = find_jobs(ada[1], tmp_path / "source")
    assert [job.source for job in one.jobs] == [sources[1]]


def test_no_submission_is_the_source_of_its_own_tests(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "a/lab.ipynb", tmp_path / "b/lab.ipynb"
    _touch(mine, theirs)
    with pytest.raises(NotANotebookError):
        find_jobs(tmp_path, tmp_path)
    assert [job.source for job in find_jobs(mine, tmp_path).jobs] == [theirs]


def test_what_a_mac_or_jupyter_left_behind_is_nobodys_submission(tmp_path: Path) -> None:
    source, ada = tmp_path / "lab.ipynb", tmp_path / ".hidden/submitted/ada/lab.ipynb"
    left = ("ada/._lab.ipynb", "ada/.~lab.ipynb", "__MACOSX/ada/lab.ipynb", ".trash/lab.ipynb")
    _touch(source, ada, *(tmp_path / ".hidden/submitted" / name for name in left))
    (ada.parent / "folder.ipynb").mkdir()
    assert [job.submission for job in find_jobs(tmp_path / ".hidden/submitted", source).jobs] == [ada]


def test_a_source_is_found_by_its_name_in_whatever_encoding(tmp_path: Path) -> None:
    source = tmp_path / "source/Übung 1/Größe.ipynb"
    mac = tmp_path / "submitted/ada" / unicodedata.normalize("NFD", "Übung 1/Größe.ipynb")
    windows = tmp_path / "submitted/bob" / os.fsdecode("Übung 1/Größe.ipynb".encode("cp1252"))
    _touch(source, tmp_path / "source/other/Größe.ipynb", mac, windows)
    assert {job.source for job in find_jobs(tmp_path / "submitted", tmp_path / "source").jobs} == {source}


def test_assignments_of_one_name_are_told_apart_by_any_folder_around_the_submission(tmp_path: Path) -> None:
    sources = [tmp_path / "source" / name / "hw.ipynb" for name in ("ps1", "ps2")]
    ada, bob = tmp_path / "submitted/ps2/ada/hw.ipynb", tmp_path / "submitted/bob/ps1/attempt 2/hw.ipynb"
    _touch(*sources, ada, bob)
    found = find_jobs(tmp_path / "submitted", tmp_path / "source")
    assert {job.submission: job.source for job in found.jobs} == {ada: sources[1], bob: sources[0]}
    assert [job.source for job in find_jobs(ada.parent, tmp_path / "source").jobs] == [sources[1]]


def test_no_source_is_guessed_where_several_fit(tmp_path: Path) -> None:
    sources = [tmp_path / "source" / name / "hw.ipynb" for name in ("ps1", "ps2")]
    ada, other = tmp_path / "submitted/ada/hw.ipynb", tmp_path / "submitted/ada/ps1/hw.ipynb"
    _touch(*sources, ada)
    with pytest.raises(NotANotebookError, match=r"ambiguous which source grades it: .*ps1.*ps2"):
        find_jobs(tmp_path / "submitted", tmp_path / "source")
    _touch(other)
    found = find_jobs(tmp_path / "submitted", tmp_path / "source")
    assert [job.submission for job in found.jobs] == [other]
    assert found.ambiguous == {ada: sources}
