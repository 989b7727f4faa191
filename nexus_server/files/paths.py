"""API paths: relative to a learner's workspace, ``/`` between components, ``""`` for the workspace itself."""

import os
import re

from nexus_server.files.errors import BadPathError

MAX_PATH_CHARS = 1000
MAX_DEPTH = 32
MAX_NAME_BYTES = 255
_DIRTY = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def split(path: str) -> list[str]:
    """Return the components of `path`; slashes at its ends do not count.

    Raises:
        BadPathError: it has ``..``, ``.`` or control characters, is not UTF-8, or is too long or too deep.
    """
    parts = [part for part in path.split("/") if part]
    if len(path) > MAX_PATH_CHARS or len(parts) > MAX_DEPTH or not is_clean(path):
        raise BadPathError
    if any(part in (".", "..") or len(os.fsencode(part)) > MAX_NAME_BYTES for part in parts):
        raise BadPathError
    return parts


def is_clean(text: str) -> bool:
    """Whether `text` has neither control characters nor bytes that are not UTF-8."""
    return _DIRTY.search(text) is None


def join(parts: list[str]) -> str:
    """Return the API path of components."""
    return "/".join(parts)


def split_name(path: str) -> tuple[list[str], str]:
    """Return the parent's components and the last one.

    Raises:
        BadPathError: it is the workspace itself.
    """
    parts = split(path)
    if not parts:
        raise BadPathError("The workspace itself cannot be changed.")
    return parts[:-1], parts[-1]


def is_hidden(path: str) -> bool:
    """Whether a component begins with a dot."""
    return any(part.startswith(".") for part in split(path))
