"""How the server and a task's process talk: one frame each way, a head in JSON and a body of plain bytes.

A task's process reads what strangers wrote, so nothing that it answers may become code in the server. The body stands
apart because it may be large: it is sent from where it lies and received where it stays.
"""

import importlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from nexus_server.errors import NexusError
from nexus_server.offload.errors import TooCostlyError
from nexus_server.offload.limits import TaskLimits

#: lengths of the head and of the body
PREFIX = struct.Struct("!IQ")

#: what a process runs: a function of a module. It takes the body and options, and returns a value and a body. Options
#: and value are what JSON can say.
Task = Callable[..., tuple[Any, bytes]]


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A task, and what it may use; its body follows."""

    task: Task
    options: dict[str, Any]
    limits: TaskLimits

    def head(self) -> bytes:
        """Return it as the server sends it."""
        name = f"{self.task.__module__}:{self.task.__qualname__}"
        return json.dumps({"task": name, "options": self.options, "limits": asdict(self.limits)}).encode()

    @staticmethod
    def read(head: bytes) -> "TaskRequest":
        """Return what the server sent, in the task's process."""
        said = json.loads(head)
        module, _, name = said["task"].partition(":")
        task: Task = getattr(importlib.import_module(module), name)
        return TaskRequest(task, said["options"], TaskLimits(**said["limits"]))


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a task returned or raised, and the computing time that it took; its body follows."""

    value: Any
    error: NexusError | None
    cpu_s: float

    def head(self) -> bytes:
        """Return it as the task's process sends it."""
        return json.dumps({"value": self.value, "error": _told(self.error), "cpu_s": self.cpu_s}, default=str).encode()

    @staticmethod
    def read(head: bytes) -> "TaskResult":
        """Return what a task's process sent.

        Raises:
            TooCostlyError: it is no answer.
        """
        try:
            said = json.loads(head)
            return TaskResult(said["value"], _raised(said["error"]), float(said["cpu_s"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TooCostlyError from None


def framed(head: bytes, body_bytes: int) -> bytes:
    """Return a head as it is sent before its body."""
    return PREFIX.pack(len(head), body_bytes) + head


def _told(error: NexusError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"class": _name_of(type(error)), "message": error.message, "details": dict(error.details)}


def _raised(said: dict[str, Any] | None) -> NexusError | None:
    if said is None:
        return None
    kinds = {_name_of(kind): kind for kind in _kinds(NexusError)}
    # What is not known here by its name is as good as a process that broke.
    kind = kinds.get(said["class"], TooCostlyError)
    error = kind(str(said["message"]))
    error.details = dict(said["details"])
    return error


def _kinds(kind: type[NexusError]) -> Iterator[type[NexusError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _name_of(kind: type[NexusError]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
