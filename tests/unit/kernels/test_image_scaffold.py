"""`nexus image new`: a folder that could be built, with a kernel that works."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from nexus_server.errors import InvalidError
from nexus_server.installation import KERNEL_IMAGES
from nexus_server.kernels.image_scaffold import ImageExistsError, NewImage, write_image
from nexus_server.kernels.shipped_images import Image

SHELL = NewImage("lua", "Lua", "sh -e", ".lua", ("lua5.4",))


def cells_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(KERNEL_IMAGES / "thin")
    spec = importlib.util.spec_from_file_location("lua_cells", folder / "lua_cells.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_folder_is_an_optional_image(tmp_path: Path) -> None:
    folder = write_image(SHELL, tmp_path)
    image = Image.read(folder)
    assert (image.tag, image.parent, image.is_optional) == ("nexus-lua", "thin", True)
    assert image.debian_packages == ("lua5.4",)
    spec = json.loads((folder / "kernelspec/kernel.json").read_text(encoding="utf-8"))
    assert spec["language"] == "lua"
    copied = {
        word
        for line in (folder / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY")
        for word in line.split()
    }
    assert {"lua_cells.py", "lua_kernel.py"} <= copied
    compile((folder / "lua_kernel.py").read_text(), "lua_kernel.py", "exec")


def test_its_cells_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = cells_of(write_image(SHELL, tmp_path), monkeypatch)
    session = cells.Session(lambda _prompt, _hidden: "")
    printed = "".join(each.text for each in session.run("echo a; echo b >&2"))
    assert printed == "a\nb\n"
    with pytest.raises(sys.modules["cell_output"].CellError, match="ended with status 3"):
        list(session.run("exit 3"))


def test_an_image_of_that_name_is_not_touched(tmp_path: Path) -> None:
    kept = write_image(SHELL, tmp_path) / "image.json"
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(ImageExistsError):
        write_image(SHELL, tmp_path)
    assert kept.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "../etc"}, "A name has"),
        ({"name": "Lua"}, "A name has"),
        ({"name": "class"}, "A name has"),
        ({"command": " "}, "which program"),
        ({"extension": "lua"}, "a dot and letters"),
        ({"title": 'a"b'}, "plain text"),
        ({"debian_packages": ("lua; rm",)}, "Debian package"),
    ],
)
def test_what_could_be_no_image_is_refused(wrong: dict[str, Any], says: str) -> None:
    asked = {"name": "lua", "title": "Lua", "command": "lua", **wrong}
    with pytest.raises(InvalidError, match=says):
        NewImage(**asked)
