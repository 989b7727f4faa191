"""How much there is to read in a text, and how hard it is. Pure."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
#: lines that are no sentences: tables, code, pictures, headings
_NO_PROSE = re.compile(r"^(?:\||\s{4,}|!\[|#).*$", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORD = re.compile(r"[A-Za-z]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][A-Za-z]+)?")
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """Of a text's prose: words, and the school grade that reads it with ease (Flesch-Kincaid); None without words."""

    words: int
    grade: float | None


def reading_of(markdown: str) -> Reading:
    """Measure a Markdown text by the formula of Kincaid et al. (1975); code, tables and headings are left out."""
    prose = _LINK.sub(r"\1", _CODE.sub("x", _NO_PROSE.sub("", _FENCE.sub("", markdown))))
    words = _WORD.findall(prose)
    if not words:
        return Reading(0, None)
    sentences = max(len(_SENTENCE.findall(prose)), 1)
    syllables = sum(map(_syllables, words))
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return Reading(len(words), round(grade, 1))


def _syllables(word: str) -> int:
    """Count groups of vowels; a silent e at the end is none."""
    plain = word.lower().removesuffix("e") if len(word) > 2 else word.lower()  # noqa: PLR2004  the, be
    return max(len(_VOWELS.findall(plain)), 1)
