"""Which passwords are refused, and why (NIST SP 800-63B: length and known-bad lists, no composition rules). Pure."""

from nexus_server.accounts.errors import WeakPasswordError

MIN_CHARS = 10
MAX_CHARS = 256


def check_password(password: str, *, email: str, display_name: str) -> None:
    """Refuse a password that is too short, too long, or made of the person's own name.

    Raises:
        WeakPasswordError: with the reason.
    """
    reason = _find_weakness(password, email=email, display_name=display_name)
    if reason is not None:
        raise WeakPasswordError(reason, fields={"password": reason})


def _find_weakness(password: str, *, email: str, display_name: str) -> str | None:
    if len(password) < MIN_CHARS:
        return f"Use at least {MIN_CHARS} characters; a few words in a row are easy to remember."
    if len(password) > MAX_CHARS:
        return f"Use at most {MAX_CHARS} characters."
    folded = password.casefold()
    if folded in {email, email.partition("@")[0], display_name.casefold()}:
        return "Your name or e-mail address is the first thing that somebody would try."
    if len(set(folded)) < 4:  # noqa: PLR2004  aaaaaaaaaa, 1212121212
        return "This repeats the same few characters."
    return None
