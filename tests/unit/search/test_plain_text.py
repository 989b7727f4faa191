"""Markdown without its marks."""

import pytest

from nexus_server.search.plain_text import text_of


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A *title*", "A title"),
        ("It is called the **temperature**: `count ** 2`.", "It is called the temperature: count ** 2."),
        ("two\nlines", "two lines"),
        ("See [the note](a.md) and ![a graph](b.svg).", "See the note and a graph."),
        ("```python\nx = 1\n```\n\n- one\n- two", "x = 1\none\ntwo"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\nb\n1\n2"),
        ("", ""),
    ],
)
def test_a_reader_sees_no_marks(markdown: str, text: str) -> None:
    assert text_of(markdown) == text
