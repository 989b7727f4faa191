"""Cancelling work at each place where it waits, one by one, and seeing what is left of a process's resources."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from tests.plugins.kernels import docker

T = TypeVar("T")

#: seconds for what goes on in threads to be over
SETTLE_S = 60.0


#: where a coroutine waits: the functions that await each other, each with its line
Place = tuple[str, ...]


@dataclass
class Stepped(Generic[T]):
    """Awaits a coroutine, and has its task cancelled at the first place where it waits that was not `tried` before.

    `is_late` cancels when what it waits for is there already, but the task does not run again yet: then the result is
    made, and nobody has it. Places that are the same to `kind_of` are tried once.
    """

    work: Coroutine[Any, Any, T]
    tried: set[Place]
    is_late: bool
    kind_of: Callable[[Place], Place] = lambda place: place
    #: where it was cancelled; None: every place that it came by was tried before
    place: Place | None = field(default=None, init=False)

    def __await__(self) -> Generator[Any, Any, T]:
        """Drive the coroutine, as `await` does."""
        answer: Any = None
        error: BaseException | None = None
        while True:
            try:
                waits_for = self.work.send(answer) if error is None else self.work.throw(error)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = error = None
            if self.place is None and (kind := self.kind_of(place := _place_of(self.work))) not in self.tried:
                self.place = place
                self.tried.add(kind)
                self._cancel(waits_for)
            try:
                answer = yield waits_for
            except BaseException as raised:  # noqa: BLE001  it is the coroutine's to see
                error = raised

    def _cancel(self, waits_for: "asyncio.Future[Any] | None") -> None:
        task = asyncio.current_task()
        assert task is not None
        if self.is_late and waits_for is not None:
            waits_for.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()


def _place_of(work: Any) -> Place:
    found = []
    while (frame := getattr(work, "cr_frame", None)) is not None:
        found.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        work = work.cr_await
    return tuple(found)


async def run_stepped(stepped: Stepped[T]) -> T:
    """Await what is stepped, in the calling task."""
    return await stepped


@dataclass(frozen=True)
class Left:
    """What a process holds: nothing of it may be left of a start that was cancelled."""

    containers: frozenset[str]
    mounts: frozenset[str]
    #: descriptors by what they refer to, numbers removed
    descriptors: Counter[str]
    tasks: frozenset[str]
    files: frozenset[str]

    def less(self, before: "Left") -> dict[str, object]:
        """Name what is more than before; empty when nothing is."""
        more = {
            "containers": self.containers - before.containers,
            "mounts": self.mounts - before.mounts,
            "descriptors": self.descriptors - before.descriptors,
            "tasks": self.tasks - before.tasks,
            "files": self.files - before.files,
        }
        return {name: found for name, found in more.items() if found}


def look(lock: Path, root: Path) -> Left:
    """Return what this process holds now: containers by its lock, files and mounts below its directory."""
    mounts = [line.split(" ")[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return Left(
        frozenset(docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}").split()),
        frozenset(mount for mount in mounts if mount.startswith(str(root))),
        Counter(_descriptors()),
        frozenset(task.get_name() for task in asyncio.all_tasks()),
        frozenset(str(path.relative_to(root)) for path in root.rglob("*")),
    )


def _descriptors() -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue  # the one that lists
        if not (target.startswith("socket:") and _is_to_engine(int(entry.name))):
            found.append(target.partition(":[")[0])
    return found


def _is_to_engine(descriptor: int) -> bool:
    """Whether a socket is one of the connections to the engine, some of which are kept for the next call."""
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        try:
            return str(copy.getpeername()).endswith("docker.sock")
        except OSError:
            return False  # it is connected to nothing


async def nothing_left(lock: Path, root: Path, before: Left) -> dict[str, object]:
    """Return what is left after a moment; threads may still be at work on the removal."""
    deadline = asyncio.get_running_loop().time() + SETTLE_S
    while (left := look(lock, root).less(before)) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)  # the engine's threads send no event
    return left
