"""A solution is known by its own words, whatever stands between them."""

import re

import pytest

from nexus_server.tutor.leak_filter.filter import Refusal, find_refusal
from nexus_server.tutor.leak_filter.own_words import tells_own_words

SOLUTION = """
def spread(prices, rate, limit):
    cheapest = min(prices)
    dearest = max(prices)
    gap = dearest - cheapest
    if gap > limit:
        gap = limit
    return gap * rate
"""
FRENCH = (
    "Soit cheapest le plus petit de prices, dearest le plus grand de prices. Ensuite gap prend dearest moins "
    "cheapest. Si gap passe limit, gap devient limit, et renvoyez gap fois rate."
)
PARTS = re.findall(r"\w+|[^\w\s]+", SOLUTION)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"**{part}**" for part in PARTS),
        "".join(f"<b>{part}</b>" for part in PARTS),
        " ".join(f"Now comes {part}, my friend." for part in PARTS),
        ", ".join(sorted(f"{part} is number {n}" for n, part in enumerate(PARTS))),
        " ".join(part.replace("a", "4").replace("e", "3").replace("i", "1") for part in PARTS),
        re.sub(r"(\w)", r"\1\1", SOLUTION),
        re.sub(r"(?<=\w)[aeiou]", "", SOLUTION),
        FRENCH,
    ],
    ids=["emphasis", "tags", "sentences", "sorted", "digits", "doubled", "no vowels", "French"],
)
def test_a_solution_among_other_words_is_withheld(text: str) -> None:
    assert find_refusal(text, [SOLUTION]) is not None


def test_prose_about_the_same_things_passes() -> None:
    text = (
        "Think about the two ends first: which of the prices is the cheapest, and which is the dearest? "
        "How far apart are they? Then ask yourself what the limit is there for."
    )
    assert find_refusal(text, [SOLUTION]) is None


def test_what_the_learner_wrote_already_does_not_count() -> None:
    told = (
        "You set cheapest and dearest from prices, then gap from dearest and cheapest, and compare gap with limit: gap."
    )
    assert not tells_own_words(told, SOLUTION, SOLUTION)


def test_a_conversation_is_read_as_one_text() -> None:
    turns = [f"Remember this: {' '.join(PARTS[n : n + 6])}, well done." for n in range(0, len(PARTS), 6)]
    refused = [find_refusal(turn, [SOLUTION], earlier="\n".join(turns[:n])) for n, turn in enumerate(turns)]
    assert Refusal.SOLUTION_IN_WORDS in refused or Refusal.SOLUTION_LINE in refused
    assert refused[-1] is not None


LONGER = """
low = min(xs)
high = max(xs)
step = (high - low) / 10
count = 0
for x in xs:
    if x >= low + 3 * step and x < high - 2 * step:
        count += 1
return round(count / len(xs) * 100, 1)
"""


def test_other_names_and_another_language_at_once_do_not_help() -> None:
    names = {"low": "a", "high": "b", "step": "c", "count": "d", "x": "e"}
    told = re.sub(r"\w+", lambda word: names.get(word[0], word[0]), LONGER)
    for word, said in (
        ("for", "per ogni"),
        ("if", "se"),
        ("return", "restituisci"),
        (" = ", " diventa "),
        (" and ", " e "),
    ):
        told = told.replace(word, said)
    told = ". Poi ".join(
        " ".join(line.replace("(", " ").replace(")", " ").split()) for line in told.splitlines() if line
    )
    assert tells_own_words(told, LONGER, "")
    assert not tells_own_words(told, LONGER, LONGER), "what the learner wrote is theirs"


def test_the_same_functions_in_another_program_are_no_solution() -> None:
    other = "Round the mean to 1 digit: divide the sum by len(xs), as in `round(sum(xs) / len(xs), 1)`, and print it."
    assert not tells_own_words(other, LONGER, "")


def test_a_long_name_is_read_word_by_word() -> None:
    told = "Name it " + " and ".join("_".join(re.findall(r"\w+", line)) for line in SOLUTION.strip().splitlines())
    assert find_refusal(told, [SOLUTION]) is not None
