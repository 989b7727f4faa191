from nexus_server.grading.similarity import fingerprints, similar_pairs

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


def test_short_and_broken_programs_are_like_nothing() -> None:
    assert fingerprints("x = 1").lines == {}
    assert similar_pairs({"a": "x = (", "b": "x = (", "c": ""}, "") == []
