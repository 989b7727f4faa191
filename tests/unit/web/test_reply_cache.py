from uuid import uuid4

import pytest

from nexus_server.web.reply_cache import MAX_LEARNERS, MAX_REPLIES, ReplyCache


def test_a_kept_reply_is_found_by_its_learner_only() -> None:
    cache, ada, eve = ReplyCache(), uuid4(), uuid4()
    cache.keep(ada, "/me", b"ada", seconds=60, version=cache.version(ada))
    assert cache.find(ada, "/me") == b"ada"
    assert cache.find(ada, "/other") is None
    assert cache.find(eve, "/me") is None


def test_a_reply_is_over_when_its_time_is() -> None:
    cache, ada = ReplyCache(), uuid4()
    cache.keep(ada, "/me", b"ada", seconds=-1, version=cache.version(ada))
    assert cache.find(ada, "/me") is None


@pytest.mark.parametrize("to_everybody", [False, True])
def test_a_change_forgets_and_refuses_what_was_read_before_it(*, to_everybody: bool) -> None:
    cache, ada = ReplyCache(), uuid4()
    before = cache.version(ada)
    cache.keep(ada, "/me", b"old", seconds=60, version=before)
    cache.forget(None if to_everybody else ada)
    assert cache.find(ada, "/me") is None
    cache.keep(ada, "/me", b"old", seconds=60, version=before)
    assert cache.find(ada, "/me") is None


def test_it_is_bounded() -> None:
    cache, first = ReplyCache(), uuid4()
    for number in range(MAX_REPLIES + 1):
        cache.keep(first, f"/{number}", b"", seconds=60, version=cache.version(first))
    assert cache.find(first, "/0") is None
    for _ in range(MAX_LEARNERS):
        other = uuid4()
        cache.keep(other, "/me", b"", seconds=60, version=cache.version(other))
    assert cache.find(first, f"/{MAX_REPLIES}") is None
