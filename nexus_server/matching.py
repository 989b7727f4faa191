"""Whether a text has the words that somebody looks for, how well, and where. Pure.

Words are compared without regard to case, as parts of words: "convert" finds "converts". A text matches when each of
the words is in its title or its body.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: words of a question that count; more only narrow it down
MAX_WORDS = 10
#: characters that are shown around what was found
EXCERPT_CHARS = 240
#: of them, before the first word that was found
LEAD_CHARS = 60
#: occurrences in a body after which more say nothing
ENOUGH = 10

#: weights of a text's score: for each word in the title, for the words side by side, for many occurrences
_IN_TITLE, _SIDE_BY_SIDE, _OFTEN = 4.0, 2.0, 1.0
_QUOTES = '"“”„«»'
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ExcerptPiece:
    """A part of an excerpt."""

    text: str
    #: whether it is one of the words
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How a text answers a question."""

    score: float
    excerpt: tuple[ExcerptPiece, ...]


def words_of(question: str) -> tuple[str, ...]:
    """Return the different words of a question, in lower case and in order, without quotation marks around them."""
    words = (word.strip(_QUOTES) or word for word in question.lower().split())
    return tuple(dict.fromkeys(words))[:MAX_WORDS]


def match(words: Sequence[str], title: str, body: str) -> Match | None:
    """Return how title and body answer a question; None when a word is in neither."""
    folded, title_folded, body_folded = [word.casefold() for word in words], title.casefold(), body.casefold()
    if not folded or not all(word in title_folded or word in body_folded for word in folded):
        return None
    in_title = sum(word in title_folded for word in folded)
    together = " ".join(folded) in _SPACE.sub(" ", f"{title_folded}\n{body_folded}")
    often = min(ENOUGH, sum(body_folded.count(word) for word in folded)) / ENOUGH
    score = _IN_TITLE * in_title / len(folded) + _SIDE_BY_SIDE * (together and len(folded) > 1) + _OFTEN * often
    return Match(score, excerpt(words, body))


def excerpt(words: Sequence[str], body: str) -> tuple[ExcerptPiece, ...]:
    """Return the part of a body around the first word that is in it, with the words told apart."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    found = pattern.search(body)
    begin = max(0, found.start() - LEAD_CHARS) if found else 0
    begin = _word_begin(body, begin, found.start() if found else 0)
    cut = body[begin : begin + EXCERPT_CHARS]
    text = ("… " if begin else "") + _SPACE.sub(" ", cut).strip() + (" …" if begin + EXCERPT_CHARS < len(body) else "")
    return tuple(_pieces(pattern, text))


def _word_begin(body: str, begin: int, before: int) -> int:
    """Return where the first whole word after `begin` begins, not after `before`."""
    if begin == 0:
        return 0
    space = _SPACE.search(body, begin, before)
    return space.end() if space else begin


def _pieces(pattern: re.Pattern[str], text: str) -> list[ExcerptPiece]:
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [ExcerptPiece(text[at : found.start()]), ExcerptPiece(found[0], is_match=True)]
        at = found.end()
    return [piece for piece in (*pieces, ExcerptPiece(text[at:])) if piece.text]
