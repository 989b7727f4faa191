"""In which language a request is answered: the account's, else one chosen before the login, else the browser's."""

from functools import lru_cache

from babel.core import negotiate_locale
from tornado.web import RequestHandler

from nexus_server.languages import UserLanguage, find_language
from nexus_server.web.cookies import is_secure

#: what the links on the pages before the login say, and the cookie that remembers it
CHOICE = "language"
COOKIE = "nexus_language"
COOKIE_DAYS = 365


def language_of(handler: RequestHandler) -> UserLanguage:
    """Return the language of whoever makes a request."""
    learner = getattr(getattr(handler, "_jupyter_current_user", None), "learner", None)
    chosen = getattr(learner, "language", None) or find_language(handler.get_cookie(COOKIE))
    return chosen or preferred_language(handler.request.headers.get("Accept-Language", "")[:200])


def take_choice(handler: RequestHandler) -> UserLanguage:
    """Return the language of a page before the login; a link's choice is remembered in this browser."""
    chosen = find_language(handler.get_query_argument(CHOICE, None))
    if chosen is None:
        return language_of(handler)
    handler.set_cookie(
        COOKIE, chosen, expires_days=COOKIE_DAYS, path="/", httponly=True, secure=is_secure(handler), samesite="Lax"
    )
    return chosen


@lru_cache(maxsize=1_000)
def preferred_language(accept_language: str) -> UserLanguage:
    """Return the language that a browser likes best of ours, by its `Accept-Language` (RFC 9110, 12.5.4)."""
    wanted = []
    for number, part in enumerate(accept_language.split(",")):
        tag, _, options = part.strip().partition(";")
        quality = _quality_of(options)
        if tag and quality > 0:
            wanted.append((-quality, number, tag.lower()))
    found = negotiate_locale([tag for *_, tag in sorted(wanted)], list(UserLanguage), sep="-")
    return UserLanguage(found) if found else UserLanguage.ENGLISH


def _quality_of(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
