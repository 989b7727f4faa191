"""Words for learners about cells that did not work out. Hidden tests are never quoted.

A learner's process may have seen what hidden tests pass to it, and may put that into an exception's text. So once a
hidden test ran, text that the learner's code can shape is left out, and only what the instructor wrote in the open is
shown.
"""

import ast
import builtins
import math
from dataclasses import dataclass

from nexus_server.notebook_format.errors import UnbalancedMarkersError
from nexus_server.notebook_format.markers import Region, Span, spans

MAX_CHARS = 400
TIMEOUT = "This took longer than {seconds:g} seconds and was stopped. Is there a loop that never ends?"
NOTEBOOK_TIMEOUT = "The whole notebook took longer than {seconds:g} seconds; this part was not reached in time."
KERNEL_DIED = "The kernel died: your code ended the process or used more memory than allowed."
TAMPERED = "The checks could not be trusted, because code in this notebook changes how they are run."
UNUSABLE_VALUE = "The checks could not finish: your code gave something too large, or something that cannot be checked."
NOT_SEALABLE = "This check cannot run outside the kernel; grade it in mode auto."
NO_ANSWER = "There is no answer here yet."


@dataclass(frozen=True, slots=True)
class CellError:
    """An exception that ended a cell. `line` counts from 1 in the cell's own source, if it is known."""

    ename: str
    evalue: str = ""
    line: int | None = None


def hidden_spans(source: str) -> list[Span]:
    """Return a test cell's hidden regions; all of it, when the markers are broken."""
    try:
        return spans(source, Region.HIDDEN_TESTS)
    except UnbalancedMarkersError:
        return [Span(1, source.count("\n") + 1)]


def explain_test_failure(source: str, error: CellError, *, quiet: bool) -> str:
    """Say why a test cell failed. `quiet` leaves out text that the learner's code can shape."""
    hidden = hidden_spans(source)
    if is_unanswered(error):
        return NO_ANSWER
    if error.line is None and (told := _told_in_the_open(source, hidden, error)):
        return clip(told)
    if hidden and (error.line is None or any(error.line in span for span in hidden)):
        return _hidden_failure(error)
    statement = _statement(source, error.line)
    if any(span.begin <= statement.end and statement.begin <= span.end for span in hidden):
        return _hidden_failure(error)
    # A loop comes back to its visible lines after its hidden ones.
    quiet = quiet or any(span.begin < max(error.line or 0, statement.outer_end) for span in hidden)
    if error.ename == "AssertionError":
        return clip(_assertion_text(statement, error, quiet=quiet))
    what = describe_error(error, quiet=quiet)
    return clip(f"`{statement.text}` stopped with {what}" if statement.text else f"The test stopped with {what}")


def is_unanswered(error: CellError) -> bool:
    """Whether a stub's own exception ended the cell (see `markers.CODE_STUBS`)."""
    return error.ename == "NotImplementedError" or (error.ename, error.evalue) == ("Error", "not implemented")


def _told_in_the_open(source: str, hidden: list[Span], error: CellError) -> str:
    """Return the message of the check that failed, if learners can read it in the test, quotes and all.

    Where a kernel's language tells no line this is what a message can be known by: nothing hidden looks like it. Node's
    `assert` puts the values that differ below the message; the learner's code can shape those.
    """
    told = error.evalue.split("\n", 1)[0].strip()
    shown = "\n".join(
        line for number, line in enumerate(source.split("\n"), 1) if not any(number in span for span in hidden)
    )
    return told if told and any(f"{quote}{told}{quote}" in shown for quote in "'\"`") else ""


def _hidden_failure(error: CellError) -> str:
    if error.ename == "AssertionError":
        return "A hidden test failed: your code works for some values but not for all that were tried."
    return f"A hidden test failed: it stopped with {_known_name(error.ename)}."


def describe_error(error: CellError, *, quiet: bool) -> str:
    """Name an exception, with its text unless `quiet`."""
    if quiet or not error.evalue:
        return f"{_known_name(error.ename) if quiet else clip(error.ename, 80)}."
    return clip(f"{error.ename}: {error.evalue}")


def _known_name(ename: str) -> str:
    """Only names that Python itself gives: a learner's own exception class may be named after a secret."""
    known = getattr(builtins, ename, None)
    is_known = isinstance(known, type) and issubclass(known, BaseException)
    return ename if is_known else "an error"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement and the lines that may be quoted of it: all of a simple one, the first of one with others in it."""

    text: str = ""
    node: ast.stmt | None = None
    begin: int = 0
    end: int = -1
    #: last line of the top-level statement around it; unknown, where the test is no plain Python
    outer_end: float = math.inf


def _statement(source: str, line: int | None) -> _Statement:
    """Find the innermost statement on a line of the test, with its first line of text."""
    if line is None:
        return _Statement()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return _Statement()
    around = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not around:
        return _Statement()
    node, outer_end = max(around, key=lambda found: found.lineno), max(found.end_lineno or 0 for found in around)
    end = node.lineno if hasattr(node, "body") else node.end_lineno or 0
    return _Statement(source.split("\n")[node.lineno - 1].strip(), node, node.lineno, end, outer_end)


def _assertion_text(statement: _Statement, error: CellError, *, quiet: bool) -> str:
    node = statement.node
    if isinstance(node, ast.Assert):
        if isinstance(node.msg, ast.Constant):
            return str(node.msg.value)
        if error.evalue and not quiet:
            return error.evalue
        return f"This check failed: `assert {ast.unparse(node.test)}`"
    if error.evalue and not quiet:
        return error.evalue
    return f"This check failed: `{statement.text}`" if statement.text else "A check failed."


def clip(text: str, limit: int = MAX_CHARS) -> str:
    """Cut a text that is too long to read."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
