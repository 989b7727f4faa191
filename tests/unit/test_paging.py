from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from nexus_server.paging import Position, cut

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def position_of(number: int) -> Position:
    return Position(NOON, UUID(int=number))


def test_one_row_more_than_the_page_says_that_the_list_goes_on() -> None:
    page = cut([1, 2, 3], 2, position_of, str)
    assert (page.items, page.next) == (["1", "2"], position_of(2))


@pytest.mark.parametrize("rows", [[], [1], [1, 2]])
def test_a_page_that_holds_every_row_is_the_last(rows: list[int]) -> None:
    assert cut(rows, 2, position_of, str).next is None


@pytest.mark.parametrize(
    "moment", [NOON, NOON + timedelta(microseconds=1), NOON.astimezone(timezone(timedelta(hours=9)))]
)
def test_a_cursor_names_its_position_and_needs_no_escape(moment: datetime) -> None:
    position = Position(moment, UUID(int=5))
    assert Position.parse(str(position)) == position
    assert set("+&?#% ").isdisjoint(str(position))


@pytest.mark.parametrize(
    "cursor", ["", "x", "2026-11-18T12:00:00Z", "Z_", "2026-11-18T12:00:00Z_x", "xZ_" + str(UUID(int=5))]
)
def test_anything_else_is_no_cursor(cursor: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        Position.parse(cursor)
