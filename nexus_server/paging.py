"""Lists that are read page by page, newest first: where a page ended, and so where the next one begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, Self, TypeVar
from uuid import UUID

from pydantic import PlainValidator

Row = TypeVar("Row")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Position:
    """A row's place in its list. Rows of one transaction share their moment: the id tells them apart."""

    moment: datetime
    id: UUID

    def __str__(self) -> str:
        """Return the cursor that clients send back; plain enough for an address."""
        return f"{self.moment.astimezone(UTC).isoformat().removesuffix('+00:00')}Z_{self.id}"

    @classmethod
    def parse(cls, cursor: str | Self) -> Self:
        """Read a cursor; a position stays what it is.

        Raises:
            ValueError: it is none.
        """
        if isinstance(cursor, cls):
            return cursor
        moment, _, row_id = str(cursor).partition("Z_")
        try:
            return cls(datetime.fromisoformat(moment).replace(tzinfo=UTC), UUID(row_id))
        except ValueError:
            raise ValueError("This is no cursor: send back the `next` of the page before.") from None


#: a position in a request: the `next` of the page before
Cursor = Annotated[Position, PlainValidator(Position.parse, json_schema_input_type=str)]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list, and where the rest begins; `next` is None at the end."""

    items: list[Item]
    next: Position | None


def cut(
    rows: Sequence[Row], limit: int, position_of: Callable[[Row], Position], shape: Callable[[Row], Item]
) -> Page[Item]:
    """Make a page of at most `limit` rows; one more than that says that the list goes on."""
    kept = rows[:limit]
    return Page([shape(row) for row in kept], position_of(kept[-1]) if len(rows) > limit else None)
