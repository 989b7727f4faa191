"""Versions as notebooks: outputs stay out, comparing goes by cells, and what did not change keeps its outputs."""

import json
from typing import Any

import nbformat
import pytest

from nexus_server.notebook_format.errors import NotANotebookError
from nexus_server.versions.notebook_tasks import MAX_SHOWN, MAX_TEXT_CHARS, compare, outline, restored


def code(name: str, source: str, printed: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    return {"id": name, "cell_type": "code", "metadata": {}, "source": source, "outputs": outputs, "execution_count": 1}


def notebook(*cells: dict[str, Any], **metadata: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}).encode()


def version_of(data: bytes) -> bytes:
    return outline(data)[1]


def compared(version: bytes, present: bytes) -> dict[str, Any]:
    return compare(version + present, size=len(version))[0]


def test_running_cells_is_no_work_and_a_choice_is() -> None:
    told = outline(notebook(code("a", "x")))[0]
    assert told["cells"] == 1
    assert outline(notebook(code("a", "x", "printed")))[0] == told
    assert outline(notebook(code("a", "y")))[0]["work"] != told["work"]
    chosen = code("a", "x") | {"metadata": {"extended_cell": {"type": "singlechoice", "choice": ["1"]}}}
    assert outline(notebook(chosen))[0]["work"] != told["work"]


def test_a_version_holds_no_output_and_all_metadata() -> None:
    version = version_of(notebook(code("a", "x", "printed " * 100), nexus={"release": "2"}))
    back = nbformat.reads(restored(version, size=len(version))[1].decode(), as_version=4)
    assert back.cells[0].outputs == []
    assert back.metadata == {"nexus": {"release": "2"}}


def test_cells_that_did_not_change_have_the_outputs_of_the_present_ones() -> None:
    version = version_of(notebook(code("a", "same"), code("b", "then")))
    present = notebook(code("a", "same", "still right"), code("b", "now", "of now"))
    _, data = restored(version + present, size=len(version))
    first, second = nbformat.reads(data.decode(), as_version=4).cells
    assert (first.outputs[0].text, second.source, second.outputs) == ("still right", "then", [])


def test_a_comparison_shows_the_cells_that_differ() -> None:
    version = version_of(notebook(code("a", "x = 1"), code("b", "print(x)"), code("c", "gone")))
    present = notebook(code("a", "x = 2", "2"), code("b", "print(x)", "other output"))
    found = compared(version, present)
    shown = [(cell["number"], cell["kind"], cell["before"], cell["after"]) for cell in found["cells"]]
    assert found["differing"] == 2
    assert shown == [(1, "changed", "x = 2", "x = 1"), (3, "added", None, "gone")]


def test_a_comparison_without_a_present_notebook_shows_everything() -> None:
    found = compared(version_of(notebook(code("a", "x"), code("b", "y"))), b"")
    assert [cell["kind"] for cell in found["cells"]] == ["added", "added"]


def test_a_comparison_is_bounded() -> None:
    cells = [code(f"c{number}", "x" * (MAX_TEXT_CHARS + 1)) for number in range(MAX_SHOWN + 1)]
    found = compared(version_of(notebook(*cells)), b"")
    assert found["differing"] == MAX_SHOWN + 1
    assert len(found["cells"]) == MAX_SHOWN
    assert {len(cell["after"]) for cell in found["cells"]} == {MAX_TEXT_CHARS}


def test_notebooks_of_older_formats_and_without_ids_are_versions_too() -> None:
    old = code("a", "x") | {"metadata": {}}
    del old["id"]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [old]}).encode()
    assert outline(data)[0] == outline(data)[0]
    assert compared(version_of(data), data) == {"differing": 0, "cells": []}


def test_what_is_no_notebook_is_said_to_be_none() -> None:
    with pytest.raises(NotANotebookError):
        outline(b"text")
