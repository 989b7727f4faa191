"""Which files of a notebook's folder go along with it, and which never do."""

import os
import unicodedata
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from nexus_server.notebook_format import lab_folder
from nexus_server.notebook_format.lab_folder import CompanionFiles, lab_files, own_files
from tests.plugins import lab_notebooks as lab


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "lab.ipynb",
        "lab.py",
        "other.ipynb",
        "other.py",
        "helpers.py",
        "deeper.py",
        "solutions.py",
        "prices.csv",
        "raw.bin",
        "data/x.txt",
        "data/solutions.txt",
        "logs/one.txt",
        "solutions.txt",
        "answers.json",
        "lab_solution.py",
        "test_lab.py",
        "notes.md",
        "gradebook.db",
        ".secret.csv",
        ".git/config.txt",
        "ps2/other.ipynb",
        "ps2/helpers.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "helpers.py").write_text("from deeper import x\nopen('raw.bin')")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    return tmp_path


def _beside(folder: Path, *cells: NotebookNode, answer: str = "x = 1", tests: str = "assert x == 1") -> CompanionFiles:
    source = lab.notebook(*cells, lab.solution("x", answer), lab.checks("x_works", tests, 1))
    return lab_files(folder / "lab.ipynb", source)


def _given(folder: Path, code: str) -> set[str]:
    return set(_beside(folder, lab.plain(code)).given)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("", set()),
        ("from helpers import *", {"helpers.py", "deeper.py", "raw.bin"}),
        ("%run helpers", {"helpers.py", "deeper.py", "raw.bin"}),
        ("%matplotlib inline\nopen('prices.csv')", {"prices.csv"}),
        ("open('myprices.csv')", set()),
        ("glob('*.csv')", {"prices.csv"}),
        ("[open(f'logs/{n}.txt') for n in ns]", {"logs/one.txt"}),
        ("open('logs/{}.txt'.format('one'))", {"logs/one.txt"}),
        ("os.listdir('./logs/')", {"logs/one.txt"}),
        ("glob('*')\nf'{a}.{b}'", set()),
        ("# see lab.py and ps2/helpers.csv", set()),
        ("import lab, other", set()),
    ],
)
def test_what_the_notebook_names_goes_along_and_what_lies_in_a_data_folder(
    folder: Path, code: str, more: set[str]
) -> None:
    assert _given(folder, code) == {"data/x.txt"} | more


def test_prose_names_files_but_imports_nothing(folder: Path) -> None:
    source = lab.notebook(new_markdown_cell("from helpers\nRead notes.md"), *lab.square_lab().cells)
    assert set(lab_files(folder / "lab.ipynb", source).given) == {"data/x.txt", "notes.md"}


@pytest.mark.parametrize("name", ["solutions.txt", "answers.json", "lab_solution.py", "test_lab.py", "solutions.py"])
def test_what_reads_like_answers_is_for_tests_or_nobody(folder: Path, name: str) -> None:
    beside = _beside(folder, tests=f"open('{name}')", answer=f"x = 1  # from {name}\nimport solutions, lab_solution")
    assert set(beside.given) == {"data/x.txt"}
    assert name in beside.for_tests
    assert name not in beside.withheld
    assert "notes.md" in beside.withheld
    silent = _beside(folder)
    assert name in silent.withheld
    assert not silent.for_tests


def test_a_file_that_the_release_names_is_meant_for_learners_whatever_its_name(folder: Path) -> None:
    beside = _beside(folder, lab.plain("open('answers.json')"), tests="open('answers.json')")
    assert {"answers.json"} == set(beside.given) - {"data/x.txt"}


def test_of_a_large_folder_only_what_is_named_goes(folder: Path) -> None:
    for number in range(lab_folder.SMALL_FOLDER):
        (folder / f"data/unrelated-{number}.csv").write_text("")
    assert _given(folder, "read_csv('prices.csv')") == {"prices.csv"}


def test_what_is_too_large_together_is_withheld(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_folder, "MAX_BYTES", 10)
    (folder / "prices.csv").write_text("x" * 11)
    beside = _beside(folder, lab.plain("open('prices.csv')"))
    assert set(beside.given) == {"data/x.txt"}
    assert "prices.csv" in beside.withheld


def test_a_submission_brings_what_it_names_but_nothing_of_the_source(folder: Path) -> None:
    for name in ("source/lab.ipynb", "source/helpers.csv", "mine/lab.ipynb", "mine/helpers.csv", "mine/solutions.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    greedy = lab.notebook(lab.plain("open('helpers.csv'), open('solutions.txt'), open('source/helpers.csv')"))
    source = folder / "source/lab.ipynb"
    assert set(own_files(folder / "mine/lab.ipynb", greedy, source)) == {"helpers.csv"}
    assert own_files(folder / "submission.ipynb", greedy, source) == {}
    assert own_files(folder / "source/submission.ipynb", greedy, source) == {}


def test_files_have_the_names_that_the_notebook_writes(tmp_path: Path) -> None:
    mac, windows = unicodedata.normalize("NFD", "Größen.csv"), os.fsdecode("Zoë.csv".encode("cp1252"))
    apart = unicodedata.normalize("NFD", "é.csv")
    for name in (mac, windows, apart, "Thumbs.db", "desktop.ini", "__MACOSX"):
        (tmp_path / name).write_text(name, errors="surrogateescape")
    source = lab.notebook(*lab.square_lab().cells, lab.plain(f"open('Größen.csv'), open('Zoë.csv'), open('{apart}')"))
    files = lab_files(tmp_path / "lab.ipynb", source)
    assert set(files.given) == {"Größen.csv", "Zoë.csv", apart}
    assert files.withheld == ()


def test_a_file_that_nobody_can_read_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("far too much")
    monkeypatch.setattr(lab_folder, "MAX_BYTES", 3)
    source = lab.notebook(*lab.square_lab().cells, lab.plain("open('a.csv')"))
    assert lab_files(tmp_path / "lab.ipynb", source).withheld == ("a.csv",)
