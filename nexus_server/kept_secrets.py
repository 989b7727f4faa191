"""Secrets that a site makes for itself: from the environment, else from a file that is made on first use."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nexus_server.errors import MissingSecretError
from nexus_server.settings import secret


def kept_secret(variable: str, path: Path) -> bytes:
    """Return the environment's secret `variable` (or `<variable>_FILE`), else that of the file, made if need be.

    Raises:
        OSError: the file cannot be read or made.
    """
    try:
        return secret(variable).encode()
    except MissingSecretError:
        return made_once(path, lambda: secrets.token_hex(32))


def made_once(path: Path, make: Callable[[], str]) -> bytes:
    """Return what a file holds, without white space around it; the first that asks makes it, for its user alone.

    Raises:
        OSError: it cannot be read or made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        candidate = path.with_name(f"{path.name}.{os.getpid()}")
        candidate.touch(mode=0o600)
        candidate.write_text(make(), encoding="ascii")
        # A link appears whole or not at all, so two processes that start together agree on one.
        with suppress(FileExistsError):
            os.link(candidate, path)
        candidate.unlink()
    return path.read_bytes().strip()
