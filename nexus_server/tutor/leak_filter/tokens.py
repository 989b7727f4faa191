"""Code and prose as rows of tokens, so that white space, comments and quotes make no difference. Pure."""

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\"[^\"\n]*\"|'[^'\n]*'|[-+*/%<>=!&|]+=?|[^\s\w]")
_KEPT_WORDS = frozenset(keyword.kwlist) | frozenset(dir(builtins))

Gram = tuple[str, ...]


def tokens(text: str) -> list[str]:
    """Return the tokens of code or prose; both kinds of quotes are one."""
    return ["'" + t[1:-1] + "'" if len(t) > 1 and t[0] in "'\"" else t for t in _TOKEN.findall(text)]


def code_tokens(source: str) -> list[str]:
    """Return the tokens of code, without its comments."""
    return tokens(without_comments(source))


def without_comments(source: str) -> str:
    """Return code without its comments."""
    return re.sub(r"^((?:[^#'\"\n]|'[^'\n]*'|\"[^\"\n]*\")*)#.*$", r"\1", source, flags=re.MULTILINE)


def shape_of(found: Iterable[str]) -> list[str]:
    """Return tokens with names, numbers and texts replaced by their kind."""
    return [_kind(token) for token in found]


def _kind(token: str) -> str:
    if token[0] == "'":
        return "<text>"
    if token[0].isdigit():
        return "<number>"
    if (token[0].isalpha() or token[0] == "_") and token not in _KEPT_WORDS:
        return "<name>"
    return token


def grams_of(found: Sequence[str], n: int) -> frozenset[Gram]:
    """Return each `n` tokens that follow one another."""
    return frozenset(tuple(found[i : i + n]) for i in range(len(found) - n + 1))


def row_of(found: Sequence[str]) -> str:
    """Return tokens as one text, in which rows of whole tokens can be looked for."""
    return f" {' '.join(found)} "
