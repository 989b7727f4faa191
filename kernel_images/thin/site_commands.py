"""Commands by which a grader prepares a kernel whose language has none: files, and variables of the process."""

import base64
import contextlib
import json
import os
from pathlib import Path
from typing import Any


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


COMMANDS = {"write": write, "remove": remove, "environment": environment}
