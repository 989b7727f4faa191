from datetime import UTC, datetime

import pytest

from nexus_server.tutor.daily_limit import day_of


@pytest.mark.parametrize(
    ("timezone", "start", "end"),
    [
        ("UTC", datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
        # the night in which summer time begins: a day of 23 hours
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 3, 28, 15, tzinfo=UTC), datetime(2026, 3, 29, 15, tzinfo=UTC)),
        ("No/Where", datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_the_learners_own(timezone: str, start: datetime, end: datetime) -> None:
    assert day_of(datetime(2026, 3, 29, 12, tzinfo=UTC), timezone) == (start, end)
