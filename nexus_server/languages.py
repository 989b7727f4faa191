"""The languages of the product's own words. What authors and learners write stays as they wrote it.

English stands in the code; `locale/` holds the other languages as gettext catalogs.
"""

import gettext
from enum import StrEnum
from functools import cache
from pathlib import Path

from nexus_server.phrases import Phrase

CATALOGS = Path(__file__).parent / "locale"
#: the catalog of what the server says; `nexusai` is that of the pages, which JupyterLab reads, too
DOMAIN = "nexus_server"
#: the catalog of what hints say
TUTOR_DOMAIN = "nexus_tutor"


class UserLanguage(StrEnum):
    """A language that the product speaks, by its tag (BCP 47)."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"


#: what gettext and JupyterLab's language packs call them
LOCALES = {UserLanguage.GERMAN: "de_DE", UserLanguage.SPANISH: "es_ES"}
#: what each calls itself
NAMES = {UserLanguage.ENGLISH: "English", UserLanguage.GERMAN: "Deutsch", UserLanguage.SPANISH: "Español"}


def find_language(tag: str | None) -> UserLanguage | None:
    """Return the language that a tag names; None for one that we do not speak."""
    return UserLanguage(tag) if tag in set(UserLanguage) else None


@cache
def catalog_of(language: UserLanguage) -> gettext.NullTranslations:
    """Return the catalog of a language; what it does not have stays English."""
    locale = LOCALES.get(language)
    if locale is None:
        return gettext.NullTranslations()
    catalog = gettext.translation(DOMAIN, CATALOGS, [locale], fallback=True)
    catalog.add_fallback(gettext.translation(TUTOR_DOMAIN, CATALOGS, [locale], fallback=True))
    return catalog


def translate(text: str, language: UserLanguage) -> str:
    """Return a text of the product's own in a language; any other text stays as it is."""
    if not text or language is UserLanguage.ENGLISH:
        return str(text)
    catalog = catalog_of(language)
    if not isinstance(text, Phrase):
        return catalog.gettext(text)
    values = {
        name: translate(value, language) if isinstance(value, str) else value for name, value in text.values.items()
    }
    return catalog.gettext(text.template).format(**values)
