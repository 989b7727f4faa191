"""Letters that changed places in a solution's words."""

import re

import pytest

from nexus_server.tutor.leak_filter.filter import find_refusal
from nexus_server.tutor.leak_filter.scrambled import unscrambled

SOLUTION = "total = 0\nfor price in prices:\n    total = total + price\nreturn total / len(prices)"


def _mixed(word: str) -> str:
    return word[1::2] + word[::2]


SCRAMBLED = [
    re.sub(r"(\S)(\S)", r"\2\1", SOLUTION),
    re.sub(r"\w+", lambda word: _mixed(word[0]), SOLUTION),
    re.sub(r"\w+", lambda word: word[0][-1] + word[0][1:-1] + word[0][0] if len(word[0]) > 1 else word[0], SOLUTION),
]


@pytest.mark.parametrize("text", SCRAMBLED)
def test_a_solution_is_known_whatever_places_its_letters_have(text: str) -> None:
    assert any("prices" in read for read in unscrambled(text, SOLUTION))
    assert find_refusal(text, [SOLUTION]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Look at the loop: does the last price count, too? Then print the total after each step.",
        "Which letters does `tralto` have? It looks like a word that was typed in a hurry.",
    ],
)
def test_prose_is_read_as_it_stands(text: str) -> None:
    assert list(unscrambled(text, SOLUTION)) == []
    assert find_refusal(text, [SOLUTION]) is None
