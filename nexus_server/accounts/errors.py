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


class UnknownSessionError(NotFoundError):
    """This login is over already."""

    code = "unknown_session"


class MarksOnlyError(ForbiddenError):
    """You mark what this class hands in. Its instructors do the rest."""

    code = "marks_only"


class LastInstructorError(ConflictError):
    """This is the last instructor of the class; add another one first."""

    code = "last_instructor"


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


class BadProviderError(UnavailableError):
    """The settings of an identity provider cannot be used."""

    code = "bad_provider"


class UnknownProviderError(NotFoundError):
    """There is no such identity provider."""

    code = "unknown_provider"


class ProviderUnavailableError(UnavailableError):
    """The identity provider does not answer right now; try again, or log in with your password."""

    code = "provider_unavailable"


class SignOnExpiredError(UnauthenticatedError):
    """This sign-on was not begun in this browser, or took too long; start again."""

    code = "sign_on_expired"


class SignOnDeclinedError(UnauthenticatedError):
    """The identity provider did not let you in, or you stopped there."""

    code = "sign_on_declined"


class SignOnFailedError(UnauthenticatedError):
    """What the identity provider said could not be verified; start again."""

    code = "sign_on_failed"


class UnverifiedEmailError(ForbiddenError):
    """The identity provider did not verify your e-mail address; verify it there, or log in with your password."""

    code = "email_not_verified"


class UnconfirmedAccountError(ForbiddenError):
    """Your address has an account that never confirmed it; log in with the password, then link this sign-on."""

    code = "account_not_confirmed"


class ClosedRegistrationError(ForbiddenError):
    """Nobody with your address has an account here, and this sign-on makes none."""

    code = "sign_on_makes_no_accounts"


class OtherPersonError(ConflictError):
    """The identity provider knows you by another address, or this identity belongs to another account."""

    code = "other_person"


class LastCredentialError(ConflictError):
    """This is your only way in; set a password first ("Forgot your password?" on the login page)."""

    code = "last_credential"


class UnknownIdentityError(NotFoundError):
    """No such identity is linked to your account."""

    code = "unknown_identity"


class BadAccountListError(InvalidError):
    """The list has lines that cannot be taken over. Nothing was changed."""

    code = "bad_account_list"


class AccountListChangedError(ConflictError):
    """The list or the accounts changed since you looked at them. Look again; nothing was changed."""

    code = "account_list_changed"
