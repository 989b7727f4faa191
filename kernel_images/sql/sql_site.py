"""Commands by which a grader prepares a kernel: files, variables of the process, and settings as they were."""

import base64
import contextlib
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

#: settings of a connection that change what a check sees, as they are in the beginning
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA ignore_check_constraints = OFF",
    "PRAGMA writable_schema = OFF",
    "PRAGMA case_sensitive_like = OFF",
    "PRAGMA reverse_unordered_selects = OFF",
    "PRAGMA query_only = OFF",
)


def write(argument: str) -> None:
    """Write a part of a file: `{"name": ..., "data": base64, "append": bool}`."""
    part: dict[str, Any] = json.loads(argument)
    path = Path(part["name"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab" if part["append"] else "wb") as file:
        file.write(base64.b64decode(part["data"]))


def remove(argument: str) -> None:
    """Remove files, by a list of their names; those that are not there are no matter."""
    for name in json.loads(argument):
        with contextlib.suppress(OSError):
            Path(name).unlink()


def environment(argument: str) -> None:
    """Set variables of the process's environment."""
    os.environ.update(json.loads(argument))


def reset(connection: sqlite3.Connection) -> None:
    """End an open transaction, and put the settings back."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    for setting in _SETTINGS:
        connection.execute(setting)
