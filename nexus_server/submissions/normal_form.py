"""When two answers are the same but for how they are written. Pure.

A *normal form* is a text that equal answers share. Code loses comments, docstrings, layout and the choice of names;
prose loses capitals, punctuation and layout. Words keep their order, and numbers their value: "not" and "3" matter.
Code that is no Python is compared as prose with its capitals and signs.
"""

import builtins
import difflib
import io
import keyword
import tokenize
from collections.abc import Collection

#: letters from which on a word that is spelled nearly alike is taken for a typing error
MIN_LETTERS = 5
#: how alike two spellings of a word are, 0 to 1
SPELLING = 0.8

_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}
_KNOWN = frozenset(dir(builtins))


def of_code(source: str, given: Collection[str] = ()) -> str:
    """Return a program's normal form; names that were `given`, or are Python's own, stay as they are."""
    try:
        tokens = _tokens(source)
    except (tokenize.TokenError, SyntaxError):
        return " ".join(source.split())
    names: dict[str, str] = {}
    parts: list[str] = []
    after = ""
    for token in _without_docstrings(tokens):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            is_attribute = after == "."
            free = not is_attribute and token.string not in given and token.string not in _KNOWN
            parts.append(names.setdefault(token.string, f"name{len(names)}") if free else token.string)
        else:
            parts.append(_plain(token))
        after = token.string
    return " ".join(parts).strip()


def of_prose(text: str) -> str:
    """Return a text's words, small, with one space between them; signs of arithmetic and numbers stay."""
    kept = "".join(
        c if c.isalnum() or c in "+-*/=<>%^" else "." if _is_point(text, at) else " " for at, c in enumerate(text)
    )
    return " ".join(kept.casefold().split())


def is_misspelled(words: list[str], others: list[str]) -> bool:
    """Whether two proses differ by typing errors alone: as many words, each equal or spelled nearly alike."""
    return len(words) == len(others) and all(
        word == other or _is_spelled_alike(word, other) for word, other in zip(words, others, strict=True)
    )


def spelling_key(words: list[str]) -> tuple[str, ...]:
    """Return what proses share that differ by typing errors alone: few others have to be compared with one."""
    return tuple(word[0] if len(word) >= MIN_LETTERS and word.isalpha() else f"={word}" for word in words)


def _is_spelled_alike(word: str, other: str) -> bool:
    if min(len(word), len(other)) < MIN_LETTERS or abs(len(word) - len(other)) > 1:
        return False
    if not (word.isalpha() and other.isalpha()) or word[0] != other[0]:
        return False
    return difflib.SequenceMatcher(None, word, other, autojunk=False).ratio() >= SPELLING


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    return [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in _LAYOUT]


def names_in(source: str) -> set[str]:
    """Return the names in a program; none of what is no Python."""
    try:
        return {token.string for token in _tokens(source) if token.type == tokenize.NAME}
    except (tokenize.TokenError, SyntaxError):
        return set()


def _without_docstrings(tokens: list[tokenize.TokenInfo]) -> list[tokenize.TokenInfo]:
    """Leave out texts that stand alone on their line: they do nothing."""
    kept: list[tokenize.TokenInfo] = []
    begins, was_text = True, False
    for token, after in zip(tokens, [*tokens, None][1:], strict=True):
        if was_text:  # its end of line goes with it
            was_text = False
            continue
        if token.type == tokenize.STRING and begins and (after is None or after.type == tokenize.NEWLINE):
            was_text = after is not None
            continue
        kept.append(token)
        begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return kept


def _plain(token: tokenize.TokenInfo) -> str:
    if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
        return {tokenize.NEWLINE: ";", tokenize.INDENT: "{", tokenize.DEDENT: "}"}[token.type]
    if (
        token.type == tokenize.STRING
        and token.string[:1] == "'"
        and '"' not in token.string
        and "\\" not in token.string
    ):
        return f'"{token.string.strip(chr(39))}"'
    return token.string


def _is_point(text: str, at: int) -> bool:
    """Whether a sign is the point of a number."""
    return text[at] in ".," and 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
