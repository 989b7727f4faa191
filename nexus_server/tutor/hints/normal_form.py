"""What requests have in common that share a text: code without its spacing, messages without addresses. Pure."""

import io
import re
import tokenize
from collections import defaultdict

from nexus_server.tutor.failure import Failure, Language

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})


def stable(message: str) -> str:
    """Return a message without the addresses of objects, which differ from run to run."""
    return _ADDRESS.sub("0x0", message)


def normalised(failure: Failure) -> str:
    """Return the cell without spacing that means nothing; what stands on a line stays on it, so that lines agree.

    Comments stay: a learner may ask something in one.
    """
    if failure.guessed_language is Language.PYTHON and (rows := _rows(failure.cell_source)) is not None:
        return "\n".join(rows)
    return "\n".join(line.rstrip() for line in failure.lines)


def _rows(source: str) -> list[str] | None:
    """Return the tokens of each line behind its indentation, or None when the cell does not fall into tokens."""
    lines = source.splitlines()
    found: defaultdict[int, list[str]] = defaultdict(list)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _LAYOUT:
                found[token.start[0]].append(token.string)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return [_indentation(line) + " ".join(found[number]) for number, line in enumerate(lines, 1)]


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())] if line.strip() else ""
