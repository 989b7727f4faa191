"""Layouts are per learner, bounded, and named so that no name leaves their folder."""

import json
from pathlib import Path

import pytest

from nexus_server.jupyter.lab.workspaces import (
    BadLayoutError,
    LabWorkspaces,
    LayoutTooLargeError,
    NoSuchLayoutError,
    TooManyLayoutsError,
)


@pytest.fixture
def layouts(tmp_path: Path) -> LabWorkspaces:
    return LabWorkspaces(tmp_path, max_layouts=2, max_bytes=200)


def layout(name: str) -> bytes:
    return json.dumps({"data": {"a": 1}, "metadata": {"id": name}}).encode()


@pytest.mark.parametrize("name", ["default", "../../etc/passwd", "a/b", "ä\x00", "x" * 500])
def test_any_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    layouts = LabWorkspaces(tmp_path, max_layouts=2, max_bytes=10_000)
    layouts.save(name, layout(name))
    assert layouts.load(name)["data"] == {"a": 1}
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path]
    layouts.delete(name)
    with pytest.raises(NoSuchLayoutError):
        layouts.delete(name)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"data": {}, "metadata": {}}', b'{"data": 1, "metadata": {"id": "x"}}']
)
def test_what_is_no_layout_is_refused(layouts: LabWorkspaces, raw: bytes) -> None:
    with pytest.raises(BadLayoutError):
        layouts.save("x", raw)


def test_size_and_number_are_bounded(layouts: LabWorkspaces) -> None:
    with pytest.raises(LayoutTooLargeError):
        layouts.save("x", b" " * 201)
    layouts.save("x", layout("x"))
    layouts.save("y", layout("y"))
    layouts.save("y", layout("y"))
    with pytest.raises(TooManyLayoutsError):
        layouts.save("z", layout("z"))
