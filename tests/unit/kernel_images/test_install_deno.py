"""The JavaScript image's installer: what it changes in Deno's program."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[3] / "kernel_images" / "javascript"


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("install_deno")


def test_nothing_moves_in_the_program(installer: ModuleType) -> None:
    program = b"before\0" + installer.DROPPING + b"\0after"
    changed = installer.shows_all_numbers(program)
    assert (len(changed), changed.index(b"\0after")) == (len(program), program.index(b"\0after"))
    assert b"result.value" not in changed


@pytest.mark.parametrize("count", [0, 2])
def test_a_kernel_that_is_written_otherwise_is_no_image(installer: ModuleType, count: int) -> None:
    with pytest.raises(SystemExit, match="does not know this version"):
        installer.shows_all_numbers(b"program" + count * installer.DROPPING)
