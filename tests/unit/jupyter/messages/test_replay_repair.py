"""A cell whose end was published gets a reply; one that still runs, and what is no cell, get none."""

import json
from typing import Any

from jupyter_client.session import DELIM

from nexus_server.jupyter.messages.replay_repair import REMEMBERED, LateReplies, lost_replies


def published(kind: str, request: str, of: str = "execute_request", **content: Any) -> tuple[str, list[bytes]]:
    parts: tuple[dict[str, Any], ...] = ({"msg_type": kind}, {"msg_id": request, "msg_type": of}, {}, content)
    return "iopub", [b"topic", DELIM, b"signature", *(json.dumps(part).encode() for part in parts)]


def test_cells_that_ended_are_replied_to_as_they_ended() -> None:
    messages = [
        published("status", "fine", execution_state="idle"),
        published("error", "broken", ename="ZeroDivisionError", evalue="division by zero", traceback=["long"]),
        published("status", "broken", execution_state="idle"),
        published("status", "running", execution_state="busy"),
        published("status", "question", of="kernel_info_request", execution_state="idle"),
        ("iopub", [b"nonsense"]),
    ]
    fine, broken = lost_replies(messages)
    assert (fine[0]["status"], fine[1]["msg_id"]) == ("ok", "fine")
    assert (broken[0]["status"], broken[0]["ename"], broken[1]["msg_id"]) == ("error", "ZeroDivisionError", "broken")
    assert [reply[0]["execution_count"] for reply in (fine, broken)] == [None, None], "nobody told"


def test_a_cell_that_the_kernel_dropped_after_an_error_was_not_run() -> None:
    messages = [
        published("error", "broken", ename="ZeroDivisionError", evalue="division by zero", traceback=[]),
        published("status", "broken", execution_state="idle"),
        published("status", "dropped", execution_state="busy"),
        published("status", "dropped", execution_state="idle"),
        published("status", "next", execution_state="busy"),
        published("execute_input", "next", code="1", execution_count=2),
        published("status", "next", execution_state="idle"),
    ]
    assert [content["status"] for content, _ in lost_replies(messages)] == ["error", "aborted", "ok"]


def test_cells_get_the_numbers_that_were_published_and_the_first_the_one_before() -> None:
    messages = [
        published("status", "begun before", execution_state="idle"),
        published("execute_input", "second", code="2", execution_count=8),
        published("status", "second", execution_state="idle"),
        published("execute_result", "third", data={}, execution_count=9),
        published("execute_input", "forged", execution_count="many"),
        published("status", "third", execution_state="idle"),
    ]
    assert [content["execution_count"] for content, _ in lost_replies(messages)] == [7, 8, 9]


def test_a_cell_that_ends_later_is_replied_to_once_unless_its_reply_came() -> None:
    late = LateReplies()
    _, broken = published("error", "broken", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
    assert late.note_published(broken) is None
    assert late.note_published(published("status", "broken", execution_state="idle")[1]) == "broken"
    made = late.make_up("broken")
    assert made is not None
    assert (made[0]["status"], made[1]["msg_id"]) == ("error", "broken")
    assert late.make_up("broken") is None

    late.note_reply(published("execute_reply", "replied", status="ok")[1])
    assert late.note_published(published("status", "replied", execution_state="idle")[1]) is None
    assert late.note_published(published("status", "slow", execution_state="idle")[1]) == "slow"
    late.note_reply(published("execute_reply", "slow", status="ok")[1])
    assert late.make_up("slow") is None, "it came meanwhile"


def test_what_is_no_end_of_a_cell_gets_no_late_reply() -> None:
    late = LateReplies()
    for _, frames in (
        published("status", "running", execution_state="busy"),
        published("status", "question", of="kernel_info_request", execution_state="idle"),
        published("stream", "running", name="stdout", text="x"),
        ("iopub", [b"nonsense"]),
    ):
        assert late.note_published(frames) is None
    assert late.make_up("running") is None


def test_a_kernel_that_ends_any_number_of_cells_gets_few_replies() -> None:
    late = LateReplies()
    ends = [published("status", str(number), execution_state="idle")[1] for number in range(3 * REMEMBERED)]
    assert sum(late.note_published(frames) is not None for frames in ends) == REMEMBERED
