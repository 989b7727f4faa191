"""What replies and lists have in common: shapes read from a service's objects, and where a list continues."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nexus_server.paging import Cursor, Position

Item = TypeVar("Item", bound=BaseModel)


def _to_text(position: Position | None) -> str | None:
    return None if position is None else str(position)


class FromAttributes(BaseModel):
    """A reply read from a service's dataclass."""

    model_config = ConfigDict(from_attributes=True)


class PageQuery(BaseModel):
    """Which page of a list; `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    cursor: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class OfCohort(BaseModel):
    """Of one class only."""

    model_config = ConfigDict(extra="forbid")
    cohort_id: UUID | None = None


class PageOut(FromAttributes, Generic[Item]):
    """A page of a list; `next` is null at the end. Reads a service's `Page`."""

    items: list[Item]
    next: Annotated[str | None, BeforeValidator(_to_text)]
