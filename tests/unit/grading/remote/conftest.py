"""Both sides of the border in one process, without a kernel."""

import json
import queue
import threading
import types
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from nexus_server.grading.remote.agent import Agent
from nexus_server.grading.remote.learner_side import LearnerSide


class MakeLearner(Protocol):
    """Runs a learner's code."""

    def __call__(self, code: str, *, asked_for: Sequence[str] = ()) -> dict[str, Any]:
        """Return its names as a test sees them; `asked_for` names the classes that the assignment asks for."""


@pytest.fixture
def make_learner() -> Iterator[MakeLearner]:
    """Learners whose processes are threads."""
    with ExitStack() as stack:

        def make(code: str, *, asked_for: Sequence[str] = ()) -> dict[str, Any]:
            names: dict[str, Any] = {"__name__": "__main__"}
            exec(code, names)  # noqa: S102  as a kernel does
            process = _Process(names, list(asked_for))
            stack.callback(process.end)
            side = LearnerSide(process.ask, asked_for, [], {})
            return side.names([name for name in names if not name.startswith("__")])

        yield make


class _Process:
    """A thread that answers as a learner's kernel does."""

    def __init__(self, names: dict[str, Any], asked_for: list[str]) -> None:
        self._questions, self._answers = queue.Queue[str](), queue.Queue[str]()
        kernel = types.SimpleNamespace(raw_input=self._raw_input)
        agent = Agent(types.SimpleNamespace(user_ns=names, kernel=kernel), asked_for, [])
        self._thread = threading.Thread(target=agent.serve)
        self._thread.start()
        self._answers.get(timeout=10)

    def _raw_input(self, text: str) -> str:
        self._answers.put(text)
        return self._questions.get(timeout=60)

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self._questions.put(json.dumps(question))
        answer: dict[str, Any] = json.loads(self._answers.get(timeout=10))
        return answer

    def end(self) -> None:
        self._questions.put("stop")
        self._thread.join(timeout=10)
