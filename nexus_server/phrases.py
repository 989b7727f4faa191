"""Texts for people that are said in the reader's language, later and in another place than where they are written.

English stands in the code; `languages.py` has the translations.
"""

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
