"""Status messages are read from frames that a kernel may fill with anything."""

import json

import pytest
from jupyter_client.session import DELIM

from nexus_server.jupyter.messages.status import MAX_FRAME_BYTES, Status, status_of


def frames(kind: str, parent: object, content: object) -> list[bytes]:
    parts: tuple[object, ...] = ({"msg_type": kind}, parent, {}, content)
    return [b"topic", DELIM, b"signature", *(json.dumps(part).encode() for part in parts)]


def test_a_status_message_tells_its_state_and_its_request() -> None:
    found = status_of(frames("status", {"msg_type": "execute_request"}, {"execution_state": "busy"}))
    assert found == Status("busy", {"msg_type": "execute_request"})
    assert found.is_of_cell


def test_questions_to_the_kernel_are_no_cells() -> None:
    found = status_of(frames("status", {"msg_type": "kernel_info_request"}, {"execution_state": "busy"}))
    assert found is not None
    assert not found.is_of_cell


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        [b"x"],
        [DELIM],
        [DELIM, b"", b"\xff", b"{}", b"{}", b"{}"],
        [DELIM, b"", b'{"msg_type": "status"}', b"[]", b"{}", b'{"execution_state": "busy"}'],
        [DELIM, b"", b'{"msg_type": "status"}', b"{}", b"{}", b"7"],
        [DELIM, b"", b'["status"]', b"{}", b"{}", b"{}"],
        [DELIM, b"", b'"status"' + b"[" * 30_000, b"{}", b"{}", b"{}"],
        frames("stream", {"msg_type": "execute_request"}, {"text": '"status"'}),
        frames("status", {"x": "y" * MAX_FRAME_BYTES}, {"execution_state": "busy"}),
    ],
)
def test_anything_else_is_none(nonsense: list[bytes]) -> None:
    assert status_of(nonsense) is None
