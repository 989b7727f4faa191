"""The tests' side of sealed tests: runs the instructor's cells in a namespace where the learner's names are stubs.

It runs in a process of its own, which no learner's code ever enters. Questions to the learner go out over the kernel's
stdin channel; the server only passes the text on.
"""

import __future__

import ast
import contextlib
import io
import json
import random
import sys
import tokenize
import traceback
from types import CodeType
from typing import Any

from nexus_server.grading.remote.learner_side import LearnerSide
from nexus_server.grading.remote.partial_credit import number_text
from nexus_server.grading.remote.stubs import BorderError, Stub

TEST_FILE = "<test>"
#: every run starts from the same random state, so that a grade can be repeated
SEED = 20240229
#: characters that are kept of what a test prints
MAX_PRINTED = 2000
#: the outcome of a cell that has to run in the learner's process
NOT_WHOLE = {"ok": False, "not_whole": True}


class AbortedError(BaseException):
    """The server stopped this test: its time is over, or the learner's process is gone."""


class Runner:
    """Runs one submission's tests."""

    def __init__(self, shell: Any, asked_for: list[str], given: list[str]) -> None:
        """`shell` is IPython's; `asked_for` names the classes that the assignment defines, `given` the instructor's."""
        self._shell = shell
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self._side = LearnerSide(self._ask, asked_for, given, self.namespace)
        self._hidden: dict[str, Any] = {}
        #: the compiler's flags of future imports
        self._futures = 0
        random.seed(SEED)
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed(SEED)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        reply = str(self._shell.kernel.raw_input("Q" + self._side.write(question)))
        if reply.startswith("A"):
            raise AbortedError(reply[1:])
        try:
            answer = json.loads(reply[1:])
        except (ValueError, RecursionError):
            raise BorderError("an answer that makes no sense") from None
        if not isinstance(answer, dict):
            raise BorderError("an answer that makes no sense")
        return answer

    def run(self, source: str, learner_names: list[str], asked_imports: list[str], *, is_trial: bool = False) -> None:
        """Run one cell and send its outcome: ``{"ok", "value"?, "printed"?, "ename"?, "evalue"?, "line"?}``.

        A trial leaves the names behind as they were.
        """
        kept = dict(self.namespace)
        outcome = self._outcome(source, learner_names, asked_imports)
        if is_trial:
            self.namespace.clear()
            self.namespace.update(kept)
        self._shell.kernel.raw_input("D" + json.dumps(outcome))

    def _outcome(self, source: str, learner_names: list[str], asked_imports: list[str]) -> dict[str, Any]:
        self._side.is_incomplete = False
        printed = io.StringIO()
        try:
            # What the learner's code prints comes back as text of this process: a test may capture it.
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                self.namespace.update(self._side.names(learner_names) if learner_names else {})
                self._hide_missing(asked_imports)
                value = self._execute(source)
                if self._side.is_incomplete:
                    return NOT_WHOLE
                return {"ok": True, "value": value, "printed": printed.getvalue()[:MAX_PRINTED]}
        except BaseException as exc:  # noqa: BLE001  an exit or an interrupt is a failed test, too
            if self._side.is_incomplete:
                return NOT_WHOLE
            return {"ok": False, "ename": type(exc).__name__, "evalue": _text(exc), "line": _line(exc)}

    def _hide_missing(self, asked_imports: list[str]) -> None:
        """Take away what the assignment asks to import where the learner did not; give back what came since."""
        present = self._side.present(asked_imports) if asked_imports else set()
        for name in asked_imports:
            if name in present and name in self._hidden:
                self.namespace.setdefault(name, self._hidden[name])
            elif name not in present and name in self.namespace:
                self._hidden[name] = self.namespace.pop(name)

    def _note_futures(self, tree: ast.Module) -> None:
        """Remember future imports for the cells to come, as IPython does."""
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                features = (getattr(__future__, alias.name, None) for alias in node.names)
                self._futures |= sum(feature.compiler_flag for feature in features if feature)

    def _compiled(self, tree: ast.Module | ast.Expression, mode: str) -> CodeType:
        code: CodeType = compile(tree, TEST_FILE, mode, flags=self._futures, dont_inherit=True)
        return code

    def _execute(self, source: str) -> str | None:
        """Execute a cell; return the last expression's text as IPython would show it."""
        tree = ast.parse(source, TEST_FILE)
        self._note_futures(tree)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(self._compiled(tree, "exec"), self.namespace)  # noqa: S102  the instructor's code
        if not isinstance(last, ast.Expr):
            return None
        value = eval(self._compiled(ast.Expression(last.value), "eval"), self.namespace)  # noqa: S307  as above
        if value is None or _is_quiet(source):
            return None
        if isinstance(value, Stub):
            return "<an object of the learner>"
        if (number := number_text(value)) is not None:
            return number
        return str(self._shell.display_formatter.format(value)[0].get("text/plain", ""))


def _is_quiet(source: str) -> bool:
    """Whether a cell ends with a semicolon, by which IPython shows no value; one in a comment says nothing."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    words = [token.string for token in tokens if token.type != tokenize.COMMENT and token.string.strip()]
    return bool(words) and words[-1] == ";"


def _line(exc: BaseException) -> int | None:
    """Return the line of the cell that was running: the outermost frame of the test."""
    if isinstance(exc, SyntaxError) and exc.filename == TEST_FILE:
        return exc.lineno
    return next(
        (frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == TEST_FILE), None
    )


def _text(exc: BaseException) -> str:
    try:
        return str(exc)[:2000]
    except Exception:  # noqa: BLE001  a message may be made of the learner's objects
        return ""
