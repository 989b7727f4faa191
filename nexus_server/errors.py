"""Everything that can go wrong on purpose.

One `NexusError`, one subclass per cause. The class docstring's first line is the default message shown to a person;
`code` is what programs switch on; `details` is plain data. Nothing here knows HTTP: `web/contract.py` maps `kind` to
a status.

A domain adds its own causes in its own `errors.py`, by subclassing the kind below that fits.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of failure it is, independent of the transport."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


class NexusError(Exception):
    """Something went wrong."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, /, **details: object) -> None:
        """Carry a message for a person (default: the class docstring's first line) and plain data for programs."""
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.details: Mapping[str, object] = details
        super().__init__(self.message)


class MalformedError(NexusError):
    """The request could not be read."""

    kind = Kind.MALFORMED
    code = "malformed"


class UnauthenticatedError(NexusError):
    """Log in first."""

    kind = Kind.UNAUTHENTICATED
    code = "unauthenticated"


class ForbiddenError(NexusError):
    """You may not do this."""

    kind = Kind.FORBIDDEN
    code = "forbidden"


class NotFoundError(NexusError):
    """There is nothing here."""

    kind = Kind.NOT_FOUND
    code = "not_found"


class ConflictError(NexusError):
    """This does not fit the present state."""

    kind = Kind.CONFLICT
    code = "conflict"


class TooLargeError(NexusError):
    """This is larger than allowed."""

    kind = Kind.TOO_LARGE
    code = "too_large"


class InvalidError(NexusError):
    """Some fields are not valid."""

    kind = Kind.INVALID
    code = "invalid"

    def __init__(
        self, message: str | None = None, /, *, fields: Mapping[str, str] | None = None, **details: object
    ) -> None:
        """`fields` maps a field's name to what is wrong with it."""
        if fields:
            details["fields"] = [{"field": name, "message": text} for name, text in fields.items()]
        super().__init__(message, **details)


class _RetryableError(NexusError):
    """Try again later."""

    def __init__(self, message: str | None = None, /, *, retry_after_s: float = 1.0, **details: object) -> None:
        """`retry_after_s` is when it makes sense to try again, in seconds."""
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s


class RateLimitedError(_RetryableError):
    """Too many requests; wait a little."""

    kind = Kind.RATE_LIMITED
    code = "rate_limited"


class UnavailableError(_RetryableError):
    """This is not available right now."""

    kind = Kind.UNAVAILABLE
    code = "unavailable"


class WriteConflictError(UnavailableError):
    """Somebody else changed the same at the same moment. Nothing was changed; try again."""

    code = "write_conflict"


class MissingSecretError(NexusError):
    """A secret is missing from the environment."""

    code = "missing_secret"
