"""How alike two submissions are: winnowing over normalised tokens. Pure, and advisory only.

Winnowing: Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003. Names,
numbers and texts are replaced by their kind first, so that renaming hides nothing; what the student version gave is
taken out.
"""

import hashlib
import io
import json
import keyword
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

#: tokens in a k-gram: shorter matches are chance
K = 12
#: k-grams in a window: a match of K + WINDOW - 1 tokens is always found
WINDOW = 6
#: places at which a broken program is taken up again
MAX_BREAKS = 50

_SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """A text's fingerprints: hash to the lines (from 1) on which it first occurs."""

    lines: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions and how much of the smaller one is in the other, 0 to 1."""

    first: str
    second: str
    similarity: float
    #: matching line ranges: (first of a, last of a, first of b, last of b)
    matches: tuple[tuple[int, int, int, int], ...]


def fingerprints(code: str) -> Fingerprints:
    """Return a program's fingerprints; what is no Python in it is stepped over."""
    tokens = _tokens(code)
    grams = [
        (_hash([kind for kind, _ in tokens[at : at + K]]), (tokens[at][1], tokens[at + K - 1][1]))
        for at in range(len(tokens) - K + 1)
    ]
    chosen: dict[int, tuple[int, int]] = {}
    for at in range(max(1, len(grams) - WINDOW + 1)):
        window = grams[at : at + WINDOW]
        if window:
            value, lines = min(reversed(window), key=lambda gram: gram[0])
            chosen.setdefault(value, lines)
    return Fingerprints(chosen)


def similar_pairs(
    submissions: Mapping[str, str], template: str, *, threshold: float = 0.5, limit: int | None = None
) -> list[Pair]:
    """Return the pairs at or above `threshold`, the most alike first, at most `limit` of them.

    `template` is what everybody was given.
    """
    given = _all_grams(template)
    prints = {
        name: {value: lines for value, lines in fingerprints(code).lines.items() if value not in given}
        for name, code in submissions.items()
    }
    shares = ((_share(prints[a], prints[b]), a, b) for a, b in combinations(sorted(prints), 2))
    chosen = sorted((each for each in shares if each[0] >= threshold), key=lambda each: -each[0])[:limit]
    return [Pair(a, b, share, _matches(prints[a], prints[b])) for share, a, b in chosen]


def similar_pairs_task(
    body: bytes, *, template: str, threshold: float, limit: int
) -> tuple[list[dict[str, Any]], bytes]:
    """`similar_pairs` as a task of `offload/`: programs by name in JSON in, the pairs' fields out."""
    pairs = similar_pairs(json.loads(body), template, threshold=threshold, limit=limit)
    return [asdict(pair) for pair in pairs], b""


def _share(of_a: Mapping[int, tuple[int, int]], of_b: Mapping[int, tuple[int, int]]) -> float:
    smaller = min(len(of_a), len(of_b))
    return len(of_a.keys() & of_b.keys()) / smaller if smaller else 0.0


def _matches(
    of_a: Mapping[int, tuple[int, int]], of_b: Mapping[int, tuple[int, int]]
) -> tuple[tuple[int, int, int, int], ...]:
    shared = sorted(of_a.keys() & of_b.keys(), key=lambda value: of_a[value])
    return tuple((*of_a[value], *of_b[value]) for value in shared)


def _all_grams(code: str) -> set[int]:
    kinds = [kind for kind, _ in _tokens(code)]
    return {_hash(kinds[at : at + K]) for at in range(len(kinds) - K + 1)}


def _tokens(code: str) -> list[tuple[str, int]]:
    """Return each token's kind and line; learners hand in unfinished programs, so what is broken is stepped over."""
    found: list[tuple[str, int]] = []
    lines, start = code.splitlines(keepends=True), 0
    for _ in range(MAX_BREAKS):
        before = len(found)
        try:
            for token in tokenize.generate_tokens(io.StringIO("".join(lines[start:])).readline):
                if token.type not in _SKIPPED:
                    found.append((_normalised(token), start + token.start[0]))  # noqa: PERF401  those before an error count
        except (tokenize.TokenError, SyntaxError):
            start = found[-1][1] if len(found) > before and found[-1][1] > start else start + 1
            continue
        break
    return found


def _normalised(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return token.string if keyword.iskeyword(token.string) else "name"
    if token.type in (tokenize.NUMBER, tokenize.STRING):
        return tokenize.tok_name[token.type]
    return token.string


def _hash(kinds: Sequence[str]) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(kinds).encode(), digest_size=8).digest(), "big")
