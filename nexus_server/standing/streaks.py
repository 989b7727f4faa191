"""How a streak grows, holds and breaks: pure, from what was known before to what is known now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(hours=24)
#: the first free day of a week, as `date.weekday` counts
SATURDAY = 5


class StreakPolicy(StrEnum):
    """When a streak breaks."""

    #: the seed's rule: more than 24 hours since `last_login`
    ROLLING_24H = "rolling_24h"
    #: a whole learner-local day was missed, free freezes and class holidays aside
    CALENDAR_DAY = "calendar_day"


@dataclass(frozen=True, slots=True)
class Streak:
    """A learner's streak. `day` is the learner-local day on which it last grew."""

    count: int = 0
    longest: int = 0
    day: date | None = None
    last_login: datetime | None = None
    freezes: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nobody could learn: it ends no streak. `end` is the first moment after it."""

    begin: datetime
    end: datetime

    def days(self, timezone: str) -> set[date]:
        """Return the dates that it touches where the learner lives."""
        first, last = local_day(self.begin, timezone), local_day(self.end - timedelta.resolution, timezone)
        return {first + timedelta(days=n) for n in range((last - first).days + 1)}


@dataclass(frozen=True, slots=True)
class StreakChange:
    """Days of streak before an activity, and with it."""

    before: int
    count: int


def local_day(moment: datetime, timezone: str) -> date:
    """Return the date at `moment` where the learner lives (IANA time zone)."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def weekends_between(day: date, today: date) -> set[date]:
    """Return the Saturdays and Sundays of the four weeks after `day`, up to `today`: a longer absence has workdays."""
    days = (day + timedelta(days=n) for n in range(1, min(29, (today - day).days)))
    return {each for each in days if each.weekday() >= SATURDAY}


def lost_time(since: datetime, until: datetime, outages: Iterable[Outage]) -> timedelta:
    """Return how much of a time outages took; what lies in two of them counts once."""
    lost, reached = timedelta(), since
    for outage in sorted(outages, key=lambda one: one.begin):
        begin, end = max(outage.begin, reached), min(outage.end, until)
        if begin < end:
            lost, reached = lost + (end - begin), end
    return lost


def advance(
    streak: Streak,
    now: datetime,
    timezone: str,
    policy: StreakPolicy,
    *,
    holidays: Collection[date] = (),
    previous_timezone: str | None = None,
    outages: Collection[Outage] = (),
) -> Streak:
    """Return the streak after activity at `now`: it grows once per learner-local day, or starts anew at 1.

    A day that is not over ends nothing, however long it is: 25 hours when clocks are set back, two days for who travels
    over the date line. Who changed the time zone since `previous_timezone` keeps a streak that holds in either of the
    two. `outages` count as no time for `rolling_24h`; for `calendar_day` the days that they touch are like holidays.
    """
    today = local_day(now, timezone)
    seen = replace(streak, last_login=now)
    if streak.last_login is None or streak.day is None:
        return _start(seen, today)
    if today <= streak.day:
        return seen
    away = now - streak.last_login - lost_time(streak.last_login, now, outages)
    kept, freezes_used = _is_kept(streak, away, today, policy, {*holidays, *_days(outages, timezone)})
    if not kept and previous_timezone is not None and policy is StreakPolicy.CALENDAR_DAY:
        kept, freezes_used = _is_kept_in_either(streak, now, (previous_timezone, timezone), holidays, outages)
    if not kept:
        return _start(seen, today)
    count = streak.count + 1
    return replace(
        seen, count=count, longest=max(count, streak.longest), day=today, freezes=streak.freezes - freezes_used
    )


def holds_unchanged(streak: Streak, now: datetime, timezone: str) -> bool:
    """Whether activity at `now` changes nothing, whatever the policy: the day was counted."""
    return streak.day is not None and local_day(now, timezone) <= streak.day


def _start(streak: Streak, today: date) -> Streak:
    return replace(streak, count=1, longest=max(1, streak.longest), day=today)


def _days(outages: Iterable[Outage], timezone: str) -> set[date]:
    return {day for outage in outages for day in outage.days(timezone)}


def _is_kept_in_either(
    streak: Streak,
    now: datetime,
    timezones: tuple[str, str],
    holidays: Collection[date],
    outages: Collection[Outage],
) -> tuple[bool, int]:
    """Look at the last activity and at this one by one clock, then by the other: travel makes no day go missing."""
    assert streak.last_login is not None  # noqa: S101  the caller checked
    found = []
    for timezone in timezones:
        last = replace(streak, day=local_day(streak.last_login, timezone))
        free, today = {*holidays, *_days(outages, timezone)}, local_day(now, timezone)
        found.append(_is_kept(last, now - streak.last_login, today, StreakPolicy.CALENDAR_DAY, free))
    return min(found, key=lambda one: (not one[0], one[1]))


def _is_kept(
    streak: Streak, away: timedelta, today: date, policy: StreakPolicy, holidays: Collection[date]
) -> tuple[bool, int]:
    """Return whether the streak holds after so long, and how many freezes that takes."""
    assert streak.day is not None  # noqa: S101  the caller checked
    if away <= DAY:
        return True, 0
    if policy is StreakPolicy.ROLLING_24H:
        return False, 0
    missed = [streak.day + timedelta(days=n) for n in range(1, (today - streak.day).days)]
    needed = sum(1 for day in missed if day not in holidays)
    return needed <= streak.freezes, needed
