"""What can go wrong with accounts and credentials."""

from nexus_server.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)


class BadCredentialsError(UnauthenticatedError):
    """The e-mail address or the password is wrong."""

    code = "bad_credentials"


class AccountDisabledError(ForbiddenError):
    """This account is disabled; ask an administrator."""

    code = "account_disabled"


class BadRefreshTokenError(UnauthenticatedError):
    """This login has ended; log in again."""

    code = "bad_refresh_token"


class EmailTakenError(ConflictError):
    """Somebody has registered with this e-mail address already."""

    code = "email_taken"


class WeakPasswordError(InvalidError):
    """This password is too easy to guess."""

    code = "weak_password"


class UnknownUserError(NotFoundError):
    """There is no such user."""

    code = "unknown_user"


class LastAdminError(ConflictError):
    """This is the last administrator who can log in; make another one first."""

    code = "last_admin"


class BadOneTimeTokenError(InvalidError):
    """This link is not valid any more; ask for a new one."""

    code = "bad_token"


class BadJoinCodeError(NotFoundError):
    """No class has this code."""

    code = "bad_join_code"


class UnknownCohortError(NotFoundError):
    """There is no such class."""

    code = "unknown_cohort"


class HashingBusyError(UnavailableError):
    """Too many people log in at this moment; try again in a few seconds."""

    code = "login_busy"


class SigningKeyError(UnavailableError):
    """The signing keys cannot be used."""

    code = "signing_key"
