"""A data directory keeps the number of its server; a copy of it is told from it."""

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from nexus_server.servers.identity import SERVER_ID, place_of, server_id


def test_the_number_is_made_once_and_kept(tmp_path: Path) -> None:
    first = server_id(tmp_path)
    assert isinstance(first, UUID)
    assert server_id(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [SERVER_ID], "nothing of its making is left"


def test_a_file_that_holds_no_number_is_told(tmp_path: Path) -> None:
    (tmp_path / SERVER_ID).write_text("one\n")
    with pytest.raises(ValueError, match="UUID"):
        server_id(tmp_path)


def test_a_copy_has_the_number_and_another_place(tmp_path: Path) -> None:
    one, copy, machine = tmp_path / "one", tmp_path / "copy", tmp_path / "machine-id"
    one.mkdir()
    machine.write_text("3f2a\n")
    number = server_id(one)
    shutil.copytree(one, copy)
    assert server_id(copy) == number
    assert place_of(one, machine) == place_of(one, machine)
    assert len({place_of(one, machine), place_of(copy, machine), place_of(one, tmp_path / "none")}) == 3
