"""The site's own settings: files that the operator keeps where no upgrade replaces anything.

They are Python, and run with the rights of whoever starts the server. What root runs has to be root's own: a server
that gave up its rights may write into its data directory.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from traitlets.config import Config

from nexus_server.errors import ForbiddenError, InvalidError
from nexus_server.installation import DEFAULT_DATA

NAME = "nexus_config.py"
SYSTEM_DIR = Path("/etc/nexus")


class ForeignConfigError(ForbiddenError):
    """A file of settings could be changed by somebody with fewer rights than the one who reads it."""

    code = "foreign_config"


class BrokenConfigError(InvalidError):
    """A file of settings cannot be run."""

    code = "broken_config"


def load_site_config(config: Config, system_dir: Path = SYSTEM_DIR) -> list[Path]:
    """Let the site's files change `config`: the system's, then the data directory's. Return those that there are.

    Raises:
        ForeignConfigError: root would run what somebody else may write.
        BrokenConfigError: one of them raises, or is no Python.
    """
    found = []
    for path in _candidates(config, system_dir):
        text = _read(path)
        if text is not None:
            _run(text, path, config)
            found.append(path)
    return found


def _candidates(config: Config, system_dir: Path) -> Iterator[Path]:
    yield system_dir / NAME
    named = config.get("NexusSettings", {}).get("data_dir") or os.environ.get("NEXUS_DATA_DIR")
    yield Path(named or DEFAULT_DATA) / NAME


def _read(path: Path) -> str | None:
    """Return a file's text; None where there is none. What is checked is what is read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | (os.O_NOFOLLOW if os.geteuid() == 0 else 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ForeignConfigError(f"{path} cannot be read: {error.strerror}.") from None
    with open(descriptor, encoding="utf-8") as file:  # noqa: PTH123  the file that is open already
        status = os.fstat(descriptor)
        if os.geteuid() == 0 and (status.st_uid != 0 or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
            raise ForeignConfigError(f"{path} can be written by others than root: run `chown root`, `chmod 644` on it.")
        return file.read()


def _run(text: str, path: Path, config: Config) -> None:
    try:
        code = compile(text, str(path), "exec")
        exec(code, {"c": config, "get_config": lambda: config, "__file__": str(path)})  # noqa: S102  the operator's own
    except Exception as error:  # the operator's own code may raise anything
        raise BrokenConfigError(f"{path}: {type(error).__name__}: {error}") from error
