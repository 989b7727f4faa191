"""What a query found, as text and as HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: rows that are shown, and characters of a value
MAX_ROWS = 500
MAX_CHARS = 200


@dataclass(frozen=True)
class ResultTable:
    """Names of columns, rows, and whether there were more of them."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    has_more: bool = False

    @property
    def is_one_value(self) -> bool:
        """Whether it is one row of one column: its text is the value, so that a number is a number."""
        return len(self.rows) == 1 and len(self.columns) == 1

    def as_text(self) -> str:
        """Return lines with bars between the columns, and the number of rows below."""
        if self.is_one_value:
            return shown(self.rows[0][0])
        cells = [list(self.columns), *([shown(value) for value in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        head, *body = [" | ".join(_padded(row, widths)).rstrip() for row in cells]
        return "\n".join([head, "-+-".join("-" * width for width in widths), *body, f"({self._count()})"])

    def as_html(self) -> str:
        """Return a table; whatever a value holds is shown, never run."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{self._count()}</p>"

    def _count(self) -> str:
        rows = f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"
        return f"the first {rows}, and there are more" if self.has_more else rows


def shown(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "NULL"
    text = f"<{len(value)} bytes>" if isinstance(value, bytes) else str(value)
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1] + "\u2026"


def _cell(value: Any) -> str:
    text = html.escape(shown(value))
    return f"<td><i>{text}</i></td>" if value is None else f"<td>{text}</td>"


def _padded(row: list[str], widths: list[int]) -> list[str]:
    return [text.ljust(width) for text, width in zip(row, widths, strict=True)]
