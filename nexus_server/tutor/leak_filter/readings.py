"""Other ways to read a text: what a learner would have by undoing an encoding. Pure."""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from nexus_server.tutor.leak_filter.encodings import decoded, substituted

_SPACED = re.compile(r"(?:(?<=\s)|^)(?:\S[ \t.\-_|*]){5,}\S(?=\s|$)", re.MULTILINE)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_LETTER = re.compile(r"[A-Za-z]")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|~~|`")
_LATEX = re.compile(r"\\[A-Za-z]+\*?(?:\[[^\]\n]*\])?|[{}$&]")
#: a digit in a word, as in `r3turn`
_DIGIT_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-z]+[0-9$@]+[A-Za-z]+")
_DIGITS = str.maketrans("430157$@", "aeoistsa")
#: a name of several words, joined by strokes or by capitals
_LONG_NAME = re.compile(r"\b(?:[A-Za-z0-9]+_){2,}[A-Za-z0-9]+\b|\b[a-z]+(?:[A-Z][a-z0-9]+){2,}\b")
_JOINT = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])")
_DOUBLED = re.compile(r"(\w)\1")
_COMMENT = re.compile(r"^[^\S\n]*(?:#+|//+|--|\*|>|\d+[.)]|[-•])[ \t]?", re.MULTILINE)
#: characters of a text that are read in other ways; an answer is shorter
_LIMIT = 20_000
#: lines from which a text may be meant to be read from top to bottom
_COLUMNS_FROM = 4
#: how much longer such a text becomes at most when its lines are made equally long
_COLUMNS_MOST = 8
#: share of the letters that stand in words, in a text that can be read from left to right
_WORDS_SHARE = 0.5
#: words with digits in them, from which on the digits may stand for letters
_DIGIT_LETTERS_FROM = 3
#: how long a text without its doubled letters is, where all of them were doubled
_ONCE_SHARE = 0.75
#: share of the words that begin with a capital, or are one sign, where words may stand for their first letters
_INITIALS_SHARE, _INITIALS_FROM = 0.8, 20
#: share of the words that one word has where it fills a text up
_FILLED_SHARE = 0.3


def readings(text: str) -> Iterator[str]:
    """Yield `text` itself, without disguise, and then what it says when it is decoded."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:_LIMIT]))
    yield plain
    if (bare := _COMMENT.sub("", plain)) != plain:
        yield bare
    if _LONG_NAME.search(plain):
        yield _LONG_NAME.sub(lambda name: _JOINT.sub(" ", name[0]), plain)
    yield from _unmarked(plain)
    yield from decoded(plain)
    yield codecs.encode(plain, "rot13")
    yield from substituted(plain)
    yield plain[::-1]
    yield "\n".join(line[::-1] for line in plain.splitlines())
    yield "\n".join(" ".join(reversed(line.split())) for line in plain.splitlines())
    yield from _rearranged(plain)
    if _SPACED.search(plain):
        yield _SPACED.sub(lambda match: re.sub(r"(\S)[ \t.\-_|*]", r"\1", match[0]), plain)


def _unmarked(text: str) -> Iterator[str]:
    """Yield the text without tags, emphasis and commands, with letters for digits, and its words' first letters."""
    for marks in (_TAG, _EMPHASIS):
        if marks.search(text):
            yield marks.sub(" ", text)
    if "\\" in text and (bare := _LATEX.sub(" ", text)) != text:
        yield bare
    if len(_DIGIT_LETTER.findall(text)) >= _DIGIT_LETTERS_FROM:
        yield text.translate(_DIGITS)
    if len(once := _DOUBLED.sub(r"\1", text)) < _ONCE_SHARE * len(text):
        yield once
    words = text.split()
    if len(words) >= _INITIALS_FROM:
        initial = sum(len(word) == 1 or word[0].isupper() for word in words)
        if initial >= _INITIALS_SHARE * len(words):
            yield "".join(word[0] for word in words).lower()


def _rearranged(text: str) -> Iterator[str]:
    """Yield the text read from top to bottom, and the text without a word that fills it up."""
    lines = text.splitlines()
    letters, in_words = len(_LETTER.findall(text)), sum(map(len, _LONG_WORD.findall(text)))
    if len(lines) >= _COLUMNS_FROM and in_words < _WORDS_SHARE * letters:
        width = max(map(len, lines))
        if width * len(lines) <= _COLUMNS_MOST * len(text):
            columns = zip(*(line.ljust(width) for line in lines), strict=True)
            yield "\n".join("".join(column).rstrip() for column in columns)
    words = text.split()
    word, count = next(iter(Counter(words).most_common(1)), ("", 0))
    if count >= _FILLED_SHARE * len(words) and count > 1:
        yield " ".join(one for one in words if one != word)
