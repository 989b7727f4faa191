"""Streaks by the calendar, wherever and whenever: clocks that change, leap days, midnight, travel."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_server.standing.streaks import Streak, StreakPolicy, advance

#: zones on both sides of the date line, with and without summer time, with odd offsets
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Pacific/Chatham",
        "Pacific/Honolulu",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
    ]
)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 1))
#: one activity a day, at any time of the day
TIMES = st.lists(st.times(), min_size=1, max_size=40)


def moments(first: date, times: Sequence[time], timezone: str) -> list[datetime]:
    """Return a moment of each local day from `first` on."""
    zone = ZoneInfo(timezone)
    days = (first + timedelta(days=n) for n in range(len(times)))
    return [datetime.combine(day, at, zone).astimezone(UTC) for day, at in zip(days, times, strict=True)]


def walk(seen: Sequence[tuple[datetime, str]]) -> list[Streak]:
    """Return the streak after each activity, which is at a moment and in a time zone."""
    streak, found = Streak(), []
    before: str | None = None
    for moment, timezone in seen:
        moved_from = before if before != timezone else None
        streak = advance(streak, moment, timezone, StreakPolicy.CALENDAR_DAY, previous_timezone=moved_from)
        before = timezone
        found.append(streak)
    return found


@given(DAYS, TIMES, ZONES)
def test_a_day_at_a_time_counts_each_day_once(first: date, times: list[time], timezone: str) -> None:
    streaks = walk([(moment, timezone) for moment in moments(first, times, timezone)])
    assert [streak.count for streak in streaks] == list(range(1, len(times) + 1))


@given(DAYS, TIMES, ZONES, st.data())
def test_a_day_that_is_left_out_ends_it(first: date, times: list[time], timezone: str, data: st.DataObject) -> None:
    seen = [(moment, timezone) for moment in moments(first, [*times, time(12), time(12)], timezone)]
    left_out = data.draw(st.integers(1, len(seen) - 2))
    # between two activities on the days beside it lie more than 24 hours, unless they are late and early
    before, after = seen[left_out - 1][0], seen[left_out + 1][0]
    streaks = walk([*seen[:left_out], *seen[left_out + 1 :]])
    assert streaks[left_out].count == (1 if after - before > timedelta(hours=24) else left_out + 1)


@given(DAYS, TIMES, TIMES, ZONES, ZONES)
def test_who_travels_is_never_punished(
    first: date, at_home: list[time], abroad: list[time], home: str, away: str
) -> None:
    """Each day at home, then a day after the last by the clock of either place, then each day abroad."""
    seen = [(moment, home) for moment in moments(first, at_home, home)]
    arrival = (seen[-1][0] + timedelta(days=1)).astimezone(ZoneInfo(away)).date()
    later = [(moment, away) for moment in moments(arrival, abroad, away)]
    later = [one for one in later if one[0] > seen[-1][0]]
    counts = [streak.count for streak in walk([*seen, *later])]
    assert counts == sorted(counts)
    assert counts[len(seen) - 1] == len(at_home)


@pytest.mark.parametrize("policy", list(StreakPolicy))
@given(st.lists(st.tuples(st.integers(1, 24 * 60), ZONES), min_size=1, max_size=40))
def test_within_a_day_no_time_zone_ends_a_streak(policy: StreakPolicy, steps: list[tuple[int, str]]) -> None:
    now, streak = datetime(2024, 2, 27, 23, 59, tzinfo=UTC), Streak()
    before: str | None = None
    for minutes, timezone in steps:
        now += timedelta(minutes=minutes)
        moved_from = before if before not in (None, timezone) else None
        after = advance(streak, now, timezone, policy, previous_timezone=moved_from)
        assert after.count in ((1,) if before is None else (streak.count, streak.count + 1))
        streak, before = after, timezone


@pytest.mark.parametrize("policy", list(StreakPolicy))
@given(st.lists(st.tuples(st.integers(1, 72 * 60), ZONES), min_size=1, max_size=40))
def test_no_journey_turns_the_day_back_or_breaks_a_day_that_is_not_over(
    policy: StreakPolicy, steps: list[tuple[int, str]]
) -> None:
    now, streak = datetime(2024, 2, 27, 23, 59, tzinfo=UTC), Streak()
    before: str | None = None
    for minutes, timezone in steps:
        now += timedelta(minutes=minutes)
        moved_from = before if before not in (None, timezone) else None
        after = advance(streak, now, timezone, policy, previous_timezone=moved_from)
        assert after.day is not None
        if streak.day is not None:
            assert after.day >= streak.day
            assert after.day > streak.day or after.count == streak.count, "what changes has a day of its own"
        streak, before = after, timezone
