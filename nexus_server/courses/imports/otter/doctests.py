"""Code with an expected output, such as doctests, as code that raises where the output is another. Pure.

A doctest compares what is printed. Plain values are compared as values instead, so that a number of NumPy is a number.
"""

import ast
import doctest
import re
from collections.abc import Iterator, Sequence
from textwrap import dedent, indent

from nexus_server.courses.imports.errors import UnreadableImportError

_ELLIPSIS, _SPACES = doctest.ELLIPSIS, doctest.NORMALIZE_WHITESPACE
#: its names begin with `_`, so that they meet no learner's
_CAPTURE = """\
import contextlib as _contextlib, io as _io, re as _re
_printed = _io.StringIO()
with _contextlib.redirect_stdout(_printed):
{body}
assert {check}"""


def from_doctest(code: str, *, setup: object, teardown: object, where: str) -> tuple[str, list[str]]:
    """Return the code of a doctest as a test cell's, and what about it is not as it was.

    Raises:
        UnreadableImportError: it is no doctest.
    """
    changes: list[str] = []
    parts = list(_examples(setup if isinstance(setup, str) else "", where, changes))
    parts += _examples(dedent(code), where, changes)
    parts += _examples(teardown if isinstance(teardown, str) else "", where, changes)
    if not parts:
        raise UnreadableImportError(f"{where}: a case has no line that begins with >>>.")
    return "\n".join(parts), changes


def _examples(text: str, where: str, changes: list[str]) -> Iterator[str]:
    try:
        examples = doctest.DocTestParser().get_examples(dedent(text))
        for example in examples:
            ast.parse(example.source)
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise UnreadableImportError(f"{where}: a case is no doctest.") from error
    for example in examples:
        if example.exc_msg is not None:
            yield _raising(example.source.rstrip("\n"), example.exc_msg.strip())
            continue
        if unknown := set(example.options) - {_ELLIPSIS, _SPACES}:
            changes.append(f"{len(unknown)} doctest option(s) are left out")
        yield expecting(example.source.rstrip("\n"), example.want, [], options=frozenset(example.options))


def _raising(code: str, message: str) -> str:
    """Return code that has to raise; doctests compare the name and the message."""
    name, _, text = message.partition(":")
    short, said = name.rpartition(".")[2], text.strip()
    check = f"assert (type(_error).__name__, str(_error)) == {(short, said)!r}, repr(_error)"
    missing = f"raise AssertionError({f'{short} was expected.'!r})"
    return f"try:\n{indent(code, '    ')}\nexcept Exception as _error:\n    {check}\nelse:\n    {missing}"


def expecting(code: str, want: str, changes: list[str], *, options: frozenset[int] = frozenset()) -> str:
    """Return code whose last value, with what it prints, has to be `want`.

    Without an expected output, a comparison at the end has to be true: an author ran the cell without saving it.
    """
    body = ast.parse(code).body
    last = body[-1] if body else None
    if not want.strip():
        return _unsaved(code, last, changes)
    if isinstance(last, ast.Expr) and not options and not _prints(body[:-1]) and not _prints([last]):
        before, expression = _split(code, last)
        check = _value_check(expression, want.strip("\n"))
        if check is not None:
            return f"{before}{check}"
    return _by_print(code, last, want, options)


def _unsaved(code: str, last: ast.stmt | None, changes: list[str]) -> str:
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Compare | ast.BoolOp | ast.UnaryOp):
        before, expression = _split(code, last)
        changes.append("it has no saved output: its last line has to be true")
        return f"{before}assert {_wrapped(expression)}"
    return code


def _split(code: str, last: ast.Expr) -> tuple[str, str]:
    lines = code.split("\n")
    head = lines[: last.lineno - 1]
    first = lines[last.lineno - 1].encode()
    if before := first[: last.col_offset].decode().rstrip().rstrip(";"):
        head.append(before)
    segment = ast.get_source_segment(code, last) or ""
    return "".join(f"{line}\n" for line in head), segment


def _wrapped(expression: str) -> str:
    return f"({expression})"


def _value_check(expression: str, want: str) -> str | None:
    """Return an assertion for an expected plain value; None where only its print is known."""
    try:
        value = ast.literal_eval(want)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if value is True:
        return f"assert {_wrapped(expression)}"
    if value is False:
        return f"assert not {_wrapped(expression)}"
    if value is None:
        return f"assert {_wrapped(expression)} is None"
    return f"assert {_wrapped(expression)} == {want.strip()}" if "\n" not in want.strip() else None


def _prints(body: Sequence[ast.stmt]) -> bool:
    calls = (node.func for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(isinstance(function, ast.Name) and function.id == "print" for function in calls)


def _by_print(code: str, last: ast.stmt | None, want: str, options: frozenset[int]) -> str:
    shown = code
    if isinstance(last, ast.Expr):
        before, expression = _split(code, last)
        shown = f"{before}_value = {expression}\nif _value is not None:\n    print(repr(_value))"
    got, wanted = "_printed.getvalue().rstrip()", want.replace("<BLANKLINE>", "").rstrip()
    if _ELLIPSIS in options:
        pattern = ".*".join(re.escape(part) for part in wanted.split("..."))
        check = f"_re.fullmatch({pattern!r}, {got}, _re.DOTALL)"
    elif _SPACES in options:
        check = f"{got}.split() == {wanted.split()!r}"
    else:
        check = f"{got} == {wanted!r}"
    return _CAPTURE.format(body=indent(shown, "    "), check=check)


def with_message(code: str, message: str) -> str:
    """Give each assertion of the code that has no message this one."""
    tree = ast.parse(code)
    bare = [node for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg is None]
    lines = code.split("\n")
    for node in sorted(bare, key=lambda node: node.lineno, reverse=True):
        _write_behind(node.test, lines, f", {message!r}")
    for node in bare:
        node.msg = ast.Constant(message)
    written = "\n".join(lines)
    return written if _dumped(written) == ast.dump(tree) else ast.unparse(tree)


def _write_behind(node: ast.expr, lines: list[str], text: str) -> None:
    """Write behind an expression, and behind the parentheses that close around it on its line."""
    number, column = (node.end_lineno or 1) - 1, node.end_col_offset or 0
    line = lines[number].encode()
    rest = line[column:]
    closing = rest[: len(rest) - len(rest.lstrip(b" )"))].rstrip(b" ")
    at = column + len(closing)
    lines[number] = (line[:at] + text.encode() + line[at:]).decode()


def _dumped(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return ""
