"""How messages are packed for their way to other processes."""

import json

from nexus_server.events.relay import frames


def event(note: str) -> str:
    return json.dumps([None, {"type": "t", "note": note}])


def test_everything_fits_in_one_frame() -> None:
    packed = frames("me", [event("a"), event("b")], 1_000)
    assert [json.loads(frame) for frame in packed] == [
        ["me", [None, {"type": "t", "note": "a"}], [None, {"type": "t", "note": "b"}]]
    ]


def test_frames_keep_to_the_limit_and_to_the_order() -> None:
    packed = frames("me", [event(str(number)) for number in range(50)], 200)
    assert all(len(frame) <= 200 for frame in packed)
    notes = [item[1]["note"] for frame in packed for item in json.loads(frame)[1:]]
    assert notes == [str(number) for number in range(50)]


def test_what_fits_in_no_frame_is_dropped_alone() -> None:
    packed = frames("me", [event("a"), event("x" * 300), event("b")], 200)
    notes = [item[1]["note"] for frame in packed for item in json.loads(frame)[1:]]
    assert notes == ["a", "b"]


def test_nothing_is_sent_for_nothing() -> None:
    assert frames("me", [], 200) == []
