"""Which passwords are refused, and why: length, and how soon a guesser who knows the person would arrive at it.

NIST SP 800-63B: no rules about kinds of characters, but lists of known and predictable passwords. The estimate is
zxcvbn's (Wheeler, USENIX Security 2016), which knows breached passwords, names, keyboard walks, dates and leet.
"""

from zxcvbn import zxcvbn

from nexus_server.accounts.errors import WeakPasswordError

MIN_CHARS = 10
MAX_CHARS = 256
#: zxcvbn's score from 0 to 4; 3 is "safely unguessable": more than 10^8 guesses
MIN_SCORE = 3
#: the estimate's cost grows with the square of the length; what is longer only gets stronger
MAX_ESTIMATED_CHARS = 64


def check_password(password: str, *, email: str, display_name: str) -> None:
    """Refuse a password that is too short, too long or too easy to guess. Takes milliseconds: call it in a thread.

    Raises:
        WeakPasswordError: with the reason.
    """
    reason = _find_weakness(password, [email, *email.split("@"), display_name, *display_name.split(), "nexusai"])
    if reason is not None:
        raise WeakPasswordError(reason, fields={"password": reason})


def _find_weakness(password: str, known: list[str]) -> str | None:
    if len(password) < MIN_CHARS:
        return f"Use at least {MIN_CHARS} characters; a few words in a row are easy to remember."
    if len(password) > MAX_CHARS:
        return f"Use at most {MAX_CHARS} characters."
    estimate = zxcvbn(password[:MAX_ESTIMATED_CHARS], user_inputs=[word.casefold() for word in known])
    if estimate["score"] >= MIN_SCORE:
        return None
    warning = estimate["feedback"]["warning"] or "This password is easy to guess."
    return " ".join([warning.rstrip(".") + ".", "Add another word or two; uncommon words are better."])
