"""What `nexus doctor` and the administration page report."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failure"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do unless it is ok."""

    name: str
    status: Status
    message: str
    advice: str = ""
