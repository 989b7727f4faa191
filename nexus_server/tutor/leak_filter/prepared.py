"""Solutions that are prepared for being looked for: once for each, and handed on to the processes that compare."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from nexus_server.tutor.leak_filter.neutral import neutral_lines
from nexus_server.tutor.leak_filter.tokens import (
    Gram,
    code_tokens,
    grams_of,
    row_of,
    shape_of,
    tokens,
    without_comments,
)

#: tokens in a row that are compared: as they stand, with names replaced, and in plain words
LEXICAL_N = 4
STRUCTURAL_N = 7
NEUTRAL_N = 3
#: the first words of lines that belong to a lab's scaffold rather than to its solution
_SCAFFOLD = frozenset({"def", "class", "import", "from", "@", "pass", "else", "try", "async"})
#: words from which a line is known in prose
_SPOKEN_WORDS = 5
#: tokens of a line from which its shape tells something
_SHAPED_TOKENS = 5
#: seconds of computing that others notice
_NOTICED_S = 0.0005
#: solutions that stay prepared: more than a site has labs
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Secret:
    """A solution, prepared for being looked for."""

    lines: tuple[str, ...]
    spoken_lines: tuple[str, ...]
    line_shapes: frozenset[Gram]
    lexical: frozenset[Gram]
    structural: frozenset[Gram]
    neutral: frozenset[Gram]

    @classmethod
    def of(cls, solution: str) -> "Secret":
        """Prepare `solution`."""
        found = code_tokens(solution)
        plain = neutral_lines(without_comments(solution))
        return cls(
            tuple(_telling_lines(solution)),
            tuple(_spoken_lines(plain)),
            line_shapes(without_comments(solution)),
            grams_of(found, LEXICAL_N),
            grams_of(shape_of(found), STRUCTURAL_N),
            grams_of([word for line in plain for word in line], NEUTRAL_N),
        )

    def parts(self) -> list[list[str] | list[list[str]]]:
        """Return what it holds, as JSON can hold it. Grams of one length are one list of tokens: it is read sooner."""
        grams = (self.lexical, self.structural, self.neutral)
        return [
            list(self.lines),
            list(self.spoken_lines),
            [list(shape) for shape in self.line_shapes],
            *(list(chain.from_iterable(each)) for each in grams),
        ]

    @classmethod
    def of_parts(cls, parts: Sequence[Sequence[Any]]) -> "Secret":
        """Make one of its parts."""
        lines, spoken_lines, shapes, *rows = parts
        grams = (
            frozenset(zip(*[iter(row)] * n, strict=True))
            for row, n in zip(rows, (LEXICAL_N, STRUCTURAL_N, NEUTRAL_N), strict=True)
        )
        return cls(tuple(lines), tuple(spoken_lines), frozenset(map(tuple, shapes)), *grams)


#: every lab's solution is looked for in every text
_prepared: dict[str, Secret] = {}


def prepared(solution: str) -> Secret:
    """Return a solution as it is looked for; it is prepared once."""
    secret = _prepared.get(solution)
    return _keep(solution, Secret.of(solution)) if secret is None else secret


def prepare(solutions: Iterable[str]) -> None:
    """Prepare solutions for being looked for, and leave others as much time in between: all of a site take a while.

    A thread that only computes takes the interpreter from the event loop again and again.
    """
    for solution in solutions:
        begun = time.perf_counter()
        prepared(solution)
        if (took_s := time.perf_counter() - begun) > _NOTICED_S:  # it was not prepared before
            time.sleep(took_s)


def packed(solutions: Iterable[str]) -> bytes:
    """Return solutions with all that `prepare` found out, for `unpack` in another process: a line of JSON for each.

    Each is packed by itself, so that other threads have their turn in between.
    """
    return b"\n".join(json.dumps([solution, *prepared(solution).parts()]).encode() for solution in solutions)


def unpack(data: bytes) -> list[str]:
    """Return the solutions that `packed` took. They are prepared in this process from here on."""
    found = [json.loads(line) for line in data.splitlines()]
    for solution, *parts in found:
        _keep(solution, Secret.of_parts(parts))
    return [str(solution) for solution, *_ in found]


def line_shapes(code: str) -> frozenset[Gram]:
    """Return the kinds of lines of some code: rows of tokens with names, numbers and texts replaced."""
    shapes = (tuple(shape_of(tokens(line))) for line in code.splitlines())
    return frozenset(shape for shape in shapes if len(shape) >= _SHAPED_TOKENS)


def _keep(solution: str, secret: Secret) -> Secret:
    if len(_prepared) >= _KEPT:
        _prepared.clear()
    _prepared[solution] = secret
    return secret


def _spoken_lines(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines, in plain words, that say something even when they are told in words."""
    for found in lines:
        if len(found) >= _SPOKEN_WORDS and found[0] not in _SCAFFOLD:
            yield row_of(found)


def _telling_lines(solution: str) -> Iterator[str]:
    """Yield the lines that say something by themselves, as rows of tokens."""
    for line in without_comments(solution).splitlines():
        found = tokens(line)
        if len(found) > 2 and found[0] not in _SCAFFOLD:  # noqa: PLR2004
            yield row_of(found)
