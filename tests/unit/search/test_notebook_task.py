"""Looking for words in notebooks, whatever is in them."""

import json

import pytest

from nexus_server.search.notebook_task import MAX_TEXT_CHARS, find_in_notebooks, sources_of


def notebook(*sources: str | list[str]) -> bytes:
    return json.dumps({"cells": [{"source": source} for source in sources]}).encode()


def test_each_notebook_is_looked_into_by_itself() -> None:
    parts = [notebook("x = 1"), notebook(["the qu", "okka"]), b"quokka", notebook("y", "Quokka!")]
    found, _ = find_in_notebooks(
        b"".join(parts), sizes=[len(part) for part in parts], titles=["a", "b", "c", "d"], words=["quokka"]
    )
    assert [match["number"] for match in found] == [1, 3]
    assert [piece["text"] for piece in found[0]["excerpt"] if piece["is_match"]] == ["quokka"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b'{"cells": 1}', b'{"cells": [1]}', b'{"cells": [{"source": [1]}]}', b"[" * 100_000, b"\xff"],
    ids=["empty", "no cells", "a list", "a number", "no cell", "no text", "nested", "no text at all"],
)
def test_what_is_no_notebook_has_no_text(data: bytes) -> None:
    assert sources_of(data) == ""


def test_a_text_is_read_so_far() -> None:
    assert len(sources_of(notebook("x" * MAX_TEXT_CHARS, "y"))) == MAX_TEXT_CHARS
