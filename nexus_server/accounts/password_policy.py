"""Which passwords are refused, and why: length, and how soon a guesser who knows the person would arrive at it.

NIST SP 800-63B: no rules about kinds of characters, but lists of known and predictable passwords. The estimate is
zxcvbn's (Wheeler, USENIX Security 2016), which knows breached passwords, names, keyboard walks, dates and leet.

It takes each word of a person's name and address for a choice of its own, so `adalovelace1815` would pass for three
good ones. Such words earn nothing here: what is left without them must be hard to guess by itself.
"""

import re
import unicodedata

from nexus_server.accounts.errors import WeakPasswordError
from nexus_server.phrases import gettext_noop, phrase

MIN_CHARS = 10
MAX_CHARS = 256
#: zxcvbn's score from 0 to 4; 3 is "safely unguessable": more than 10^8 guesses
MIN_SCORE = 3
#: the estimate's cost grows with the square of the length; what is longer only gets stronger
MAX_ESTIMATED_CHARS = 64
#: letters of a Latin word that says something: "al" is in many words
MIN_WORD_CHARS = 3
SITE = "nexusai"

PERSONAL = gettext_noop("This is made of your name or your e-mail address.")
ADVICE = gettext_noop("Add another word or two; uncommon words are better.")

#: what zxcvbn says, in its own words
WARNINGS = (
    gettext_noop("Straight rows of keys are easy to guess."),
    gettext_noop("Short keyboard patterns are easy to guess."),
    gettext_noop('Repeats like "aaa" are easy to guess.'),
    gettext_noop('Repeats like "abcabcabc" are only slightly harder to guess than "abc".'),
    gettext_noop('Sequences like "abc" or "6543" are easy to guess.'),
    gettext_noop("Recent years are easy to guess."),
    gettext_noop("Dates are often easy to guess."),
    gettext_noop("This is a top-10 common password."),
    gettext_noop("This is a top-100 common password."),
    gettext_noop("This is a very common password."),
    gettext_noop("This is similar to a commonly used password."),
    gettext_noop("A word by itself is easy to guess."),
    gettext_noop("Names and surnames by themselves are easy to guess."),
    gettext_noop("Common names and surnames are easy to guess."),
)

#: what is read as which letter; `i` and `l` are one, as `1` and `!` stand for both
_LEET = dict(zip("@4301!i$57", "aaeolllsst", strict=True))


def check_password(password: str, *, email: str, display_name: str) -> None:
    """Refuse a password that is too short, too long or too easy to guess. Takes milliseconds: call it in a thread.

    Raises:
        WeakPasswordError: with the reason.
    """
    reason = _find_weakness(password, [email, *re.findall(r"[^\W_]+", f"{display_name} {email}")])
    if reason is not None:
        raise WeakPasswordError(reason, fields={"password": reason})


def _find_weakness(password: str, known: list[str]) -> str | None:
    if len(password) < MIN_CHARS:
        return phrase("Use at least {count} characters; a few words in a row are easy to remember.", count=MIN_CHARS)
    if len(password) > MAX_CHARS:
        return phrase("Use at most {count} characters.", count=MAX_CHARS)
    warning = _estimate(password, [SITE, *known])
    left = _without(password, known)
    if left != password and _estimate(left, [SITE]) is not None:
        warning = PERSONAL
    return phrase("{warning} {advice}", warning=warning, advice=ADVICE) if warning else None


def _estimate(password: str, known: list[str]) -> str | None:
    """Return what makes a password easy to guess, as a sentence; None when it is not."""
    if not password:
        return PERSONAL
    from zxcvbn import zxcvbn  # noqa: PLC0415  its lists of words take a tenth of a second to read

    estimate = zxcvbn(password[:MAX_ESTIMATED_CHARS], user_inputs=[word.casefold() for word in known])
    if estimate["score"] >= MIN_SCORE:
        return None
    warning: str = estimate["feedback"]["warning"] or gettext_noop("This password is easy to guess.")
    return warning.rstrip(".") + "."


def _without(password: str, words: list[str]) -> str:
    """Return a password without a person's words, forwards or backwards, whatever their case, accents and leet."""
    plain = {_plain(word) for word in words if len(word) >= MIN_WORD_CHARS or not word.isascii()}
    spellings = sorted(plain | {word[::-1] for word in plain}, key=len, reverse=True)
    if not spellings:
        return password
    pattern = re.compile("|".join(map(re.escape, spellings)))
    left, end = [], 0
    for found in pattern.finditer(_plain(password)):
        left.append(password[end : found.start()])
        end = found.end()
    return "".join([*left, password[end:]])


def _plain(text: str) -> str:
    """Return a text as a guesser reads it, with as many characters."""
    letters = (unicodedata.normalize("NFKD", letter.lower())[0] for letter in text)
    return "".join(_LEET.get(letter, letter) for letter in letters)
