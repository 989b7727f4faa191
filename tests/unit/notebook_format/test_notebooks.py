"""Whatever is sent as a notebook gets a clean notebook back or one clear error."""

import codecs
import json
from contextlib import suppress
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode, writes

from nexus_server.notebook_format.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.notebook_format.notebooks import MAX_CELLS, clean_notebook, parse_notebook
from tests.plugins import lab_notebooks as lab


def _notebook(**changes: Any) -> dict[str, Any]:
    return {**json.loads(writes(lab.square_lab())), **changes}


def _one(cell: dict[str, Any], **changes: Any) -> NotebookNode:
    """Parse a notebook of one cell."""
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell], **changes}
    parsed = parse_notebook(json.dumps(notebook), keep_outputs=True)
    nbformat.validate(parsed)
    return parsed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"nbformat": "four"}',
        b'{"nbformat": 99, "cells": []}',
        b'{"nbformat": 2, "worksheets": []}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
        b'{"nbformat": 3, "worksheets": [3]}',
        json.dumps(_notebook(cells=[{"cell_type": "code", "metadata": {}, "source": {"a": 1}}])).encode(),
        json.dumps(_notebook(cells=[{"cell_type": "code", "metadata": {}, "source": [["a"]]}])).encode(),
        b'{"nbformat": 4, "cells": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"[" * 200000,
        '{"nbformat": 4, "cells": [], "metadata": {"title": "Größe"}}'.encode("latin-1"),
    ],
)
def test_broken_notebooks_get_a_clear_error(data: bytes) -> None:
    with pytest.raises(NotANotebookError) as caught:
        parse_notebook(data)
    assert caught.value.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (bytes(5000), "is empty"),
        ("\ufeff \n", "is empty"),
        (b"\n<!DOCTYPE html><title>lab.ipynb - Colab</title>", "web page"),
        ("<html>", "web page"),
        (b"%PDF-1.7\n\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\x00\xff", "Unpack it"),
        (b"\x1f\x8b\x08\x00", "Unpack it"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"),
        (b'{\n<<<<<<< HEAD\n "cells": [],\n=======\n', "both sides of a merge"),
        (b'{"cells": [', "JSON is broken at line 1"),
        ('{"cells": ["Gr\u00f6\u00dfe"]}'.encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(data: bytes | str, words: str) -> None:
    with pytest.raises(NotANotebookError, match=words):
        parse_notebook(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outputs", [{"output_type": "martian"}, 3, {"output_type": "display_data", "data": None}]),
        ("outputs", None),
        ("execution_count", "7"),
        ("attachments", None),
        ("metadata", None),
        ("metadata", ["a"]),
        ("metadata", {"tags": ["week 1, part 2", 3, "a", "a"], "collapsed": "false", "scrolled": 1, "jupyter": None}),
        ("metadata", {"execution": {"shell.execute_reply": 3}, "name": "", "nbgrader": None}),
        ("id", "x" * 65),
        ("id", 3),
        ("id", "ein Name"),
        ("deepnote_cell_type", "code"),
    ],
)
@pytest.mark.parametrize("cell_type", ["code", "markdown", "raw"])
def test_what_other_programs_leave_in_a_cell_costs_nobody_a_grade(cell_type: str, field: str, value: Any) -> None:
    cell = {"cell_type": cell_type, "metadata": {}, "source": "a = 1", "id": "a"}
    assert _one({**cell, field: value}).cells[0].source == "a = 1"


def test_what_a_changed_type_left_behind_is_dropped() -> None:
    cell = _one({"cell_type": "markdown", "source": "a", "outputs": [], "execution_count": 3}).cells[0]
    assert set(cell) == {"cell_type", "id", "metadata", "source"}


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {"kernelspec": None, "language_info": 3},
        {"kernelspec": {}, "authors": "Ada", "title": 3, "orig_nbformat": 0},
        {"kernelspec": {"name": "python3"}, "language_info": {"codemirror_mode": 3, "name": "python"}},
        {"kernelspec": {"display_name": "Python 3", "language": 3}, "language_info": {"version": "3"}},
    ],
)
def test_a_notebooks_metadata_may_be_anything(metadata: Any) -> None:
    notebook = _one({"cell_type": "code", "source": ""}, metadata=metadata)
    assert isinstance(notebook.metadata, dict)


def test_a_kernel_is_known_by_whatever_names_it() -> None:
    metadata = _one({"cell_type": "code", "source": ""}, metadata={"kernelspec": {"display_name": "Python 3"}}).metadata
    assert metadata.kernelspec == {"name": "Python 3", "display_name": "Python 3"}


@pytest.mark.parametrize(
    "version",
    [
        {"nbformat_minor": 9},
        {"nbformat_minor": None},
        {"nbformat": "4", "nbformat_minor": "2"},
        {"nbformat": 4.0},
        {"nbformat": None},
    ],
)
def test_versions_of_format_4_are_read_however_they_are_told(version: dict[str, Any]) -> None:
    assert _one({"cell_type": "code", "source": "a"}, **version).nbformat_minor == 5


