"""What a path leads to, judged by the status of an open descriptor."""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime

from nexus_server.files.errors import NoSuchFileError


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory as it was when it was looked at."""

    #: API path
    path: str
    is_directory: bool
    #: bytes; 0 for a directory
    size: int
    modified: datetime
    changed: datetime
    writable: bool

    @property
    def name(self) -> str:
        """The last component; empty for the workspace itself."""
        return self.path.rpartition("/")[2]

    @property
    def is_hidden(self) -> bool:
        """Whether the last component begins with a dot."""
        return self.name.startswith(".")


def entry_of(path: str, status: os.stat_result, root: os.stat_result) -> Entry:
    """Return the entry that `status` describes; `root` is the workspace's own status.

    Raises:
        NoSuchFileError: it is a link, a socket, a FIFO, a device, or a second name of somebody else's file.
    """
    is_directory = stat.S_ISDIR(status.st_mode)
    if not is_directory:
        require_own_file(status, root)
    return Entry(
        path=path,
        is_directory=is_directory,
        size=0 if is_directory else status.st_size,
        modified=_moment(status.st_mtime),
        changed=_moment(status.st_ctime),
        writable=bool(status.st_mode & stat.S_IWUSR),
    )


def require_own_file(status: os.stat_result, root: os.stat_result) -> None:
    """Refuse what is not a regular file, and hard links to files of another owner, which `O_NOFOLLOW` does not see.

    Raises:
        NoSuchFileError: it is one of those.
    """
    is_foreign = status.st_nlink > 1 and status.st_uid != root.st_uid
    if not stat.S_ISREG(status.st_mode) or is_foreign:
        raise NoSuchFileError


def _moment(seconds: float) -> datetime:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # anybody may set any time on a file of theirs
        return datetime.fromtimestamp(0, UTC)
    return moment
