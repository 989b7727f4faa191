from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nexus_server.standing.streaks import (
    Outage,
    Streak,
    StreakPolicy,
    advance,
    holds_unchanged,
    lost_time,
    weekends_between,
)

ROLLING, CALENDAR = StreakPolicy.ROLLING_24H, StreakPolicy.CALENDAR_DAY
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIRST = advance(Streak(), NOON, "UTC", ROLLING)


def test_the_first_activity_starts_at_one() -> None:
    assert (FIRST.count, FIRST.longest, FIRST.day) == (1, 1, date(2026, 11, 20))


def test_it_grows_once_per_local_day() -> None:
    again = advance(FIRST, NOON + timedelta(hours=3), "UTC", ROLLING)
    assert again.count == 1
    assert advance(again, NOON + timedelta(hours=20), "UTC", ROLLING).count == 2


@pytest.mark.parametrize(("gap", "count"), [(timedelta(hours=24), 2), (timedelta(hours=24, seconds=1), 1)])
def test_rolling_resets_after_more_than_24_hours(gap: timedelta, count: int) -> None:
    assert advance(FIRST, NOON + gap, "UTC", ROLLING).count == count


def test_rolling_counts_from_the_last_activity_not_from_the_first_of_the_day() -> None:
    evening = advance(FIRST, NOON + timedelta(hours=11), "UTC", ROLLING)
    assert advance(evening, NOON + timedelta(hours=34), "UTC", ROLLING).count == 2


def test_the_day_is_the_learners_own() -> None:
    # 12:00 and 16:00 UTC are the same day in London and two days in Auckland (UTC+13).
    assert advance(FIRST, NOON + timedelta(hours=4), "Europe/London", ROLLING).count == 1
    auckland = advance(Streak(), NOON - timedelta(hours=2), "Pacific/Auckland", ROLLING)
    assert advance(auckland, NOON, "Pacific/Auckland", ROLLING).count == 2


def test_calendar_keeps_a_streak_over_adjacent_days_however_long_the_gap() -> None:
    morning = advance(Streak(), datetime(2026, 11, 20, 1, 0, tzinfo=UTC), "UTC", CALENDAR)
    assert advance(morning, datetime(2026, 11, 21, 23, 0, tzinfo=UTC), "UTC", CALENDAR).count == 2


def test_calendar_breaks_on_a_missed_day() -> None:
    assert advance(FIRST, NOON + timedelta(days=2), "UTC", CALENDAR).count == 1


def test_calendar_forgives_holidays_and_uses_freezes() -> None:
    assert advance(FIRST, NOON + timedelta(days=2), "UTC", CALENDAR, holidays={date(2026, 11, 21)}).count == 2
    frozen = Streak(FIRST.count, FIRST.longest, FIRST.day, FIRST.last_login, freezes=1)
    after = advance(frozen, NOON + timedelta(days=2), "UTC", CALENDAR)
    assert (after.count, after.freezes) == (2, 0)


def test_a_broken_streak_keeps_the_longest() -> None:
    long = Streak(9, 9, date(2026, 11, 20), NOON)
    after = advance(long, NOON + timedelta(days=3), "UTC", ROLLING)
    assert (after.count, after.longest) == (1, 9)


def test_travelling_west_does_not_count_a_day_twice() -> None:
    tokyo = advance(Streak(), datetime(2026, 11, 20, 20, 0, tzinfo=UTC), "Asia/Tokyo", ROLLING)
    assert tokyo.day == date(2026, 11, 21)
    assert advance(tokyo, datetime(2026, 11, 20, 21, 0, tzinfo=UTC), "America/New_York", ROLLING).count == 1


@pytest.mark.parametrize("policy", [ROLLING, CALENDAR])
@pytest.mark.parametrize("hours", [-1, 0, 3, 11.5, 12, 20, 24, 24.1, 50])
def test_what_holds_unchanged_is_what_advancing_would_leave_as_it_is(policy: StreakPolicy, hours: float) -> None:
    now = NOON + timedelta(hours=hours)
    after = advance(FIRST, now, "UTC", policy)
    if holds_unchanged(FIRST, now, "UTC"):
        assert after == replace(FIRST, last_login=now)
    else:
        assert (after.day, after.last_login) == (now.date(), now)


def test_nothing_holds_before_the_first_activity() -> None:
    assert not holds_unchanged(Streak(), NOON, "UTC")
    assert holds_unchanged(FIRST, NOON + timedelta(hours=1), "UTC")


@pytest.mark.parametrize(("days", "count"), [(3, 2), (4, 1), (10, 1), (400, 1)])
def test_free_weekends_forgive_saturday_and_sunday_alone(days: int, count: int) -> None:
    # NOON is a Friday: three days later is Monday, and four days later a workday was missed
    now = NOON + timedelta(days=days, minutes=1)
    free = weekends_between(date(2026, 11, 20), now.date())
    assert advance(FIRST, now, "UTC", CALENDAR, holidays=free).count == count
    assert {day.weekday() for day in free} <= {5, 6}


def test_an_outage_is_no_time_and_what_lies_in_two_of_them_counts_once() -> None:
    begin, hour = NOON + timedelta(hours=2), timedelta(hours=1)
    outages = [Outage(begin, begin + 6 * hour), Outage(begin + 4 * hour, begin + 10 * hour)]
    assert lost_time(NOON, NOON + 5 * hour, outages) == 3 * hour
    assert lost_time(NOON, NOON + 40 * hour, outages[::-1]) == 10 * hour
    assert advance(FIRST, NOON + 34 * hour, "UTC", ROLLING, outages=outages).count == 2
    assert advance(FIRST, NOON + 34 * hour + timedelta(seconds=1), "UTC", ROLLING, outages=outages).count == 1


def test_days_that_an_outage_touches_are_free_by_the_learners_clock() -> None:
    night = Outage(datetime(2026, 11, 21, 11, 0, tzinfo=UTC), datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    assert night.days("UTC") == {date(2026, 11, 21)}
    assert night.days("Pacific/Auckland") == {date(2026, 11, 22)}
    back = NOON + timedelta(days=2)
    assert advance(FIRST, back, "UTC", CALENDAR, outages=[night]).count == 2
    assert advance(FIRST, back + timedelta(days=1), "UTC", CALENDAR, outages=[night]).count == 1
