"""Whatever is sent as a notebook gets a notebook back or one clear error."""

import json
from typing import Any

import pytest
from nbformat import writes

from nexus_server.grading.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.grading.notebooks import MAX_CELLS, parse_notebook
from tests.plugins import lab_notebooks as lab


def _notebook(**changes: Any) -> dict[str, Any]:
    return {**json.loads(writes(lab.square_lab())), **changes}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"nbformat": "4"}',
        b'{"nbformat": 99, "cells": []}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
        json.dumps(_notebook(cells=[{"cell_type": "code", "metadata": {}, "source": 5, "outputs": []}])).encode(),
        b'{"nbformat": 4, "cells": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"[" * 200000,
    ],
)
def test_broken_notebooks_get_a_clear_error(data: bytes) -> None:
    with pytest.raises(NotANotebookError) as caught:
        parse_notebook(data)
    assert caught.value.message


def test_strange_outputs_and_missing_ids_are_no_error() -> None:
    content = _notebook()
    content["cells"][1]["outputs"] = [{"output_type": "martian"}]
    for cell in content["cells"]:
        cell.pop("id")
    assert len(parse_notebook(json.dumps(content)).cells) == 3


def test_source_given_as_lines_is_joined() -> None:
    content = _notebook()
    content["cells"][1]["source"] = ["a\n", "b"]
    assert parse_notebook(json.dumps(content)).cells[1].source == "a\nb"


def test_size_is_limited() -> None:
    with pytest.raises(NotebookTooLargeError):
        parse_notebook(b" " * 100, max_bytes=99)
    many = _notebook(
        cells=[{"cell_type": "raw", "metadata": {}, "source": "", "id": f"c{n}"} for n in range(MAX_CELLS + 1)]
    )
    with pytest.raises(NotebookTooLargeError):
        parse_notebook(json.dumps(many))
