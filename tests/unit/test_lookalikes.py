"""Which texts a person cannot tell apart."""

import unicodedata

import pytest

from nexus_server.lookalikes import compose, is_plain, is_visible, skeleton

ALIKE = [
    ("\N{CYRILLIC SMALL LETTER A}da", "ada"),
    ("ad\N{LATIN SMALL LETTER ALPHA}", "ada"),
    ("p\N{CYRILLIC SMALL LETTER A}y\N{CYRILLIC SMALL LETTER ER}al", "paypal"),
    ("b\N{GREEK SMALL LETTER OMICRON}b", "bob"),
    ("\N{LATIN SMALL LETTER DOTLESS I}da", "ida"),
    ("\N{FULLWIDTH LATIN SMALL LETTER A}da", "ada"),
    ("\N{MATHEMATICAL BOLD SMALL A}da", "ada"),
    ("\N{KELVIN SIGN}im", "kim"),
    ("a\N{ZERO WIDTH SPACE}da", "ada"),
    ("a\N{SOFT HYPHEN}da", "ada"),
    ("ada\N{ZERO WIDTH JOINER}", "ada"),
    ("ada\N{VARIATION SELECTOR-16}", "ada"),
    ("a\N{RIGHT-TO-LEFT MARK}da", "ada"),
    ("a\u0301da", "\u00e1da"),
    ("\N{CYRILLIC SMALL LETTER A}\u0301da", "\u00e1da"),
    ("\N{CYRILLIC SMALL LETTER A}\N{CYRILLIC SMALL LETTER IE}", "ae"),
    ("\N{CYRILLIC SMALL LETTER PALOCHKA}\N{CYRILLIC SMALL LETTER A}n", "lan"),
    ("\N{CYRILLIC LETTER PALOCHKA}an", "lan"),
    ("mich\N{LATIN SMALL LETTER AE}l", "michael"),
    ("\N{LATIN SMALL LETTER AA}ron", "aaron"),
    ("n\N{LATIN SMALL LIGATURE OE}l", "noel"),
    ("\N{CYRILLIC SMALL LIGATURE A IE}l", "\N{LATIN SMALL LETTER AE}l"),
]


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_what_looks_alike_has_one_skeleton(first: str, second: str) -> None:
    assert first != second
    assert skeleton(first) == skeleton(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("ab1", "abl"), ("o", "0"), ("rn", "m"), ("\u00e9", "e"), ("\u00fc", "u"), ("\u00df", "ss"), ("\u00f8", "o")],
)
def test_what_can_be_told_apart_has_two(first: str, second: str) -> None:
    assert skeleton(first) != skeleton(second)


def test_a_skeleton_is_its_own() -> None:
    for first, _ in ALIKE:
        assert skeleton(skeleton(first)) == skeleton(first)


@pytest.mark.parametrize("text", ["a\u200bb", "a\u00adb", "\ufeffa", "a\u3164", "a\u034f", "a\ufe0f", "a\u2028", "a b"])
def test_what_shows_nothing_is_found(text: str) -> None:
    assert not is_visible(text)
    assert is_visible("b\u00fccher.\u4e2d\u6587@\u0430.example")


def test_letters_of_old_encodings_are_found() -> None:
    assert is_plain("b\u00fccher")
    assert [is_plain(letter) for letter in ("\uff41", "\ufb01", "\u212a", "\u2460")] == [False] * 4


def test_accents_are_composed_and_nothing_else() -> None:
    assert compose("u\u0308ber") == "\u00fcber"
    assert compose("\N{KELVIN SIGN}\ufb01") == "\N{KELVIN SIGN}\ufb01"
    assert compose("\u0308a") == "\u0308a"
    assert unicodedata.is_normalized("NFC", compose("e\u0301\u0302"))
