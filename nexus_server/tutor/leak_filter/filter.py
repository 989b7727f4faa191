"""The output gate: what a model wrote reaches a learner only if it is not a solution. Pure.

Three measures, on tokens, so that white space, comments and quotes make no difference:

- the amount of code in the text;
- overlap with a reference solution: whole lines, and the share of its 4-grams;
- overlap in structure, with every name replaced: renaming the variables does not help.

What the learner wrote already (`known`) is theirs to see and never counts.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\"[^\"\n]*\"|'[^'\n]*'|[-+*/%<>=!&|]+=?|[^\s\w]")
_FENCED = re.compile(r"^[ ]{0,3}(```|~~~)[^\n]*\n(.*?)(?:^[ ]{0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_CODE_LINE = re.compile(
    r"^\s*(?:def |class |for .+:\s*$|while .+:\s*$|if .+:\s*$|elif .+:\s*$|else:\s*$|return\b|import |from \w+ import"
    r"|[A-Za-z_][\w.\[\]'\"]*\s*[-+*/]?=[^=]|[A-Za-z_][\w.]*\(.*\)\s*$)"
)
#: the first words of lines that belong to a lab's scaffold rather than to its solution
_SCAFFOLD = frozenset({"def", "class", "import", "from", "@", "pass", "else", "try", "async"})
_KEPT_WORDS = frozenset(keyword.kwlist) | frozenset(dir(builtins))

_LEXICAL_N = 4
_STRUCTURAL_N = 7


class Refusal(StrEnum):
    """Why a text is withheld."""

    TOO_MUCH_CODE = "too_much_code"
    SOLUTION_LINE = "solution_line"
    SOLUTION_OVERLAP = "solution_overlap"
    SOLUTION_STRUCTURE = "solution_structure"


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
    #: n-grams that must be met at least; short solutions are guarded by whole lines
    minimum_hits: int = 3


def find_refusal(
    text: str,
    solutions: Sequence[str] = (),
    *,
    known: str = "",
    whole_lines: bool = True,
    limits: GateLimits | None = None,
) -> Refusal | None:
    """Return why `text` must not be shown, or None.

    `whole_lines` also refuses single lines of a solution; leave it out when comparing with many labs at once, where
    common lines such as ``for i in range(10):`` belong to nobody.
    """
    limits = limits or GateLimits()
    if _has_too_much_code(text, limits):
        return Refusal.TOO_MUCH_CODE
    for solution in solutions:
        if refusal := _compare(text, solution, known, whole_lines=whole_lines, limits=limits):
            return refusal
    return None


def _compare(text: str, solution: str, known: str, *, whole_lines: bool, limits: GateLimits) -> Refusal | None:
    if whole_lines and _repeats_a_line(text, solution, known):
        return Refusal.SOLUTION_LINE
    lexical = _hits(tokens(text), code_tokens(solution), code_tokens(known), _LEXICAL_N)
    if _exceeds(lexical, limits.lexical_share, limits):
        return Refusal.SOLUTION_OVERLAP
    said, secret, own = tokens(_code_of(text)), code_tokens(solution), code_tokens(known)
    structural = _hits(_shape(said), _shape(secret), _shape(own), _STRUCTURAL_N)
    if _exceeds(structural, limits.structural_share, limits):
        return Refusal.SOLUTION_STRUCTURE
    return None


def tokens(text: str) -> list[str]:
    """Return the tokens of code or prose; both kinds of quotes are one."""
    return ["'" + t[1:-1] + "'" if len(t) > 1 and t[0] in "'\"" else t for t in _TOKEN.findall(text)]


def code_tokens(source: str) -> list[str]:
    """Return the tokens of code, without its comments."""
    return tokens(_without_comments(source))


def _without_comments(source: str) -> str:
    return re.sub(r"^((?:[^#'\"\n]|'[^'\n]*'|\"[^\"\n]*\")*)#.*$", r"\1", source, flags=re.MULTILINE)


def _shape(found: Iterable[str]) -> list[str]:
    return [_kind(token) for token in found]


def _kind(token: str) -> str:
    if token[0] == "'":
        return "<text>"
    if token[0].isdigit():
        return "<number>"
    if (token[0].isalpha() or token[0] == "_") and token not in _KEPT_WORDS:
        return "<name>"
    return token


def _grams(found: Sequence[str], n: int) -> set[tuple[str, ...]]:
    return {tuple(found[i : i + n]) for i in range(len(found) - n + 1)}


def _hits(text: Sequence[str], solution: Sequence[str], known: Sequence[str], n: int) -> tuple[int, int]:
    secret = _grams(solution, n) - _grams(known, n)
    return len(secret & _grams(text, n)), len(secret)


def _exceeds(hits: tuple[int, int], share: float, limits: GateLimits) -> bool:
    met, total = hits
    return met >= limits.minimum_hits and met >= share * total


def _repeats_a_line(text: str, solution: str, known: str) -> bool:
    said = f" {' '.join(tokens(text))} "
    written = f" {' '.join(code_tokens(known))} "
    for line in _without_comments(solution).splitlines():
        found = tokens(line)
        joined = f" {' '.join(found)} "
        if len(found) > 2 and found[0] not in _SCAFFOLD and joined in said and joined not in written:  # noqa: PLR2004
            return True
    return False


def _code_of(text: str) -> str:
    blocks = [match[2] for match in _FENCED.finditer(text)]
    rest = _FENCED.sub("\n", text)
    loose = [line for line in rest.splitlines() if _CODE_LINE.match(line)]
    return "\n".join([*blocks, *_INLINE.findall(rest), *loose])


def _has_too_much_code(text: str, limits: GateLimits) -> bool:
    blocks = [_count_lines(match[2].splitlines()) for match in _FENCED.finditer(text)]
    loose = _count_lines([line for line in _FENCED.sub("\n", text).splitlines() if _CODE_LINE.match(line)])
    return max([*blocks, loose]) > limits.block_lines or sum(blocks) + loose > limits.text_lines


def _count_lines(lines: Sequence[str]) -> int:
    return sum(1 for line in lines if line.strip())
