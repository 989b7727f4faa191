"""The helper's messages: what is read back, and that nothing else is read at all."""

import json
import socket
import struct
import threading
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_server.kernels.helper import framing
from nexus_server.kernels.helper import requests as ask
from nexus_server.kernels.helper.service import HelperService

OWNER, CONTAINER = uuid4(), "0a" * 32
START = ask.StartContainer(
    kernel="ab12",
    label="pool-ab12",
    image="nexus-python:1",
    env={"LAB": "loops"},
    memory_mb=128,
    cpu_share=0.1,
    start_cpu_share=1.0,
    start_weight=64,
    slot="pool-ab12",
    lock="server.lock",
    is_adoptable=True,
)
EXAMPLES: list[Any] = [
    ask.OpenWorkspace(owner=OWNER),
    ask.CloseWorkspace(owner=OWNER),
    ask.CloseWorkspaces(),
    ask.DeleteWorkspace(owner=OWNER),
    ask.PrepareSlots(),
    ask.ReleaseSlots(),
    ask.MakeSlot(slot="pool-1"),
    ask.FillSlot(slot="pool-1", workspace=OWNER),
    ask.RemoveSlot(slot="pool-1"),
    ask.KeepSlots(slots=["pool-1"]),
    ask.MakePlace(kernel="ab12"),
    ask.LendPlace(kernel="ab12", place="f1"),
    ask.TakePlace(kernel="ab12", place="z"),
    ask.RenamePlace(kernel="ab12", other="cd34"),
    ask.RemovePlace(kernel="ab12"),
    START,
    ask.InspectContainer(container=CONTAINER),
    ask.ListContainers(),
    ask.SignalContainer(container=CONTAINER, signum=2),
    ask.PauseContainer(container=CONTAINER),
    ask.ResumeContainer(container=CONTAINER),
    ask.ResizeContainer(container=CONTAINER, memory_mb=64, cpu_share=0.2),
    ask.RemoveContainer(container=CONTAINER),
    ask.FindImage(image="nexus-python:1"),
    ask.PrepareImage(kernel="nexus-c"),
    ask.DescribeEngine(),
    ask.FollowEngine(),
    ask.Leave(),
]
#: what no field may hold, whatever it means: ways out of a directory, other types, other alphabets
HOSTILE: list[Any] = [
    "..", ".", "../../etc", "/etc/shadow", "a/../b", "a\\b", "a\0b", "a\n", "~root", "é", "x" * 40000, [1], {"a": 1},
]  # fmt: skip
#: an image may be `registry/name`, and `FindImage` looks it up in a list
FREE = {("start_container", "owner"), ("start_container", "env")}
FIELDS = [
    (example, name)
    for example in EXAMPLES
    for name in type(example).model_fields
    if name != "ask" and (example.ask, name) not in FREE
]


def read(content: dict[str, Any]) -> ask.AnyRequest:
    return ask.parse(json.dumps(content).encode())


def test_every_kind_of_request_has_an_example_and_a_method() -> None:
    kinds = set(get_args(ask.AnyRequest))
    assert {type(example) for example in EXAMPLES} == kinds
    answered = kinds - {ask.FollowEngine}
    assert all(hasattr(HelperService, f"_{kind.model_fields['ask'].default}") for kind in answered)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.ask))
def test_a_request_is_read_as_it_was_written(example: Any) -> None:
    assert ask.parse(example.model_dump_json().encode()) == example


@pytest.mark.parametrize(("example", "name"), FIELDS, ids=lambda part: getattr(part, "ask", part))
def test_no_field_holds_a_way_out_or_another_type(example: Any, name: str) -> None:
    content = json.loads(example.model_dump_json())
    for value in HOSTILE:
        if name == "image" and value == "a/../b":
            continue  # a name in a list of names, never a path
        with pytest.raises(ask.BadRequestError):
            read({**content, name: value})


@pytest.mark.parametrize(
    "change",
    [
        {"env": {"A=B": "x"}},
        {"env": {"A": "x\0y"}},
        {"env": {"A": 1}},
        {"env": {f"V{number}": "" for number in range(65)}},
        {"memory_mb": "128"},
        {"memory_mb": 128.5},
        {"memory_mb": True},
        {"memory_mb": -1},
        {"cpu_share": float("inf")},
        {"cpu_share": 0},
        {"start_weight": 4096},
        {"is_template": 1},
        {"Privileged": True},
        {"command": ["sh"]},
        {"workspace": "/etc"},
        {"lock": "../server.lock"},
        {"owner": "a\nb"},
    ],
    ids=str,
)
def test_a_container_is_asked_for_exactly_so_or_not_at_all(change: dict[str, Any]) -> None:
    with pytest.raises(ask.BadRequestError):
        read({**json.loads(START.model_dump_json()), **change})


@given(st.binary(max_size=400))
def test_bytes_are_a_request_or_refused(body: bytes) -> None:
    with pytest.raises(ask.BadRequestError):
        ask.parse(body)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(EXAMPLES), st.data())
def test_whatever_is_changed_stays_within_the_alphabets_or_is_refused(example: Any, data: st.DataObject) -> None:
    content = json.loads(example.model_dump_json())
    name = data.draw(st.sampled_from([*content, "more"]))
    content[name] = data.draw(JSON | st.from_regex(r"[./a-z0-9\n\x00-]{0,80}", fullmatch=True))
    try:
        found = read(content)
    except ask.BadRequestError:
        return
    for field in ("kernel", "other", "slot", "lock", "place", "label"):
        value = getattr(found, field, None)
        assert value is None or ("/" not in value and "\0" not in value and value not in {".", ".."})


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ask.BadRequestError):
        ask.parse(b"[" * 100_000)


# ---- frames ----


def received(sent: bytes, most_bytes: int = 100) -> bytes | None:
    """What is read from a connection on which `sent` came, and then nothing more."""
    here, there = socket.socketpair()
    writer = threading.Thread(target=send, args=(there, sent))
    writer.start()
    try:
        return framing.read_message(here, most_bytes)
    finally:
        here.close()
        writer.join()


def send(there: socket.socket, sent: bytes) -> None:
    with there:
        try:
            there.sendall(sent)
        except OSError:
            return  # refused before its end, as it should be


@given(st.binary(max_size=100))
def test_a_message_is_read_whole(body: bytes) -> None:
    assert received(struct.pack(">I", len(body)) + body) == body


def test_a_connection_that_ends_between_messages_is_no_message() -> None:
    assert received(b"") is None


@pytest.mark.parametrize(
    "sent", [b"\0", b"\0\0\0", b"\0\0\0\x05abcd", b"\0\0\0\x65" + b"x" * 101, b"\xff" * 4 + b"x" * 100_000], ids=len
)
def test_a_broken_or_huge_message_is_refused(sent: bytes) -> None:
    with pytest.raises(ask.BadRequestError):
        received(sent)
