"""Former versions as their learner sees them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from nexus_server.notebook_format.comparing import CellDifference


class NotebookVersionView(BaseModel):
    """A notebook as it was at a moment."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    path: str
    saved_at: datetime
    cells: int
    #: bytes that it takes here
    size_bytes: int


class NumberedDifference(CellDifference):
    """A cell that differs: `before` is how it is now, `after` how it was in the version."""

    #: its place among the cells of both, from 1
    number: int


class ComparisonView(BaseModel):
    """What would change if a version came back."""

    id: UUID
    path: str
    saved_at: datetime
    #: cells that differ; those that are shown may be fewer
    differing: int
    cells: list[NumberedDifference]


class RestoredView(BaseModel):
    """A version that came back."""

    path: str
    #: the version that keeps what there was before; null where that was the same, or nothing
    kept: UUID | None
