"""Words for learners about cells that did not work out. The code of hidden tests is never quoted.

A check's message that is a literal in the source is the instructor's word to whoever fails it: it is shown, from hidden
checks too unless their cell says otherwise. A learner's process may have seen what hidden tests pass to it, and may put
that into an exception's text. So once a hidden test ran, text that the learner's code can shape is left out, unless
that code can carry nothing from one call to the next.
"""

import ast
import builtins
import math
from dataclasses import dataclass

from nexus_server.notebook_format.check_messages import literal_message, script_messages
from nexus_server.notebook_format.errors import UnbalancedMarkersError
from nexus_server.notebook_format.markers import Region, Span, spans
from nexus_server.phrases import gettext_noop

MAX_CHARS = 400
#: what grading says of itself: kept in English, and said in other languages by `nexus_server/grading/sentences.py`
TIMEOUT = gettext_noop("This took longer than {seconds:g} seconds and was stopped. Is there a loop that never ends?")
NOTEBOOK_TIMEOUT = gettext_noop(
    "The whole notebook took longer than {seconds:g} seconds; this part was not reached in time."
)
KERNEL_DIED = gettext_noop("The kernel died: your code ended the process or used more memory than allowed.")
TAMPERED = gettext_noop("The checks could not be trusted, because code in this notebook changes how they are run.")
UNUSABLE_VALUE = gettext_noop(
    "The checks could not finish: your code gave something too large, or something that cannot be checked."
)
NOT_SEALABLE = gettext_noop("This check cannot run outside the kernel; grade it in mode auto.")
NO_ANSWER = gettext_noop("There is no answer here yet.")
NEEDS_ANSWER = gettext_noop("This check also needs {name}, which isn't written yet.")
NEEDS_ANSWERS = gettext_noop("This check also needs {names} and {last}, which aren't written yet.")
HIDDEN_FAILED = gettext_noop("A hidden test failed: your code works for some values but not for all that were tried.")
HIDDEN_STOPPED = gettext_noop("A hidden test failed: it stopped with {error}.")
STATEMENT_STOPPED = gettext_noop("`{statement}` stopped with {error}")
TEST_STOPPED = gettext_noop("The test stopped with {error}")
CHECK_FAILED = gettext_noop("This check failed: `{check}`")
SOME_CHECK_FAILED = gettext_noop("A check failed.")
SOME_ERROR = gettext_noop("an error")
CELL_STOPPED = gettext_noop("This cell did not run through.")


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


def explain_test_failure(source: str, error: CellError, *, quiet: bool, shows_hidden: bool = True) -> str:
    """Say why a test cell failed.

    Args:
        source: the whole test, hidden parts included.
        error: what ended it.
        quiet: leave out text that the learner's code can shape.
        shows_hidden: whether literal messages of hidden checks are for learners.
    """
    hidden = hidden_spans(source)
    if error.line is None and (told := _told_by_a_check(source, hidden, error, shows_hidden=shows_hidden)):
        return clip(told)
    statement = _statement(source, error.line)
    is_hidden = _is_hidden(hidden, statement, error.line)
    literal = literal_message(statement.node) if shows_hidden or not is_hidden else None
    if is_hidden:
        return clip(_hidden_failure(error, literal))
    # A loop comes back to its visible lines after its hidden ones.
    quiet = quiet or any(span.begin < max(error.line or 0, statement.outer_end) for span in hidden)
    if error.ename == "AssertionError":
        return clip(_assertion_text(statement, error, literal, quiet=quiet))
    what = describe_error(error, quiet=quiet)
    if not statement.text:
        return clip(TEST_STOPPED.format(error=what))
    return clip(STATEMENT_STOPPED.format(statement=statement.text, error=what))


def _is_hidden(hidden: list[Span], statement: "_Statement", line: int | None) -> bool:
    """Whether the line, or any that belongs to its statement, is hidden; of an unknown line it may be."""
    if hidden and (line is None or any(line in span for span in hidden)):
        return True
    return any(span.begin <= statement.end and statement.begin <= span.end for span in hidden)


def is_unanswered(error: CellError) -> bool:
    """Whether a stub's own exception ended the cell (see `markers.CODE_STUBS`)."""
    return error.ename == "NotImplementedError" or (error.ename, error.evalue) == ("Error", "not implemented")


def needs_answers(names: list[str]) -> str:
    """Say which other answers a check needs."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) == 1:
        return NEEDS_ANSWER.format(name=quoted[0])
    return NEEDS_ANSWERS.format(names=", ".join(quoted[:-1]), last=quoted[-1])


def is_about_no_answer(message: str) -> bool:
    """Whether a message says that the check had nothing to look at yet."""
    return message == NO_ANSWER or message.startswith(NEEDS_ANSWER.partition("{")[0])


def _told_by_a_check(source: str, hidden: list[Span], error: CellError, *, shows_hidden: bool) -> str:
    """Return the message of the check that failed, where a kernel's language tells no line.

    It has to be known by its text, which the learner's code can shape. So it counts only if it stands in the test as a
    check's message, or anywhere in its visible part, quotes and all. Node's `assert` puts a reason before the message,
    and the values that differ below it.
    """
    told = error.evalue.split("\n", 1)[0].strip()
    lines = source.split("\n")
    shown = "\n".join(line for number, line in enumerate(lines, 1) if not any(number in span for span in hidden))
    if told and any(f"{quote}{told}{quote}" in shown for quote in "'\"`"):
        return told
    messages = [message.text for message in script_messages(source if shows_hidden else shown)]
    return next((text for text in messages if text and (told == text or told.endswith(f": {text}"))), "")


def _hidden_failure(error: CellError, literal: str | None) -> str:
    if error.ename == "AssertionError":
        return literal or HIDDEN_FAILED
    what = HIDDEN_STOPPED.format(error=_known_name(error.ename))
    return f"{what} {literal}" if literal else what


def describe_error(error: CellError, *, quiet: bool) -> str:
    """Name an exception, with its text unless `quiet`."""
    if quiet or not error.evalue:
        return f"{_known_name(error.ename) if quiet else clip(error.ename, 80)}."
    return clip(f"{error.ename}: {error.evalue}")


def _known_name(ename: str) -> str:
    """Only names that Python itself gives: a learner's own exception class may be named after a secret."""
    known = getattr(builtins, ename, None)
    is_known = isinstance(known, type) and issubclass(known, BaseException)
    return ename if is_known else SOME_ERROR


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


def _assertion_text(statement: _Statement, error: CellError, literal: str | None, *, quiet: bool) -> str:
    if literal and (quiet or literal == error.evalue or isinstance(statement.node, ast.Assert)):
        return literal
    if literal:
        # Libraries put the message among what they computed.
        return f"{literal}\n{error.evalue.replace(literal, '').strip()}"
    if error.evalue and not quiet:
        return error.evalue
    if isinstance(statement.node, ast.Assert):
        return CHECK_FAILED.format(check=f"assert {ast.unparse(statement.node.test)}")
    return CHECK_FAILED.format(check=statement.text) if statement.text else SOME_CHECK_FAILED


def clip(text: str, limit: int = MAX_CHARS) -> str:
    """Cut a text that is too long to read."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