def test_cells_of_one_id_and_of_none_get_ids_of_their_own() -> None:
    cells = [{"cell_type": "code", "source": text, "id": "a"} for text in "ab"] + [{"cell_type": "code", "source": ""}]
    ids = [cell.id for cell in parse_notebook(json.dumps(_notebook(cells=cells))).cells]
    assert ids[0] == "a"
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (["a\n", "b"], "a\nb"),
        (["a\n", None, 3], "a\n3"),
        # A program that left the ends of its lines out.
        (["def f():", "    return 1"], "def f():\n    return 1"),
        (["a", "b\n"], "ab\n"),
        (None, ""),
        (5, "5"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_sources_become_text_with_plain_line_ends(source: Any, text: str) -> None:
    assert _one({"cell_type": "code", "source": source}).cells[0].source == text


def test_a_cell_without_source_or_type_is_read_by_its_fields() -> None:
    assert _one({"cell_type": "code"}).cells[0].source == ""
    assert _one({"source": "a", "outputs": []}).cells[0].cell_type == "code"
    assert _one({"cell_type": "sql", "source": "a"}).cells[0].cell_type == "raw"


def test_format_3_is_read_with_its_headings_worksheets_and_outputs() -> None:
    outputs = [
        {"output_type": "pyout", "prompt_number": 2, "text": ["4"], "png": "aGVsbG8="},
        {"output_type": "stream", "stream": "stderr", "text": "oh"},
        {"output_type": "pyerr", "ename": "ValueError", "evalue": "no", "traceback": ["a"]},
    ]
    sheets = [
        {"cells": [{"cell_type": "heading", "level": 2, "source": ["Two\n", "lines"], "metadata": {}}]},
        {"cells": [{"cell_type": "code", "language": "python", "input": ["2 + 2"], "outputs": outputs}]},
        {"cells": [{"cell_type": "html", "source": "<b>x</b>"}, {"cell_type": "raw", "source": "r"}]},
    ]
    notebook = parse_notebook(json.dumps({"nbformat": 3, "worksheets": sheets}), keep_outputs=True)
    nbformat.validate(notebook)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        ("markdown", "## Two lines"),
        ("code", "2 + 2"),
        ("markdown", "<b>x</b>"),
        ("raw", "r"),
    ]
    assert notebook.cells[1].outputs[0].data == {"text/plain": "4", "image/png": "aGVsbG8="}
    assert notebook.cells[1].outputs[1:] == [
        {"output_type": "stream", "name": "stderr", "text": "oh"},
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["a"]},
    ]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-32"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: "\ufeff" + text,
        # A drive that was pulled out keeps whole blocks.
        lambda text: text.encode() + b"\0" * 512,
    ],
)
def test_notebooks_of_every_unicode_encoding_are_read(encode: Any) -> None:
    text = json.dumps(_notebook(cells=[{"cell_type": "code", "source": "größe = 1"}]), indent=1, ensure_ascii=False)
    assert parse_notebook(encode(text)).cells[0].source == "größe = 1"


def test_numbers_that_json_does_not_know_are_null() -> None:
    text = '{"nbformat": 4, "metadata": {"a": [NaN, -Infinity, 1e999, 1.5, %s]}, "cells": []}' % ("9" * 5000)
    assert parse_notebook(text).metadata.a == [None, None, None, 1.5, None]


def test_deep_metadata_and_outputs_are_dropped_and_the_rest_is_read() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    outputs = [{"output_type": "display_data", "data": {"application/json": deep}, "metadata": {}}]
    cell = _one({"cell_type": "code", "source": "a", "metadata": {"deep": deep, "x": 1}, "outputs": outputs}).cells[0]
    assert (cell.source, cell.metadata, cell.outputs) == ("a", {"x": 1}, [])


def test_an_old_minor_version_stays_what_it_is_where_that_is_asked_for() -> None:
    old = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [{"cell_type": "raw", "source": "", "id": "a"}]}
    kept = clean_notebook(old, keep_minor=True)
    nbformat.validate(kept)
    assert (kept.nbformat_minor, "id" in kept.cells[0]) == (2, False)
    assert clean_notebook(old | {"nbformat": 3}, keep_minor=True).nbformat_minor == 5


@pytest.mark.parametrize(("points", "schema", "read"), [("2", 1, 2), (" 1.5 ", 3, 1.5), ("", 0, 0), ("two", 1, "two")])
def test_points_that_were_typed_are_numbers(points: str, schema: int, read: Any) -> None:
    metadata = {"nbgrader": {"grade": True, "grade_id": "a", "points": points, "schema_version": schema}}
    assert _one({"cell_type": "code", "metadata": metadata}).cells[0].metadata.nbgrader.points == read


def test_size_is_limited_and_the_message_says_what_to_do() -> None:
    with pytest.raises(NotebookTooLargeError, match="Clear its outputs"):
        parse_notebook(b" " * 100, max_bytes=99)
    many = _notebook(
        cells=[{"cell_type": "raw", "metadata": {}, "source": "", "id": f"c{n}"} for n in range(MAX_CELLS + 1)]
    )
    with pytest.raises(NotebookTooLargeError, match="Split it"):
        parse_notebook(json.dumps(many))


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["code", "markdown", "raw", "heading", "stream", "error", "pyout", "display_data", "\ud800"]),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def _objects(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys) | st.text(max_size=3), _VALUES, max_size=6)


_METADATA = _objects("kernelspec", "language_info", "tags", "name", "collapsed", "scrolled", "jupyter", "authors")
_OUTPUTS = st.lists(_objects("output_type", "data", "text", "name", "ename", "evalue", "traceback"), max_size=3)
_CELLS = st.builds(
    lambda base, metadata, outputs: {**base, "metadata": metadata, "outputs": outputs},
    _objects("cell_type", "source", "input", "id", "attachments", "level", "execution_count"),
    _METADATA | _VALUES,
    _OUTPUTS | _VALUES,
)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {"cells": st.lists(_CELLS, max_size=3), "metadata": _METADATA | _VALUES},
        optional={"nbformat": st.sampled_from([3, 4, None]), "nbformat_minor": _VALUES},
    )
)
def test_every_notebook_is_made_valid_or_refused_in_words(content: dict[str, Any]) -> None:
    with suppress(NotANotebookError):
        notebook = clean_notebook(content, keep_outputs=True, keep_minor=True)
        nbformat.validate(notebook)
        assert nbformat.writes(notebook).encode()
