"""What a tab missed is kept for a while: all of it, or the tab is told that it is not."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from nexus_server.events.backlog import KEPT_S, MAX_ALL, MAX_EACH, OVERLAP_S, Backlog, Told
from nexus_server.events.bus import EventBus
from nexus_server.events.messages import ContentChanged, KernelPosition, LeaderboardChanged

ADA, BOB = uuid4(), uuid4()


@dataclass
class Site:
    """A bus that has run for a while, and the time."""

    time: float = 1_800_000_000.0

    def __post_init__(self) -> None:
        self.backlog = Backlog(lambda: self.time)
        self.bus = EventBus(self.backlog)
        self.time += 2 * OVERLAP_S

    def say(self, user_id: UUID | None, *numbers: int) -> None:
        for number in numbers:
            self.time += 0.01
            self.bus.publish(user_id, KernelPosition(kernel_id="k", position=number))

    def missed(self, user_id: UUID, cursor: str) -> list[object] | None:
        found = self.backlog.since(user_id, cursor)
        return None if found is None else [message.get("position", message["type"]) for message in found]


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_learner_hears_what_was_told_since_and_nothing_of_others(site: Site) -> None:
    site.say(ADA, 1)
    site.time += 2 * OVERLAP_S
    cursor = site.backlog.cursor()
    site.say(ADA, 2)
    site.say(BOB, 3)
    site.say(None, 4)
    assert site.missed(ADA, cursor) == [2, 4]
    assert site.missed(BOB, cursor) == [3, 4]


def test_what_another_process_said_shortly_before_comes_again_with_its_cursor(site: Site) -> None:
    with site.bus.subscribe(ADA) as messages:
        site.say(ADA, 1, 2)
        first, second = messages.get_nowait(), messages.get_nowait()
    late = Told({"type": "rank.up"}, f"{site.time - 1:.3f}-other-1")
    site.bus.deliver(ADA, late)
    found = site.backlog.since(ADA, second.cursor)
    assert found == [first, late], "the first was seen: its cursor says so"
    assert [message.cursor for message in found or []] == [first.cursor, late.cursor]


def test_whoever_was_away_for_too_long_is_told_so(site: Site) -> None:
    cursor = site.backlog.cursor()
    site.say(ADA, 1)
    site.time += KEPT_S / 2
    assert site.missed(ADA, cursor) == [1]
    site.time += KEPT_S
    assert site.missed(ADA, cursor) is None


def test_of_one_learner_the_newest_are_kept_and_others_lose_nothing(site: Site) -> None:
    cursor = site.backlog.cursor()
    site.say(BOB, -1)
    site.time += 2 * OVERLAP_S
    later = site.backlog.cursor()
    site.say(ADA, *range(MAX_EACH + 1))
    assert site.missed(ADA, cursor) is None
    assert site.missed(ADA, later) is None
    assert site.missed(BOB, cursor) == [-1]
    site.time += 2 * OVERLAP_S
    newest = site.backlog.cursor()
    site.say(ADA, 1)
    assert site.missed(ADA, newest) == [1]


def test_there_is_a_limit_for_all(site: Site) -> None:
    cursor = site.backlog.cursor()
    for _ in range(MAX_ALL + 1):
        site.bus.publish(uuid4(), LeaderboardChanged(period="2026-W10"))
        site.time += 0.001
    assert site.missed(ADA, cursor) is None
    assert len(site.backlog._kept) == MAX_ALL


def test_equal_news_for_everybody_is_kept_once(site: Site) -> None:
    cursor = site.backlog.cursor()
    for _ in range(3 * MAX_EACH):
        site.bus.publish(None, LeaderboardChanged(period="2026-W10"))
    site.bus.publish(None, ContentChanged(nodes=["a/b"]))
    assert site.missed(ADA, cursor) == ["leaderboard.changed", "content.changed"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "-", "nan-a-1", "inf", "1e999", "-1", "9" * 400, "²-a-1", "1.8.3-a-1", "\0"]
)
def test_what_is_no_cursor_or_of_another_time_is_answered_by_nothing(site: Site, cursor: str) -> None:
    site.say(ADA, 1)
    assert site.missed(ADA, cursor) is None


def test_a_server_that_just_began_knows_nothing_of_before() -> None:
    site = Site()
    cursor = f"{site.time - 3 * OVERLAP_S:.3f}-before-1"
    assert site.missed(ADA, cursor) is None
