"""The JavaScript image's relay: messages told apart, and held until the kernel sleeps."""

import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jupyter_client.session import Session

FOLDER = Path(__file__).parents[3] / "kernel_images" / "javascript"
GREETING = bytes(64)


@pytest.fixture
def ordering(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER)
    for name in ("zmtp", "ordering", "signing", "syntax"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("ordering")


@pytest.fixture
def syntax(ordering: ModuleType) -> ModuleType:
    assert ordering, "puts the folder on the path"
    return importlib.import_module("syntax")


def frame(body: bytes, *, more: bool = False, command: bool = False) -> bytes:
    flags = more | 4 * command
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body


def message(kind: str, parent: str = "execute_request", **content: Any) -> bytes:
    parts = [
        kind.encode(),
        b"<IDS|MSG>",
        b"signature",
        json.dumps({"msg_type": kind, "msg_id": f"the {kind}"}).encode(),
        json.dumps({"msg_type": parent, "msg_id": f"the {parent}"}).encode(),
        b"{}",
        json.dumps(content).encode(),
    ]
    return b"".join(frame(part, more=True) for part in parts[:-1]) + frame(parts[-1])


IDLE, BUSY = message("status", execution_state="idle"), message("status", execution_state="busy")
RESULT = message("execute_result", data={"text/plain": "1"})
READY = frame(b"\x05READY", command=True)


def test_a_cells_idle_waits_and_its_output_does_not(ordering: ModuleType) -> None:
    outputs = ordering.Outputs()
    assert outputs.feed(GREETING + READY + BUSY + IDLE + RESULT) == GREETING + READY + BUSY + RESULT
    assert outputs.is_waiting()
    assert outputs.release() == IDLE
    assert not outputs.is_waiting()


def test_the_next_cells_busy_never_overtakes_idle(ordering: ModuleType) -> None:
    outputs = ordering.Outputs()
    assert outputs.feed(GREETING + IDLE + BUSY) == GREETING + IDLE + BUSY


def test_another_requests_status_does_not_end_the_wait(ordering: ModuleType) -> None:
    outputs, other = ordering.Outputs(), message("status", "kernel_info_request", execution_state="busy")
    assert outputs.feed(GREETING + IDLE + other + RESULT) == GREETING + RESULT
    assert outputs.is_waiting()
    assert outputs.release() == IDLE + other


def test_other_idles_do_not_wait(ordering: ModuleType) -> None:
    idle = message("status", "kernel_info_request", execution_state="idle")
    assert ordering.Outputs().feed(GREETING + idle) == GREETING + idle


@pytest.mark.parametrize("size", [1, 7, 100])
def test_messages_may_come_in_any_pieces(ordering: ModuleType, size: int) -> None:
    outputs = ordering.Outputs()
    stream = GREETING + READY + BUSY + RESULT + IDLE + RESULT
    passed = b"".join(outputs.feed(stream[start : start + size]) for start in range(0, len(stream), size))
    assert passed == GREETING + READY + BUSY + RESULT + RESULT
    assert outputs.release() == IDLE


def test_a_large_message_passes_while_it_comes(ordering: ModuleType) -> None:
    outputs = ordering.Outputs()
    outputs.feed(GREETING)
    large = message("stream", text="x" * 1_000_000)
    assert len(outputs.feed(large[:500_000])) == 500_000
    assert outputs.feed(large[500_000:] + IDLE) == large[500_000:]
    assert outputs.is_waiting()


def test_the_next_request_waits_for_the_cell_before(ordering: ModuleType) -> None:
    requests = ordering.Requests()
    first, second, info = message("execute_request"), message("execute_request"), message("kernel_info_request")
    assert requests.feed(GREETING + info + first + info + second) == GREETING + info + first
    assert not requests.is_waiting(), "the cell runs"
    reply = GREETING + message("execute_reply", status="ok")
    assert requests.watch(reply) == reply
    assert requests.is_waiting(), "its output may be on the way"
    assert requests.release() == info + second


def test_an_idle_waits_for_the_answer_to_its_cell_too(ordering: ModuleType) -> None:
    """Deno may doze between the two: whoever only waits for its sleep would end the cell before its error is known."""
    outputs, requests = ordering.Outputs(), ordering.Requests()
    requests.feed(GREETING + message("execute_request", parent="nothing", code="let x = ;"))
    outputs.feed(GREETING + BUSY + IDLE)
    assert outputs.is_waiting()
    assert not outputs.is_ready()
    requests.watch(GREETING + message("execute_reply", **ordering.NOT_RUN))
    assert outputs.is_ready()
    assert requests.is_ready()


def test_a_thread_that_works_is_not_asleep(ordering: ModuleType) -> None:
    assert not ordering.is_asleep(os.getpid()), "this one is looking"
    assert not ordering.is_asleep(2**22 + 1), "there is no such process"


def saying(words: str) -> tuple[str, ...]:
    """A reader that complains with these words."""
    return (sys.executable, "-c", f"import sys; sys.stdin.read(); sys.exit({words!r})")


def answer_not_run(ordering: ModuleType, code: str) -> None:
    requests = ordering.Requests()
    requests.feed(GREETING + message("execute_request", code=code))
    requests.watch(GREETING + message("execute_reply", **ordering.NOT_RUN, execution_count=1))


def test_a_cell_that_was_not_run_gets_its_error_before_its_end(
    ordering: ModuleType, syntax: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = (
        "error: SyntaxError: Expression expected\n  |\n2 | let x = ;\n  |         ~\n    at file:///_stdin.ts:2:9"
    )
    monkeypatch.setattr(syntax.reason, "__defaults__", (saying(complaint),))
    ordering.NotRun.key = b"secret"
    answer_not_run(ordering, "1\nlet x = ;")
    outputs = ordering.Outputs()
    outputs.feed(GREETING + IDLE)
    released = outputs.release()
    assert released.endswith(IDLE)
    ((_, frames),) = ordering.Splitter().feed(GREETING + released[: -len(IDLE)])[1:]
    session = Session(key=b"secret")
    error = session.deserialize(session.feed_identities(frames)[1])
    assert error["msg_type"] == "error"
    assert error["parent_header"]["msg_id"] == "the execute_request"
    assert (error["content"]["ename"], error["content"]["evalue"]) == ("SyntaxError", "Expression expected")
    assert error["content"]["traceback"][-1] == "    at <anonymous>:2:9"


def test_a_cell_that_ran_gets_no_error_of_ours(ordering: ModuleType) -> None:
    requests, outputs = ordering.Requests(), ordering.Outputs()
    requests.feed(GREETING + message("execute_request", code="throw 1"))
    requests.watch(
        GREETING + message("execute_reply", status="error", ename="Error", evalue="x", traceback=["Error: x"])
    )
    outputs.feed(GREETING + IDLE)
    assert outputs.release() == IDLE


@pytest.mark.parametrize("reader", [saying(""), ("/nowhere/to/be/found",)])
def test_what_no_reader_explains_is_said_to_be_not_run(syntax: ModuleType, reader: tuple[str, ...]) -> None:
    assert syntax.reason("while (true) {}", reader) == syntax.UNTOLD


PING_PONG = """
import os, threading
(a, b), (c, d) = os.pipe(), os.pipe()
def play(take, give):
    while True:
        os.write(give, os.read(take, 1))
threading.Thread(target=play, args=(a, d), daemon=True).start()
os.write(b, b"x")
print("begun", flush=True)
play(c, b)
"""


def test_threads_that_hand_work_to_one_another_are_never_asleep(ordering: ModuleType) -> None:
    with subprocess.Popen([sys.executable, "-c", PING_PONG], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        looks = [ordering.is_asleep(process.pid) for _ in range(2000)]
        process.kill()
    assert not any(looks)


def test_a_process_that_waits_is_asleep(ordering: ModuleType) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x\n")
        process.stdin.flush()
        process.stdout.readline()
        while not ordering.is_asleep(process.pid):
            pass  # the suite's time limit ends a wait in vain
        process.stdin.close()


@pytest.mark.parametrize(
    ("took", "waited", "silent", "is_overdue"),
    [
        (1, 1.5, 1.5, False),
        (1, 2.5, 2.5, True),
        (1, 19, 0, False),
        (1, 21, 0, True),
        (6, 60, 0, False),
        (6, 121, 0, True),
        (60, 119, 0, False),
        (60, 121, 0, True),
    ],
)
def test_a_kernel_that_never_sleeps_is_waited_for_as_long_as_its_cell_can_need(
    ordering: ModuleType, took: float, waited: float, silent: float, *, is_overdue: bool
) -> None:
    now = time.monotonic()
    gate = ordering.Requests()
    gate.since = now - waited
    gate.begun = gate.since - took
    ordering.Outputs.latest = now - silent
    assert ordering.is_overdue(gate) is is_overdue


def test_the_reader_of_cells_that_were_not_run_does_not_work_in_the_learners_folder(
    syntax: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    where = (sys.executable, "-c", "import os, sys; sys.exit(os.getcwd())")
    assert syntax.complaint("1", where) == "/\n"
