"""Real errors: cells run by the same machinery that a Python kernel uses, and by Node for JavaScript."""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest
from ipykernel.compiler import XCachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nexus_server.tutor.failure import Failure, Language

RunCell = Callable[[str], Failure]

_NODE_RUNNER = """
const vm = require("vm");
const source = require("fs").readFileSync(0, "utf8");
try {
  vm.runInContext(source, vm.createContext({ console }), { filename: "evalmachine.<anonymous>" });
} catch (error) {
  console.log(JSON.stringify([error.name, error.message, error.stack]));
}
"""


class _Shell(InteractiveShell):
    """A kernel's shell that keeps the error which it would send to the browser."""

    compiler_class = XCachingCompiler
    error: tuple[str, str, list[str]] | None = None

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.error = (etype.__name__, str(evalue), stb)

    def last_error(self) -> tuple[str, str, list[str]]:
        """Return the error of the last cell, which must have failed."""
        assert self.error is not None
        return self.error

    def excepthook(self, *_: tuple[type, BaseException, TracebackType]) -> None:
        """Leave sys.excepthook alone."""


@pytest.fixture(scope="session")
def shell() -> Iterator[_Shell]:
    config = Config()
    config.HistoryManager.enabled = False
    # Tracebacks name cells ("Cell In[1], line 2") only for the shell that get_ipython() finds.
    yield _Shell.instance(config=config)
    _Shell.clear_instance()


@pytest.fixture
def run_cell(shell: _Shell) -> Iterator[RunCell]:
    """Run a cell, which must fail, in a fresh namespace; give the failure as the browser would report it."""
    recursion_limit = sys.getrecursionlimit()
    # Not `reset`: it collects garbage, which takes long once pandas was imported.
    for name in [n for n in shell.user_ns if not n.startswith("_") and n not in shell.user_ns_hidden]:
        del shell.user_ns[name]

    def run(source: str) -> Failure:
        shell.error = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        ename, evalue, traceback = shell.last_error()
        return Failure(source, ename, evalue, "\n".join(traceback))

    yield run
    sys.setrecursionlimit(recursion_limit)


@pytest.fixture
def run_javascript() -> RunCell:
    """Run JavaScript, which must fail, in Node."""

    def run(source: str) -> Failure:
        done = subprocess.run(
            ["node", "-e", _NODE_RUNNER], input=source, capture_output=True, text=True, check=True, timeout=30
        )
        ename, evalue, stack = json.loads(done.stdout.splitlines()[-1])
        return Failure(source, ename, evalue, stack, language=Language.JAVASCRIPT)

    return run


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Name a case by the start of its code."""
    return val.splitlines()[-1][:40] if isinstance(val, str) and val else None
