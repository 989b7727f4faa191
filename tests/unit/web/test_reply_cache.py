from uuid import uuid4

import pytest

from nexus_server.events.bus import EventBus
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


@pytest.mark.parametrize(
    ("kind", "is_kept"), [("leaderboard.changed", True), ("content.changed", False), ("missed", False)]
)
def test_points_of_others_let_every_reply_stand(kind: str, *, is_kept: bool) -> None:
    cache, ada, bus = ReplyCache(), uuid4(), EventBus()
    bus.listeners.append(cache.hear)
    cache.keep(ada, "/roadmaps", b"kept", seconds=60, version=cache.version(ada))
    bus.deliver(None, {"type": kind})
    assert (cache.find(ada, "/roadmaps") is not None) == is_kept


def test_points_of_ones_own_forget_ones_own_replies() -> None:
    cache, ada, eve, bus = ReplyCache(), uuid4(), uuid4(), EventBus()
    bus.listeners.append(cache.hear)
    for learner in (ada, eve):
        cache.keep(learner, "/me", b"kept", seconds=60, version=cache.version(learner))
    bus.deliver(ada, {"type": "xp.awarded"})
    assert cache.find(ada, "/me") is None
    assert cache.find(eve, "/me") is not None


def test_it_is_bounded() -> None:
    cache, first = ReplyCache(), uuid4()
    for number in range(MAX_REPLIES + 1):
        cache.keep(first, f"/{number}", b"", seconds=60, version=cache.version(first))
    assert cache.find(first, "/0") is None
    for _ in range(MAX_LEARNERS):
        other = uuid4()
        cache.keep(other, "/me", b"", seconds=60, version=cache.version(other))
    assert cache.find(first, f"/{MAX_REPLIES}") is None
