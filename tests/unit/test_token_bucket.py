"""A full bucket at first, which fills again with time."""

import pytest

from nexus_server import token_bucket
from nexus_server.token_bucket import TokenBuckets


def test_what_was_taken_comes_back() -> None:
    buckets = TokenBuckets(per_s=2, burst=10)
    buckets.take("ada", 14, now=0)
    assert buckets.left("ada", now=0) == -4
    assert buckets.wait_s("ada", now=0) == 2
    assert buckets.left("ada", now=3) == 2
    assert buckets.left("ada", now=1000) == 10
    assert buckets.left("bob", now=0) == 10


def test_those_who_owe_nothing_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_bucket, "MAX_REMEMBERED", 3)
    buckets = TokenBuckets(per_s=1, burst=1)
    buckets.take("debtor", 100, now=0)
    for number in range(50):
        buckets.take(str(number), 1, now=number * 2)
    assert len(buckets._missing) <= 4
    assert buckets.left("debtor", now=98) == -1
