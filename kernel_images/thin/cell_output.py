"""What a cell of a thin kernel puts out, and how it fails. Nothing here knows Jupyter."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """Text that a cell printed."""

    text: str
    #: "stdout" or "stderr"
    stream: str = "stdout"


@dataclass(frozen=True)
class Shown:
    """A value: what it looks like, by MIME type."""

    data: Mapping[str, str]
    #: whether it is the cell's own result, not one that it displays on its way
    is_result: bool = False


class CellError(Exception):
    """A cell failed."""

    def __init__(self, kind: str, message: str, line: int | None = None) -> None:
        """Say which kind, why, and on which line of the cell (from 1), where that is known."""
        super().__init__(message)
        self.kind, self.message, self.line = kind, message, line

    @property
    def traceback(self) -> list[str]:
        """One line: the place in the cell, the kind, the message."""
        place = f"cell:{self.line}: " if self.line else ""
        return [f"{place}{self.kind}: {self.message}"]
