"""Texts for people that are said in the reader's language, later and in another place than where they are written.

English stands in the code; `languages.py` has the translations.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Self


class Phrase(str):
    """A sentence with values in it: English as it is, and able to be said in another language."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill `values` into the named places of `template` (`str.format`)."""
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made


#: the call that marks a template for the catalogs
phrase = Phrase


def gettext_noop(text: str) -> str:
    """Mark a text without values for the catalogs."""
    return text


@cache
def pattern_of(template: str, end: str = "") -> re.Pattern[str]:
    """Return what a text made from a template fits, with a group for each value; `end` may follow it."""
    parts = (re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, _, _ in Formatter().parse(template))
    return re.compile("".join(parts) + end)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill in values that are texts already: a number's format is not asked again."""
    return "".join(text + (values[name] if name else "") for text, name, _, _ in Formatter().parse(template))
