"""The messages of a test's checks that are literals in its source. Pure.

A learner's code cannot shape such a text, so it may be shown wherever the author allows it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.notebook_format.author_metadata import shows_messages
from nexus_server.notebook_format.markers import Region, spans
from nexus_server.notebook_format.names import parse

#: arguments by which libraries take a check's message: NumPy's and unittest's
_MESSAGE_WORDS = ("err_msg", "msg")
#: of Node's `assert`: how many arguments a check has before its message
_ARGUMENTS = {"ok": 1, "throws": 2, "doesNotThrow": 1, "rejects": 2, "fail": 0, "": 1}
_ARGUMENTS_OF_COMPARISONS = 2
_CALL = re.compile(r"\bassert(?:\.(?P<name>\w+))?\(")
_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "\"'`"


@dataclass(frozen=True, slots=True)
class CheckMessage:
    """A literal message and the line, from 1, on which its check begins."""

    line: int
    text: str


def check_messages_of(source: str) -> Iterator[tuple[CheckMessage, str]]:
    """Yield each literal message of a test, Python's or JavaScript's, with the text of its check without it."""
    tree = parse(source)
    if tree is None:
        lines = source.split("\n")
        yield from ((found, lines[found.line - 1].replace(found.text, "")) for found in script_messages(source))
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and (text := literal_message(node)):
            check = ast.unparse(node).replace(ast.unparse(ast.Constant(text)), "")
            yield CheckMessage(node.lineno, text), check


def shown_messages(cell: NotebookNode) -> list[str]:
    """Return the literal messages of a test cell that learners may read."""
    found = [message for message, _ in check_messages_of(cell.source)]
    if shows_messages(cell):
        return [message.text for message in found]
    hidden = spans(cell.source, Region.HIDDEN_TESTS)
    return [message.text for message in found if not any(message.line in span for span in hidden)]


def literal_message(node: ast.stmt | None) -> str | None:
    """Return the message of a Python statement that checks something, if it is a literal."""
    match node:
        case ast.Assert(msg=message):
            return _literal(message)
        case ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError"), args=[message])):
            return _literal(message)
        case ast.Expr(value=ast.Call(keywords=keywords)):
            return next((_literal(word.value) for word in keywords if word.arg in _MESSAGE_WORDS), None)
    return None


def _literal(node: ast.expr | None) -> str | None:
    """Return the text of a literal, also of one with an `f` before it that has no fields."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str(text))]):
            return text
    return None


def script_messages(source: str) -> Iterator[CheckMessage]:
    """Yield the literal messages of Node's `assert` in JavaScript or TypeScript."""
    for call in _CALL.finditer(source):
        arguments = _arguments(source, call.end())
        before = _ARGUMENTS.get(call["name"] or "", _ARGUMENTS_OF_COMPARISONS)
        if len(arguments) == before + 1 and (text := _quoted(arguments[-1])) is not None:
            yield CheckMessage(source.count("\n", 0, call.start()) + 1, text)


def _arguments(source: str, begin: int) -> list[str]:
    """Split what stands between a call's brackets at its own commas; empty where the call has no end."""
    found: list[str] = []
    depth, start, quote, index = 0, begin, "", begin
    while index < len(source):
        sign = source[index]
        if quote:
            index += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign in _OPENING:
            depth += 1
        elif sign in _CLOSING and depth:
            depth -= 1
        elif sign in _CLOSING:
            return [*found, source[start:index]]
        elif sign == "," and not depth:
            found.append(source[start:index])
            start = index + 1
        index += 1
    return []


def _quoted(argument: str) -> str | None:
    text = argument.strip()
    is_quoted = len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0]
    inner = text[1:-1]
    is_plain = is_quoted and text[0] not in inner and "\\" not in inner and "${" not in inner
    return inner if is_plain else None
