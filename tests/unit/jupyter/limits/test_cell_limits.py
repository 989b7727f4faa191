"""A limit that a cell runs into is told once, by what is counted or by what the cell says, and never in floods."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_client.session import DELIM

from nexus_server.events.messages import EventMessage, KernelLimit
from nexus_server.jupyter.limits.cell_limits import SENTENCES, TOLD, CellLimit, LimitWatch, limit_behind
from nexus_server.jupyter.messages.status import ErrorMessage, Status
from nexus_server.kernels.sandbox import Hits


@dataclass
class Kernel:
    """A kernel whose limits are in the test's hand."""

    kernel_id: str = "k1"
    counted: Hits | None = field(default_factory=Hits)
    is_full: bool = False
    told: list[tuple[str, str]] = field(default_factory=list)
    events: list[EventMessage] = field(default_factory=list)

    def hits(self) -> Hits | None:
        return self.counted

    def has_full_disk(self) -> bool:
        return self.is_full

    def tell(self, text: str, parent: dict[str, Any], limit: str = "") -> None:
        assert text == SENTENCES[CellLimit(limit)]
        self.told.append((str(parent["msg_id"]), limit))

    def announce(self, event: EventMessage) -> None:
        self.events.append(event)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def watch(kernel: Kernel) -> LimitWatch:
    made = LimitWatch(kernel)
    made.begin()
    return made


def idle(request: str) -> Status:
    return Status("idle", {"msg_id": request, "msg_type": "execute_request"})


def error(request: str, ename: str, evalue: str) -> list[bytes]:
    content: dict[str, Any] = {"ename": ename, "evalue": evalue, "traceback": []}
    parts: tuple[dict[str, Any], ...] = ({"msg_type": "error"}, {"msg_id": request}, {}, content)
    return [DELIM, b"signature", *(json.dumps(part).encode() for part in parts)]


def test_what_the_machine_counted_is_told_when_the_cell_ends(kernel: Kernel, watch: LimitWatch) -> None:
    watch.note([], idle("one"))
    assert kernel.told == []
    kernel.counted = Hits(processes=3)
    watch.note([], Status("busy", {"msg_id": "two", "msg_type": "execute_request"}))
    assert kernel.told == []
    watch.note([], idle("two"))
    kernel.counted = Hits(processes=3, memory=1)
    watch.note([], idle("two"))  # another page's copy: its cell has been looked at
    watch.note([], idle("three"))
    assert kernel.told == [("two", "processes"), ("three", "memory")]
    message = SENTENCES[CellLimit.PROCESSES]
    assert kernel.events[0] == KernelLimit(kernel_id="k1", limit="processes", message=message)


def test_what_was_counted_before_the_kernel_was_taken_over_is_not_told(kernel: Kernel) -> None:
    kernel.counted, kernel.is_full = Hits(processes=9, memory=9), True
    watch = LimitWatch(kernel)
    watch.begin()
    watch.note([], idle("one"))
    assert kernel.told == []


def test_a_workspace_is_full_once_until_there_is_room_again(kernel: Kernel, watch: LimitWatch) -> None:
    for request, is_full in (("one", True), ("two", True), ("three", False), ("four", True)):
        kernel.is_full = is_full
        watch.note([], idle(request))
    assert kernel.told == [("one", "disk"), ("four", "disk")]


def test_an_error_and_the_count_of_one_cell_are_one_limit(kernel: Kernel, watch: LimitWatch) -> None:
    watch.note(error("one", "OSError", "[Errno 28] No space left on device"), None)
    kernel.is_full = True
    watch.note([], idle("one"))
    watch.note(error("one", "OSError", "[Errno 28] No space left on device"), None)
    assert kernel.told == [("one", "disk")]


def test_a_kernel_cannot_flood_its_learner_with_limits(kernel: Kernel, watch: LimitWatch) -> None:
    for number in range(1000):
        watch.note(error(str(number), "OSError", "[Errno 24] Too many open files"), None)
    assert len(kernel.events) <= TOLD.burst_messages + 2


@pytest.mark.parametrize("nonsense", [[], [b"x"], [DELIM, b'"error"'], [DELIM, b"", b'"error"', b"[]", b"{}", b"7"]])
def test_what_is_no_error_tells_nothing(kernel: Kernel, watch: LimitWatch, nonsense: list[bytes]) -> None:
    watch.note(nonsense, None)
    assert kernel.told == []


@pytest.mark.parametrize(
    ("ename", "evalue", "limit"),
    [
        ("OSError", "[Errno 28] No space left on device", CellLimit.DISK),
        ("OSError", "[Errno 122] Disk quota exceeded", CellLimit.DISK),
        ("Error", "No space left on device (os error 28)", CellLimit.DISK),
        ("RuntimeError", "can't start new thread", CellLimit.PROCESSES),
        ("BlockingIOError", "[Errno 11] Resource temporarily unavailable", CellLimit.PROCESSES),
        ("OSError", "[Errno 24] Too many open files", CellLimit.FILES),
        ("OSError", "[Errno 27] File too large", CellLimit.FILE_SIZE),
        ("MemoryError", "", CellLimit.MEMORY),
        ("OSError", "[Errno 12] Cannot allocate memory", CellLimit.MEMORY),
        ("ValueError", "28 is no answer", None),
        ("NameError", "MemoryError is fine as a name", None),
    ],
)
def test_limits_are_known_by_their_errors(ename: str, evalue: str, limit: CellLimit | None) -> None:
    assert limit_behind(ErrorMessage(ename, evalue, {})) == limit


def test_what_would_have_to_wait_is_no_limit_where_processes_are_counted() -> None:
    waiting = ErrorMessage("BlockingIOError", "[Errno 11] Resource temporarily unavailable", {})
    assert limit_behind(waiting, is_counted=True) is None


def test_every_limit_has_its_sentence() -> None:
    assert set(SENTENCES) == set(CellLimit)
