"""Which texts answer a question, in which order, and what is shown of them."""

import pytest

from nexus_server.matching import EXCERPT_CHARS, MAX_WORDS, Match, match, words_of


def found(question: str, title: str, body: str) -> Match:
    result = match(words_of(question), title, body)
    assert result is not None
    return result


def shown(question: str, body: str) -> str:
    return "".join(f"[{each.text}]" if each.is_match else each.text for each in found(question, "", body).excerpt)


def test_words_are_told_apart_by_spaces_and_counted_once() -> None:
    assert words_of("  For  LOOP for\tÄpfel ") == ("for", "loop", "äpfel")
    assert len(words_of(" ".join(str(number) for number in range(100)))) == MAX_WORDS


def test_each_word_has_to_be_in_title_or_body() -> None:
    assert match(("loop", "while"), "Loops", "Go on while it rains.") is not None
    assert match(("loop", "until"), "Loops", "Go on while it rains.") is None


def test_no_word_finds_nothing() -> None:
    assert match((), "Loops", "x") is None


def test_case_does_not_matter_in_any_language() -> None:
    assert match(words_of("ÜBUNG"), "", "Die übungen") is not None


def test_the_title_counts_most_then_words_side_by_side_then_how_often() -> None:
    in_title = found("for loop", "A for loop", "")
    together = found("for loop", "", "Write a for\nloop.")
    often = found("for loop", "", "A loop is for you, a loop for me.")
    once = found("for loop", "", "A loop is what this is for.")
    assert in_title.score > together.score > often.score > once.score


def test_the_excerpt_is_around_the_first_word_that_was_found() -> None:
    body = "Before that there is nothing. " * 20 + "A list grows with append, and append only. " + "After that. " * 40
    text = shown("append", body)
    assert "A list grows with [append], and [append] only." in text
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < EXCERPT_CHARS + 20


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    assert shown("b", "a b c") == "a [b] c"


def test_of_a_match_in_the_title_alone_the_beginning_is_shown() -> None:
    assert found("loops", "Loops", "Do it again.").excerpt[0].text == "Do it again."


@pytest.mark.parametrize("question", ["a+b", "print(", "[", "\\d", "x.y", "*"])
def test_what_means_something_to_a_pattern_is_a_word_like_any_other(question: str) -> None:
    assert shown(question, f"so {question} is") == f"so [{question}] is"
    assert match((question,), "", "nothing of the kind") is None


def test_what_grows_when_its_case_is_folded_is_found_too() -> None:
    assert match(words_of("STRASSE"), "", "Die Straße") is not None
