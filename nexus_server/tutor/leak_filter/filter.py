"""The output gate: what a model wrote reaches a learner only if it is not a solution. Pure.

Four measures, on tokens, so that white space, comments and quotes make no difference:

- the amount of code in the text;
- overlap with a reference solution: whole lines, and the share of its 4-grams;
- overlap in structure, with every name replaced: renaming the variables does not help;
- overlap in plain words, so that a solution told in prose or in another language is still one.

They are taken of every reading of the text: as it stands, decoded, reversed, without comment marks; and of the text
behind what the conversation gave away before.

What the learner wrote already (`known`) is theirs to see and never counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from nexus_server.tutor.leak_filter.disguise import is_disguised
from nexus_server.tutor.leak_filter.neutral import neutral
from nexus_server.tutor.leak_filter.own_words import tells_own_words
from nexus_server.tutor.leak_filter.prepared import LEXICAL_N, NEUTRAL_N, STRUCTURAL_N, Secret, line_shapes, prepared
from nexus_server.tutor.leak_filter.readings import readings
from nexus_server.tutor.leak_filter.scrambled import is_transposed, unscrambled
from nexus_server.tutor.leak_filter.tokens import (
    Gram,
    code_tokens,
    grams_of,
    row_of,
    shape_of,
    tokens,
    without_comments,
)

_FENCED = re.compile(r"^[ ]{0,3}(```|~~~)[^\n]*\n(.*?)(?:^[ ]{0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
#: where a line of code may begin inside of a sentence: "The next part is: total = 0"
_PARTS = re.compile(r"(?<=[:.;]) +(?=\S)")
_CODE_LINE = re.compile(
    r"^\s*(?:def |class |for .+:\s*$|while .+:\s*$|if .+:\s*$|elif .+:\s*$|else:\s*$|return\b|import |from \w+ import"
    r"|[A-Za-z_][\w.\[\]'\"]*\s*[-+*/]?=[^=]|[A-Za-z_][\w.]*\(.*\)\s*$)"
)
#: characters of a line from which it is known even without its spaces
_SQUEEZED = 12
#: parts of a solution that were given one after another count from a smaller share on
_OVER_TURNS = 0.6
_LINES_OVER_TURNS = 0.4


class Refusal(StrEnum):
    """Why a text is withheld."""

    TOO_MUCH_CODE = "too_much_code"
    SOLUTION_LINE = "solution_line"
    SOLUTION_OVERLAP = "solution_overlap"
    SOLUTION_STRUCTURE = "solution_structure"
    SOLUTION_IN_WORDS = "solution_in_words"
    DISGUISED = "disguised"
    WORD_TO_AVOID = "word_to_avoid"


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How much is too much."""

    #: lines of code in one block, and in the whole text
    block_lines: int = 5
    text_lines: int = 8
    #: share of a solution's 4-grams, 0 to 1
    lexical_share: float = 0.3
    #: share of a solution's 7-grams with names replaced, 0 to 1
    structural_share: float = 0.5
    #: share of a solution's rows of three plain words, 0 to 1: of the node's own, and of any other lab's
    neutral_share: float = 0.45
    neutral_share_elsewhere: float = 0.75
    #: n-grams that must be met at least; short solutions are guarded by whole lines
    minimum_hits: int = 3
    #: share of a solution's kinds of lines, with names replaced, that a conversation may show; 0: not looked at
    lines_share: float = 0.0

    def over_turns(self) -> "GateLimits":
        """Return the limits for a whole conversation."""
        return replace(
            self,
            lexical_share=self.lexical_share * _OVER_TURNS,
            structural_share=self.structural_share * _OVER_TURNS,
            neutral_share=self.neutral_share * _OVER_TURNS,
            lines_share=_LINES_OVER_TURNS,
            minimum_hits=2,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A text in one of its readings, prepared for being compared with many solutions."""

    joined: str
    spoken: str
    #: all tokens in a row, with names, numbers and texts replaced
    shape: str
    line_shapes: frozenset[Gram]
    lexical: frozenset[Gram]
    structural: frozenset[Gram]
    neutral: frozenset[Gram]

    @classmethod
    def of(cls, text: str) -> "Said":
        """Prepare `text`."""
        found = tokens(text)
        code = _code_of(text)
        shape = grams_of(shape_of(tokens(code)), STRUCTURAL_N)
        plain = neutral(text)
        return cls(
            row_of(found),
            row_of(plain),
            row_of(shape_of(found)),
            line_shapes(code),
            grams_of(found, LEXICAL_N),
            shape,
            grams_of(plain, NEUTRAL_N),
        )


@lru_cache(maxsize=64)  # the learner's own code stays the same while an answer streams
def _known(known: str) -> Said:
    found = code_tokens(known)
    plain = neutral(without_comments(known))
    shape = grams_of(shape_of(found), STRUCTURAL_N)
    return Said(
        row_of(found),
        row_of(plain),
        row_of(shape_of(found)),
        line_shapes(known),
        grams_of(found, LEXICAL_N),
        shape,
        grams_of(plain, NEUTRAL_N),
    )


def find_refusal(
    text: str,
    solutions: Sequence[str] = (),
    *,
    known: str = "",
    earlier: str = "",
    whole_lines: bool = True,
    limits: GateLimits | None = None,
) -> Refusal | None:
    """Return why `text` must not be shown, or None.

    `earlier` is what the conversation gave away before: a solution told in parts is the same solution.
    `whole_lines` also refuses single lines of a solution; leave it out when comparing with many labs at once, where
    common lines such as ``for i in range(10):`` belong to nobody.
    """
    limits = limits or GateLimits()
    if _has_too_much_code(text, limits):
        return Refusal.TOO_MUCH_CODE
    if is_disguised(text):
        return Refusal.DISGUISED
    shown = find_shown(text, solutions, known=known, earlier=earlier, whole_lines=whole_lines, limits=limits)
    return None if shown is None else shown[1]


def find_shown(
    text: str,
    solutions: Sequence[str],
    *,
    known: str = "",
    earlier: str = "",
    whole_lines: bool = True,
    limits: GateLimits | None = None,
) -> tuple[str, Refusal] | None:
    """Return the first of `solutions` that `text` shows, and how, or None; however long or strange `text` is.

    The options are those of `find_refusal`.
    """
    if not solutions:
        return None
    limits = limits or GateLimits()
    read = list(readings(text))
    if whole_lines:
        read += [one for own in solutions for one in unscrambled(text, own)]
    conversation = [f"{earlier}\n{text}"] if earlier else []
    if whole_lines:
        for own in solutions:
            if is_transposed(text, own) and not is_transposed(known, own):
                return own, Refusal.SOLUTION_OVERLAP
            if any(tells_own_words(one, own, known) for one in (*read, *conversation)):
                return own, Refusal.SOLUTION_IN_WORDS
    checks = [(Said.of(reading), limits) for reading in read]
    checks += [(Said.of(whole), limits.over_turns()) for whole in conversation]
    for solution in solutions:
        for reading, allowed in checks:
            if refusal := _compare(reading, prepared(solution), _known(known), whole_lines=whole_lines, limits=allowed):
                return solution, refusal
    return None


def _compare(said: Said, secret: Secret, known: Said, *, whole_lines: bool, limits: GateLimits) -> Refusal | None:
    if whole_lines and _tells_a_line(said, secret, known):
        return Refusal.SOLUTION_LINE
    if _exceeds(said.lexical, secret.lexical - known.lexical, limits.lexical_share, limits):
        return Refusal.SOLUTION_OVERLAP
    if limits.lines_share and _shows_kinds_of_lines(said, secret.line_shapes - known.line_shapes, limits):
        return Refusal.SOLUTION_STRUCTURE
    if _exceeds(said.structural, secret.structural - known.structural, limits.structural_share, limits):
        return Refusal.SOLUTION_STRUCTURE
    share = limits.neutral_share if whole_lines else limits.neutral_share_elsewhere
    if _exceeds(said.neutral, secret.neutral - known.neutral, share, limits):
        return Refusal.SOLUTION_IN_WORDS
    return None


def _shows_kinds_of_lines(said: Said, secret: frozenset[Gram], limits: GateLimits) -> bool:
    """Return whether a conversation holds many of a solution's kinds of lines, also in the middle of sentences."""
    within = {shape for shape in secret if sum(map(_is_sign, shape)) > 1 and row_of(shape) in said.shape}
    return _exceeds(said.line_shapes | within, secret, limits.lines_share, limits)


def _is_sign(token: str) -> bool:
    return (not token[0].isalnum() and token[0] not in "_<") or token in {"<", "<="}


def _tells_a_line(said: Said, secret: Secret, known: Said) -> bool:
    if any(line in said.joined and line not in known.joined for line in secret.lines):
        return True
    if any(line in said.spoken and line not in known.spoken for line in secret.spoken_lines):
        return True
    closed, own = (row.replace(" ", "").casefold() for row in (said.joined, known.joined))
    squeezed = (line.replace(" ", "").casefold() for line in secret.lines)
    return any(len(line) >= _SQUEEZED and line in closed and line not in own for line in squeezed)


def _exceeds(said: frozenset[Gram], secret: frozenset[Gram], share: float, limits: GateLimits) -> bool:
    met = len(said & secret)
    return met >= limits.minimum_hits and met >= share * len(secret)


def _code_of(text: str) -> str:
    blocks = [match[2] for match in _FENCED.finditer(text)]
    rest = _FENCED.sub("\n", text)
    loose = [part for line in rest.splitlines() for part in _PARTS.split(line) if _CODE_LINE.match(part)]
    return "\n".join([*blocks, *_INLINE.findall(rest), *loose])


def _has_too_much_code(text: str, limits: GateLimits) -> bool:
    blocks = [_count_lines(match[2].splitlines()) for match in _FENCED.finditer(text)]
    loose = _count_lines([line for line in _FENCED.sub("\n", text).splitlines() if _CODE_LINE.match(line)])
    return max([*blocks, loose]) > limits.block_lines or sum(blocks) + loose > limits.text_lines


def _count_lines(lines: Sequence[str]) -> int:
    return sum(1 for line in lines if line.strip())
