"""What can go wrong between the servers of a site."""

from nexus_server.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class UnknownServerError(NotFoundError):
    """The site has no server of this number."""

    code = "unknown_server"


class LivingServerError(ConflictError):
    """This server is alive: stop it before it is forgotten."""

    code = "server_alive"


class SameServerError(ConflictError):
    """Another server of the site has this one's number, so one data directory is a copy. Remove `server-id` in one."""

    code = "same_server"


class AmbiguousServerError(ConflictError):
    """Several servers have this name: name the one that you mean by its id."""

    code = "ambiguous_server"


class NotSharingError(ConflictError):
    """This server shares no learners with others (NEXUS_SITE_KEYS), so they have nowhere to go: stop it instead."""

    code = "not_sharing"


class BadSiteKeyError(InvalidError):
    """A key of NEXUS_SITE_KEYS has fewer than 32 characters. Make one with `openssl rand -hex 32`."""

    code = "bad_site_key"


class BadServerNameError(InvalidError):
    """c.ServerSettings.address may have letters, digits, `.` and `-` only: the home cookie carries it."""

    code = "bad_server_name"


class SharedQuotaError(ConflictError):
    """Servers that share workspaces cannot mount them: set c.SandboxSettings.workspace_quota = False on each."""

    code = "shared_quota"


class NoServerError(UnavailableError):
    """No server of the site takes learners right now. Try again in a moment."""

    code = "no_server"


class LeaseLostError(UnavailableError):
    """This server lost touch with its site, so it opens no files and kernels. Try again in a moment."""

    code = "lease_lost"


class PeerUnreachableError(UnavailableError):
    """Your files and kernels are at another server of the site, which does not answer. Try again in a moment."""

    code = "home_unreachable"


class NotHomeError(UnavailableError):
    """Your files and kernels have just moved to another server of the site. Try again in a moment."""

    code = "home_moved"
