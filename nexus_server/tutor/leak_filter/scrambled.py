"""Words, and whole texts, whose letters have changed places: known by the letters of a solution. Pure.

Whichever places the letters change, they stay the same letters. So a word is known by its sorted letters, and no list
of ways to scramble is needed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from nexus_server.tutor.leak_filter.tokens import without_comments

#: what may be scrambled: everything between blanks, or each name
_PIECES = (re.compile(r"\S{3,}"), re.compile(r"[A-Za-z_]\w{2,}"))
#: pieces of a text that are scrambled words of a solution, from which on that is no chance
_SCRAMBLED_FROM = 4
#: signs of a solution from which on its letters are its own, and the share of both texts that has to agree
_SIGNS_FROM, _AGREE = 32, 0.94


@lru_cache(maxsize=256)
def _signs(solution: str) -> Counter[str]:
    return _count(without_comments(solution))


def _count(text: str) -> Counter[str]:
    return Counter("".join(text.split()).casefold())


def is_transposed(text: str, solution: str) -> bool:
    """Return whether a text, or a part of it, is made of the very signs of `solution`, in whatever order."""
    secret = _signs(solution)
    if secret.total() < _SIGNS_FROM:
        return False
    parts = {text, *text.split("\n\n"), *text.splitlines()}
    return any(_agree(_count(part), secret) for part in parts if len(part) >= _AGREE * secret.total())


def _agree(said: Counter[str], secret: Counter[str]) -> bool:
    return (said & secret).total() >= _AGREE * max(said.total(), secret.total())


@lru_cache(maxsize=256)
def _by_letters(solution: str, pattern: re.Pattern[str]) -> dict[str, str]:
    return {_letters(piece): piece for piece in pattern.findall(without_comments(solution))}


def _letters(piece: str) -> str:
    return "".join(sorted(piece))


def unscrambled(text: str, solution: str) -> Iterator[str]:
    """Yield `text` with the words of `solution` whose letters it holds in another order, where there are several."""
    for pattern in _PIECES:
        right = _by_letters(solution, pattern)
        pieces = {piece: right.get(_letters(piece), piece) for piece in set(pattern.findall(text))}
        if sum(was != piece for was, piece in pieces.items()) >= _SCRAMBLED_FROM:
            yield pattern.sub(lambda match, pieces=pieces: pieces[match[0]], text)  # type: ignore[misc]
