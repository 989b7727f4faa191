"""Whose a file is, and how its name reads."""

import os
import unicodedata
from pathlib import PurePath

import pytest

from nexus_server.files.names import composed, is_nobodys, printable


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store",
        "ada/._lab.ipynb",
        "ada/.~lab.ipynb",
        "__MACOSX/ada/lab.ipynb",
        "ada/.ipynb_checkpoints/lab-checkpoint.ipynb",
        "Thumbs.db",
        "THUMBS.DB",
        "desktop.ini",
        "~$table.xlsx",
        ".trash/old/lab.ipynb",
        "$RECYCLE.BIN/lab.ipynb",
    ],
)
def test_what_systems_leave_behind_is_nobodys(path: str) -> None:
    assert is_nobodys(PurePath(path))


@pytest.mark.parametrize(
    "path", ["ada/lab.ipynb", "a.b/lab.ipynb", "~/lab.ipynb", "macosx/lab.ipynb", "my desktop.ini.txt"]
)
def test_work_is_somebodys(path: str) -> None:
    assert not is_nobodys(PurePath(path))


def test_names_read_the_same_whoever_wrote_them() -> None:
    name = "Übung für Zoë.csv"
    assert composed(unicodedata.normalize("NFD", name)) == name
    assert composed(os.fsdecode(name.encode("cp1252"))) == name
    assert composed(name) == name


def test_any_name_can_be_printed() -> None:
    assert printable(os.fsdecode(b"caf\xe9")) == "caf\\xe9"
    assert printable("café") == "café"
    assert printable("two\nlines, a\ttab") == "two\nlines, a\ttab"


@pytest.mark.parametrize("order", ["\x1b[2J", "\x9b2J", "\x07", "\r", "\x1e", "\x0b", "\x85", "\u2028"])
def test_a_name_gives_a_terminal_no_orders(order: str) -> None:
    shown = printable(f"lab{order}.ipynb")
    assert shown == f"lab{order.encode('unicode_escape').decode()}.ipynb"
    assert len(shown.splitlines()) == 1
