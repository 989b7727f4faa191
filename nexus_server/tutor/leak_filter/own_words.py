"""A solution's own words: its names, numbers and texts, whatever is said between them, and in whatever order. Pure.

Another language's keywords, markup, or a sentence around each word leave a solution's names where they are. So a text
is read with those words alone, and the row that is left is compared with the solution's.
"""

import keyword
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from nexus_server.tutor.leak_filter.disguise import COMMON
from nexus_server.tutor.leak_filter.neutral import neutral
from nexus_server.tutor.leak_filter.tokens import Gram, grams_of, without_comments

_WORD = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?")
_PIECE = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/%<>=!&|]+")
_TEXT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
#: where code gives a name: what stands before `=`, behind `for`, between a function's brackets
_STORED = re.compile(
    r"^\s*([\w, ]+?)\s*(?:[-+*/%]|//|\*\*)?=(?!=)|\bfor ([\w, ]+?) in\b|\bdef \w+\(([^)]*)\)|\blambda ([\w, ]*):"
    r"|\bas (\w+)",
    re.MULTILINE,
)
_NAME = re.compile(r"[A-Za-z_]\w*")
_VOWEL = re.compile(r"(?<=\w)[aeiou]")
_N = 3
#: share of the solution's rows of three words, and how many of them at least; honest answers have less than 0.05
_SHARE, _MINIMUM = 0.4, 5
#: the same for what stays when a solution is renamed, of which there is less
_FIXED_N, _FIXED_SHARE, _FIXED_MINIMUM = 4, 0.5, 6
#: words of code that are told in words of every language
_SAID_OTHERWISE = frozenset({"=", *keyword.kwlist})
#: share of the solution's pieces that a text holds, and of the text that they are; honest ones hold less than 0.2
_BAG_SHARE, _BAG_DENSITY, _BAG_MINIMUM = 0.75, 0.25, 14


@dataclass(frozen=True)
class _Own:
    """The words of a solution, prepared for being looked for."""

    words: frozenset[str]
    grams: frozenset[Gram]
    #: the same without numbers, texts and the commonest words: those belong to what is said between
    names: frozenset[str]
    name_grams: frozenset[Gram]
    #: what stays when every name is replaced: operators, numbers, and names that belong to others
    fixed: frozenset[str]
    fixed_grams: frozenset[Gram]
    pieces: Counter[str]


@lru_cache(maxsize=256)
def _own(solution: str) -> _Own:
    plain = without_comments(solution)
    row = _words(plain)
    code = _words(_TEXT.sub(" ", plain))
    names = [word for word in code if not word[0].isdigit() and word not in COMMON]
    fixed = _fixed_words(plain)
    return _Own(
        frozenset(row),
        grams_of(row, _N),
        frozenset(names),
        grams_of(names, _N),
        fixed,
        grams_of([word for word in neutral(plain) if word in fixed], _FIXED_N),
        _pieces(plain),
    )


def _fixed_words(code: str) -> frozenset[str]:
    stored = {name for match in _STORED.finditer(code) for part in match.groups("") for name in _NAME.findall(part)}
    left = {name.casefold() for name in stored} | _SAID_OTHERWISE
    return frozenset(word for word in neutral(_TEXT.sub(" ", code)) if word not in left and word not in COMMON)


def tells_own_words(text: str, solution: str, known: str) -> bool:
    """Return whether `text` holds most of the words of `solution` in their order, or nearly all of it in any order."""
    own = _own(solution)
    return (
        _in_order(text, known, own.words, own.grams)
        or _in_order(text, known, own.names, own.name_grams)
        or _in_any_order(text, known, own)
        or _is_renamed(text, known, own)
    )


def _is_renamed(text: str, known: str, own: _Own) -> bool:
    """Return whether what stays of a renamed solution is there in its order, whatever is said between."""
    rows = ([word for word in neutral(each) if word in own.fixed] for each in (known, text))
    seen, said = (grams_of(row, _FIXED_N) for row in rows)
    secret = own.fixed_grams - seen
    met = len(said & secret)
    return met >= _FIXED_MINIMUM and met >= _FIXED_SHARE * len(own.fixed_grams)


def _in_order(text: str, known: str, words: frozenset[str], grams: frozenset[Gram]) -> bool:
    secret = grams - grams_of(_row(known, words), _N)
    met = len(grams_of(_row(text, words), _N) & secret)
    return met >= _MINIMUM and met >= _SHARE * len(grams)


def _row(text: str, words: frozenset[str]) -> list[str]:
    return [word for word in _words(text) if word in words]


def _words(text: str) -> list[str]:
    """Return names and numbers in a form that stays the same when vowels are left out."""
    return [_VOWEL.sub("", word.casefold()) for word in _WORD.findall(text) if not keyword.iskeyword(word)]


def _in_any_order(text: str, known: str, own: _Own) -> bool:
    secret = own.pieces - _pieces(known)
    if secret.total() < _BAG_MINIMUM:
        return False
    said = _pieces(text)
    met = (secret & said).total()
    telling = sum(count for word, count in said.items() if word not in COMMON and not word[0].isdigit())
    return met >= _BAG_SHARE * secret.total() and met >= _BAG_DENSITY * telling


def _pieces(text: str) -> Counter[str]:
    return Counter(found.casefold() for found in _PIECE.findall(text))
