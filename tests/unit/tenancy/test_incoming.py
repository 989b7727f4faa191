"""What pages send to kernels: parts are counted before they are cut, and who sends much is read more slowly."""

import asyncio
import json
import struct

import pytest
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from nexus_server.errors import MalformedError, NexusError
from nexus_server.tenancy.incoming import (
    MAX_PARTS,
    IncomingBudget,
    TooManyPartsError,
    check_json_message,
    check_v1_message,
)
from nexus_server.tenancy.settings import TenancySettings


def v1(header: object, buffers: int = 0) -> bytes:
    parts = [json.dumps(each).encode() for each in (header, {}, {}, {})] + [b"x"] * buffers
    return bytes(serialize_msg_to_ws_v1(parts, "shell"))  # type: ignore[no-untyped-call]


def legacy(message: object, buffers: int = 0) -> bytes:
    text, count = json.dumps(message).encode(), buffers + 1
    offsets = [4 * (count + 1) + len(text) * bool(number) + max(0, number - 1) for number in range(count)]
    return struct.pack(f"!{count + 1}I", count, *offsets) + text + b"x" * buffers


def test_messages_of_pages_pass() -> None:
    check_v1_message(v1({"msg_type": "execute_request"}, buffers=3))
    check_json_message(json.dumps({"channel": "shell", "content": {"code": "[1, 2, 3]"}}))
    check_json_message(legacy({"header": {}}, buffers=3))


@pytest.mark.parametrize("message", [v1({}, MAX_PARTS), legacy({}, MAX_PARTS), struct.pack("<Q", 2**63), b"\xff" * 8])
def test_many_parts_are_refused_before_they_are_cut(message: bytes) -> None:
    with pytest.raises(TooManyPartsError):
        (check_json_message if message == legacy({}, MAX_PARTS) else check_v1_message)(message)


@pytest.mark.parametrize("message", [b"", b"x", struct.pack("<Q", 3), v1({"x": "y" * 20_000})])
def test_what_is_no_message_or_has_a_long_header_is_refused(message: bytes) -> None:
    with pytest.raises(MalformedError):
        check_v1_message(message)


def test_json_of_many_values_is_refused_in_each_form() -> None:
    many: dict[str, object] = {"content": [[]] * 30_000}
    for message in (json.dumps(many), legacy(many)):
        with pytest.raises(NexusError, match="more than 20,000 values"):
            check_json_message(message)


async def test_who_sends_much_waits_for_what_was_too_much() -> None:
    now = 0.0
    budget = IncomingBudget(TenancySettings(incoming_kb_per_s=1024, incoming_burst_mb=1), now=lambda: now)
    await asyncio.wait_for(budget.spend("ada", 1024 * 1024), 5)
    assert budget.bytes_left("ada") == 0
    slow = asyncio.create_task(budget.spend("ada", 1024 * 1024 * 1024))
    await asyncio.wait_for(budget.spend("bob", 10), 5)
    assert not slow.done()
    slow.cancel()
    now = 10_000
    await asyncio.wait_for(budget.spend("ada", 10), 5)
