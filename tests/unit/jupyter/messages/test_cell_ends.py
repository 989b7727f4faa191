import json

from jupyter_client.session import DELIM

from nexus_server.jupyter.messages.cell_ends import IDLE_AFTER_S, LONGEST_OUTPUT_S, REMEMBERED, CellEnds
from nexus_server.jupyter.messages.status import Status


def frames(kind: str, request: str, content: dict[str, object]) -> list[bytes]:
    header, parent = {"msg_type": kind}, {"msg_id": request, "msg_type": "execute_request"}
    return [DELIM, b"signature", *(json.dumps(part).encode() for part in (header, parent, {}, content))]


def idle(request: str) -> Status:
    return Status("idle", {"msg_id": request, "msg_type": "execute_request"})


def test_a_request_whose_end_was_seen_needs_none() -> None:
    ends = CellEnds()
    ends.note_status(idle("one"))
    assert ends.note_reply(frames("execute_reply", "one", {}), 0.0) is None


def test_an_end_that_comes_after_the_reply_counts_too() -> None:
    ends = CellEnds()
    assert ends.note_reply(frames("execute_reply", "one", {}), 0.0) == "one"
    ends.note_status(idle("one"))
    assert ends.take_unended("one") is None


def test_an_end_that_was_lost_is_given_once_with_its_request() -> None:
    ends = CellEnds()
    ends.note_status(Status("busy", {"msg_id": "one"}))
    ends.note_status(idle("another"))
    assert ends.note_reply(frames("execute_reply", "one", {}), 0.0) == "one"
    assert ends.take_unended("one") == {"msg_id": "one", "msg_type": "execute_request"}
    assert ends.take_unended("one") is None


def test_what_is_no_message_ends_nothing_and_what_is_remembered_is_bounded() -> None:
    ends = CellEnds()
    ends.note_status(None)
    assert ends.note_reply([b"junk"], 0.0) is None
    for number in range(REMEMBERED + 1):
        ends.note_status(idle(str(number)))
    assert ends.note_reply(frames("execute_reply", "0", {}), 0.0) == "0"


def test_a_request_whose_output_still_comes_goes_on_and_not_for_ever() -> None:
    ends, now = CellEnds(), 0.0
    ends.note_reply(frames("execute_reply", "one", {}), now)
    for _ in range(int(LONGEST_OUTPUT_S) - 1):
        assert ends.goes_on("one", now + 1.0)
        now += 1.0
        ends.note_output(frames("stream", "another", {}), now)
        ends.note_output([b"junk"], now)
        ends.note_output(frames("stream", "one", {}), now)
    ends.note_output(frames("stream", "one", {}), LONGEST_OUTPUT_S)
    assert not ends.goes_on("one", LONGEST_OUTPUT_S), "a thread may print for ever"
    assert ends.take_unended("one")


def test_a_silent_request_does_not_go_on() -> None:
    ends = CellEnds()
    ends.note_reply(frames("execute_reply", "one", {}), 0.0)
    ends.note_output(frames("stream", "another", {}), IDLE_AFTER_S)
    assert not ends.goes_on("one", IDLE_AFTER_S)
    assert not ends.goes_on("never asked", 0.0)
