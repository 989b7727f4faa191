"""Letters that changed places in a solution's words."""

import re

import pytest

from nexus_server.tutor.leak_filter.filter import find_refusal, find_shown
from nexus_server.tutor.leak_filter.scrambled import is_transposed, unscrambled

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


def _in_columns(text: str, width: int) -> str:
    return " ".join(text[start::width].replace("\n", " ") for start in range(width))


@pytest.mark.parametrize("width", [3, 7, 11])
def test_a_solution_is_known_whatever_places_all_its_signs_have(width: int) -> None:
    told = f"Read this in columns:\n\n{_in_columns(SOLUTION, width)}"
    assert is_transposed(told, SOLUTION)
    assert find_shown(told, [SOLUTION]) is not None
    assert find_shown(told, [SOLUTION], known=SOLUTION) is None, "what the learner wrote already is theirs"
    assert not is_transposed("Which of the prices is the first one, and what is the total then?", SOLUTION)
