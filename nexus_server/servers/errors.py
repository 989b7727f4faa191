"""What can go wrong between the servers of a site."""

from nexus_server.errors import ConflictError, NotFoundError


class UnknownServerError(NotFoundError):
    """The site has no server of this number."""

    code = "unknown_server"


class LivingServerError(ConflictError):
    """This server is alive: stop it before it is forgotten."""

    code = "server_alive"


class SameServerError(ConflictError):
    """Another server of the site has this one's number, so one data directory is a copy. Remove `server-id` in one."""

    code = "same_server"
