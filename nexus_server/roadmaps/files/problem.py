"""What is wrong with a content file, and where."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem keeps the file from being used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. `file` is relative to the content directory; `line` counts from 1."""

    file: str
    line: int
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Return ``file:line: severity: message``, which editors and terminals turn into a link."""
        return f"{self.file}:{self.line}: {self.severity}: {self.message}"

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return asdict(self)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


class ContentError(Exception):
    """A content file that cannot be used; carries every problem found in it."""

    def __init__(self, problems: list[Problem]) -> None:
        """`problems` has at least one error."""
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
