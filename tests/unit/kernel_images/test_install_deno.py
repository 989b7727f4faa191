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
    olds, news = zip(*installer.REPLACED, strict=True)
    program = b"before\0" + b"\0".join(olds) + b"\0after"
    changed = installer.shows_all_values(program)
    assert (len(changed), changed.index(b"\0after")) == (len(program), program.index(b"\0after"))
    assert [changed.count(new) for new in news] == [1, 1, 1]
    assert not any(old in changed for old in olds)


@pytest.mark.parametrize("missing", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 2])
def test_a_kernel_that_is_written_otherwise_is_no_image(installer: ModuleType, missing: int, count: int) -> None:
    olds = [old for old, _new in installer.REPLACED]
    olds[missing] *= count
    with pytest.raises(SystemExit, match="does not know this version"):
        installer.shows_all_values(b"program" + b"\0".join(olds))
