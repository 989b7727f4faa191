"""What can go wrong with work that is done in a process of its own."""

from nexus_server.errors import RateLimitedError, TooLargeError, UnavailableError


class TooCostlyError(TooLargeError):
    """This takes more computing time or memory than one request may use."""

    code = "too_costly"


class TooManyTasksError(RateLimitedError):
    """Your earlier requests are still being worked on; wait for them first."""

    code = "too_many_tasks"


class ComputingSpentError(RateLimitedError):
    """Your requests took more computing time than you have right now; wait a little."""

    code = "computing_spent"


class OffloadUnavailableError(UnavailableError):
    """No process could be started for this request."""

    code = "offload_unavailable"
