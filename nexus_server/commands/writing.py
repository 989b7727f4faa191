"""What every command says when it cannot write a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from nexus_server.errors import InvalidError


class CannotWriteError(InvalidError):
    """A file could not be written."""

    code = "cannot_write"


@contextmanager
def writing() -> Iterator[None]:
    """Say in one sentence why a file could not be written.

    Raises:
        CannotWriteError: instead of an OSError of the body.
    """
    try:
        yield
    except OSError as error:
        raise CannotWriteError(f"{error.filename or 'The disk'}: {error.strerror or error}.") from None
