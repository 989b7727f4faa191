"""Tables in CSV files as spreadsheets write them."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_server.csv_table import CsvTable, UnreadableTableError, read_table

TEXT = "name,email\r\nZoë Müller,zoe@example.org\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("latin-1"), "latin-1"),
        (TEXT.encode("cp1252"), "latin-1"),
    ],
)
def test_encodings_are_told_apart(data: bytes, encoding: str) -> None:
    table = read_table(data)
    assert (table.encoding, table.columns) == (encoding, ["name", "email"])
    assert table.rows[0].cells == {"name": "Zoë Müller", "email": "zoe@example.org"}


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Łódź", "cp1250"),
        ("Иван Петров", "cp1251"),
        ("Иван Петров", "koi8-r"),
        ("山田太郎", "shift_jis"),
        ("Ёж", "cp866"),
    ],
)
def test_other_encodings_are_refused_instead_of_read_wrongly(words: str, encoding: str) -> None:
    with pytest.raises(UnreadableTableError, match="Save it as CSV, in UTF-8"):
        read_table(f"name,email\n{words},a@example.org\n".encode(encoding))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a;b\n1;2\n", ["a", "b"]),
        ("a\tb\n1\t2\n", ["a", "b"]),
        ("sep=;\r\na;b\r\n1;2\r\n", ["a", "b"]),
        ("\n\na , b,,\n1,2,,\n", ["a", "b"]),
        ('"a;x",b\n1,2\n', ["a;x", "b"]),
    ],
)
def test_separators_are_told_apart(text: str, columns: list[str]) -> None:
    table = read_table(text.encode())
    assert table.columns == columns
    assert list(table.rows[0].cells.values()) == ["1", "2"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = read_table('sep=,\nid,note\n1,"two\nlines"\n\n2,one \u2028 \x85 line\n'.encode())
    assert [(row.line, row.cells["id"]) for row in table.rows] == [(3, "1"), (6, "2")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty"),
        (" \r\n", "The file is empty"),
        ("a,,c\n", "Column 2 has no name"),
        ("a,A\n", "Two columns have the name 'A'"),
        ("a,b\n1,2,3\n", "Line 2 has more cells than there are columns"),
        ('a,b\n1,"2\n3,4\n', "Line 2 is no line of a table"),
        ('a,b\n1,"2"x\n', "Line 2 is no line of a table"),
        ("a\n" + "1\n" * 10_001, "more than 10000 lines"),
        (",".join(map(str, range(1_001))), "more than 1000 columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UnreadableTableError, match=words):
        read_table(text.encode())


def test_a_broken_file_says_where_it_breaks() -> None:
    with pytest.raises(UnreadableTableError, match="begins as utf-8-sig, but is broken at byte"):
        read_table(codecs.BOM_UTF8 + b"a,b\n\xff,1\n")
    with pytest.raises(UnreadableTableError, match="begins as utf-16, but is broken at byte"):
        read_table(TEXT.encode("utf-16")[:-1])


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(UnreadableTableError):
        assert isinstance(read_table(data), CsvTable)
