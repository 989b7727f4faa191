import pytest

from nexus_server.teaching.similarity import fingerprints, similar_pairs

ORIGINAL = """
def mean(values):
    total = 0
    for value in values:
        total = total + value
    if not values:
        raise ValueError("nothing")
    return total / len(values)

def spread(values):
    middle = mean(values)
    return sum((value - middle) ** 2 for value in values) / len(values)
"""
RENAMED = """
# my own work
def average(xs):
    s = 0
    for x in xs:  # add up
        s = s + x
    if not xs:
        raise ValueError('empty list')
    return s / len(xs)


def variance(xs):
    m = average(xs)
    return sum((x - m) ** 3 for x in xs) / len(xs)
"""
OTHER = """
import statistics

def mean(values):
    return statistics.fmean(values)

def spread(values):
    while len(values) > 100 and values[0] != values[-1]:
        values = sorted(values)[1:-1]
    with open("log.txt") as sink:
        print([v for v in values], file=sink)
    return statistics.pvariance(values)
"""


def test_renaming_and_comments_hide_nothing() -> None:
    (pair,) = similar_pairs({"a": ORIGINAL, "b": RENAMED, "c": OTHER}, "")
    assert (pair.first, pair.second, pair.similarity) == ("a", "b", 1.0)
    first_of_a, last_of_a, first_of_b, last_of_b = pair.matches[0]
    assert first_of_a <= last_of_a
    assert first_of_b <= last_of_b


def test_what_everybody_was_given_counts_for_nobody() -> None:
    assert similar_pairs({"a": ORIGINAL, "b": RENAMED}, ORIGINAL) == []


def test_functions_in_another_order_are_still_the_same() -> None:
    head, tail = RENAMED.split("\n\n\n")
    (pair,) = similar_pairs({"a": ORIGINAL, "b": f"{tail}\n\n{head}"}, "")
    # Only what spans the border between the two functions is lost.
    assert pair.similarity > 0.7
    places = {(match[0] < 9, match[2] < 4) for match in pair.matches}
    assert {(True, False), (False, True)} <= places


TEMPLATE = """
def mean(values):
    \"\"\"Return the arithmetic mean.\"\"\"
    # YOUR CODE HERE
    raise NotImplementedError()

def check(values, wanted):
    for value in values:
        assert abs(mean([value]) - wanted) < 1e-9, (value, wanted)
    print("all", len(values), "are right")
"""


def test_those_who_handed_in_the_template_are_no_pair() -> None:
    one = TEMPLATE.replace("# YOUR CODE HERE\n    raise NotImplementedError()", "return sum(values) / len(values)")
    two = TEMPLATE.replace(
        "# YOUR CODE HERE\n    raise NotImplementedError()", "return math.fsum(values) * 1 / max(1, n)"
    )
    assert similar_pairs({"a": TEMPLATE, "b": TEMPLATE, "c": one, "d": two}, TEMPLATE, threshold=0.1) == []


@pytest.mark.parametrize("hole", ["x = (\n", "'\n", "if x:\n      a\n   b\n", '"""\n'])
def test_a_broken_line_hides_nothing_below_it(hole: str) -> None:
    (pair,) = similar_pairs({"a": ORIGINAL, "b": hole + RENAMED}, "")
    assert pair.similarity > 0.7


def test_short_and_broken_programs_are_like_nothing() -> None:
    assert fingerprints("x = 1").lines == {}
    assert similar_pairs({"a": "x = (", "b": "x = (", "c": ""}, "") == []
