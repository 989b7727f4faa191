"""Answers that are the same but for how they are written have one normal form."""

import pytest

from nexus_server.submissions.normal_form import is_misspelled, names_in, of_code, of_prose, spelling_key

MEAN = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n"


@pytest.mark.parametrize(
    "other",
    [
        "def mean(xs):\n    s = sum(xs)\n    return s / len(xs)",
        "def mean( values ):\n  # add up\n  total=sum(values)\n\n  return total/len( values )",
        'def mean(values):\n    """Return the mean."""\n    total = sum(values)\n    return total / len(values)',
    ],
    ids=["names", "layout and comments", "docstring"],
)
def test_code_loses_names_layout_and_comments(other: str) -> None:
    assert of_code(other, {"mean"}) == of_code(MEAN, {"mean"})


@pytest.mark.parametrize(
    "other",
    [
        "def mean(values):\n    total = max(values)\n    return total / len(values)",
        "def mean(values):\n    total = sum(values)\n    return values / len(total)",
        "def mean(values):\n    total = sum(values)\n    return total / 2",
        "def mean(values):\n    total = sum(values)\nreturn total / len(values)",
    ],
    ids=["another function", "swapped names", "a number", "indentation"],
)
def test_what_code_does_stays(other: str) -> None:
    assert of_code(other, {"mean"}) != of_code(MEAN, {"mean"})


def test_names_that_the_notebook_gave_stay() -> None:
    given = names_in("prices = [1, 2]\nsales = [3]")
    assert of_code("max(prices)", given) != of_code("max(sales)", given)
    assert of_code("x = max(prices)", given) == of_code("top = max(prices)", given)
    assert of_code("a.mean()", {"a"}) != of_code("a.median()", {"a"})


def test_quotes_do_not_matter_and_texts_do() -> None:
    assert of_code("print('a')") == of_code('print("a")')
    assert of_code("print('a')") != of_code("print('b')")


def test_broken_code_is_compared_as_it_stands() -> None:
    assert of_code("def mean(:\n  '''") == of_code("def mean(:   '''")
    assert names_in("def mean(:\n  '''") == set()


def test_prose_loses_capitals_punctuation_and_layout() -> None:
    assert of_prose("The mean, is\n  PULLED by outliers!") == of_prose("the mean is pulled by outliers.")
    assert of_prose("It is 1.5") != of_prose("It is 15")
    assert of_prose("a > b") != of_prose("a < b")
    assert of_prose("Größe") == of_prose("grösse")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the mean is pulled by outliers", "the mean is pulled by outlirs", True),
        ("because of outliers", "becuase of outliers", True),
        ("it is not robust", "it is now robust", False),
        ("the mean of 1000", "the mean of 1001", False),
        ("an increase of sales", "an decrease of sales", False),
        ("the mean is pulled", "the mean is not pulled", False),
    ],
)
def test_typing_errors_are_told_from_other_words(one: str, other: str, *, same: bool) -> None:
    assert is_misspelled(one.split(), other.split()) is same
    assert not same or spelling_key(one.split()) == spelling_key(other.split())
