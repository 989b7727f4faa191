"""A sample is what `make test` tries; the rest is marked, and nothing is lost."""

import pytest

from tests.plugins.sampling import sampled


def test_the_others_are_marked_long() -> None:
    found = sampled(["a", "b", "c"], ["b"])
    assert [parameter.values for parameter in found] == [("a",), ("b",), ("c",)]
    assert [[mark.name for mark in parameter.marks] for parameter in found] == [["long"], [], ["long"]]


def test_a_tuple_gives_several_arguments_and_ids_may_name_the_values() -> None:
    (first, second) = sampled([("a", 1), ("b", 2)], {"two"}, ids=["one", "two"])
    assert (first.values, first.id, second.values, second.id) == (("a", 1), "one", ("b", 2), "two")
    assert (len(first.marks), len(second.marks)) == (1, 0)


def test_a_sample_names_what_is_there() -> None:
    with pytest.raises(AssertionError, match="not there"):
        sampled(["a"], ["b"])
