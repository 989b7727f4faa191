"""Where paths lead that somebody else made: links may form a circle, and names may be longer than any file's. Pure."""

import os
from pathlib import Path


def resolved(path: Path) -> Path:
    """Return an absolute path without links; a circle of links, which leads nowhere, stays as it is.

    `Path.resolve` raises RuntimeError for a circle, in Python before 3.13.
    """
    return Path(os.path.realpath(path))


def is_file(path: Path) -> bool:
    """Whether there is a file; a path that no file can have is none.

    `Path.is_file` raises OSError for names that are too long.
    """
    return os.path.isfile(path)  # noqa: PTH113  see above
