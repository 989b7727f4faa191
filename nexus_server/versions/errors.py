"""What can go wrong with former versions."""

from nexus_server.errors import NotFoundError


class NoSuchVersionError(NotFoundError):
    """This version of the notebook is not kept (any more)."""

    code = "no_such_version"
