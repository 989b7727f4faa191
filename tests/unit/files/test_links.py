"""Paths that lead in circles, and paths that no file can have."""

from pathlib import Path

import pytest

from nexus_server.files.links import is_file, resolved
from nexus_server.files.names import printable


def test_a_circle_of_links_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert resolved(tmp_path / "a").parent == tmp_path
    assert not is_file(tmp_path / "a")


@pytest.mark.parametrize("name", ["x" * 300, "y/" * 3000], ids=["name", "path"])
def test_what_is_too_long_is_no_file(name: str, tmp_path: Path) -> None:
    assert not is_file(resolved(tmp_path / name))


@pytest.mark.parametrize(("text", "shown"), [("a\udcffb", "a\\xffb"), ("a\ud800b", "a\\ud800b"), ("é", "é")])
def test_every_text_can_be_shown(text: str, shown: str) -> None:
    assert printable(text) == shown
