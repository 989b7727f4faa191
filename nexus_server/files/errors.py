"""What can go wrong with a learner's files, and the one translation from what the operating system says."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from nexus_server.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError, TooLargeError


class NoSuchFileError(NotFoundError):
    """There is no such file or directory."""

    code = "no_such_file"


class BadPathError(MalformedError):
    """This is not a path inside the workspace."""

    code = "bad_path"


class FileExistsHereError(ConflictError):
    """Something with this name exists already."""

    code = "file_exists"


class FileTooLargeError(TooLargeError):
    """The file is larger than may be read or written."""

    code = "file_too_large"


class StorageFullError(TooLargeError):
    """The workspace is full: delete some files first."""

    code = "storage_full"


class NotPermittedError(ForbiddenError):
    """The file system does not permit this."""

    code = "not_permitted"


@contextmanager
def translated() -> Iterator[None]:
    """Raise our own causes for what the operating system refuses; leave real faults as they are."""
    try:
        yield
    except OSError as error:
        raise _cause_of(error) from error


def _cause_of(error: OSError) -> Exception:
    match error.errno:
        # A symbolic link that is not followed reports ELOOP or ENOTDIR; for the outside it does not exist.
        case errno.ENOENT | errno.ELOOP | errno.ENOTDIR | errno.ENXIO | errno.ESTALE:
            return NoSuchFileError()
        case errno.EEXIST | errno.ENOTEMPTY | errno.EISDIR:
            return FileExistsHereError()
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG | errno.EMLINK:
            return StorageFullError()
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return NotPermittedError()
        case errno.EINVAL | errno.ENAMETOOLONG | errno.EXDEV | errno.EBUSY:
            return BadPathError()
    return error
