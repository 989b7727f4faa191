"""What a histogram says of the longest piece of work."""

from math import inf

import pytest

from benchmarks._api_loop import Buckets, at_most_ms, since

BEFORE: Buckets = [(0.001, 90.0), (0.05, 95.0), (1.0, 100.0), (inf, 100.0)]
AFTER: Buckets = [(0.001, 189.0), (0.05, 195.0), (1.0, 200.0), (inf, 200.0)]


@pytest.mark.parametrize(("share", "bound_ms"), [(0.5, 1.0), (0.99, 1.0), (0.995, 50.0), (1.0, 50.0)])
def test_what_came_before_does_not_count(share: float, bound_ms: float) -> None:
    assert at_most_ms(since(BEFORE, AFTER), share) == bound_ms


def test_what_is_longer_than_all_bounds_is_endless() -> None:
    assert at_most_ms([(0.001, 1.0), (inf, 2.0)], 1.0) == inf
