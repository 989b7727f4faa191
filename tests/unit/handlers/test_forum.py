"""Titles of threads stand in lists and mails, among what others wrote."""

import pytest
from pydantic import ValidationError

from nexus_server.handlers.forum import ThreadIn


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Why?\n\nYour account ends: https://evil.example", "Why? Your account ends: https://evil.example"),
        ("one\u2028two\x85three\r\nfour", "one two three four"),
        ("\u202egpj.exe and \x1b[31mred", "gpj.exe and [31mred"),
        ("  warum  \t nicht?  ", "warum nicht?"),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("who \U0001f469\u200d\U0001f52c is", "who \U0001f469\u200d\U0001f52c is"),
    ],
)
def test_a_title_is_one_line_that_does_nothing_to_others(given: str, kept: str) -> None:
    assert ThreadIn(title=given, body_md="x").title == kept


def test_a_title_of_nothing_that_shows_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 3 characters"):
        ThreadIn(title="\u202e\n\n\x1b", body_md="x")
