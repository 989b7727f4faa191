"""What a kernel says about its state, read from frames that a kernel may fill with anything."""

import json
from dataclasses import dataclass
from typing import Any

from jupyter_client.session import DELIM

from nexus_server.kernels.malformed import MALFORMED_ERRORS

#: a status message is smaller; what is larger is not read at all
MAX_FRAME_BYTES = 64 * 1024
#: messages that tell a cell's number
NUMBERED = frozenset({"execute_input", "execute_result"})
#: requests that make a kernel run a learner's code; the shell channel serves one after the other
RUNS_CODE = frozenset({"execute_request", "comm_open", "comm_msg", "comm_close", "complete_request", "inspect_request"})


@dataclass(frozen=True, slots=True)
class Status:
    """A `status` message."""

    #: "busy", "idle" or "starting", or whatever the kernel says
    state: str
    #: header of the request that it belongs to
    parent: dict[str, Any]

    @property
    def parent_type(self) -> str:
        """The request's message type."""
        return str(self.parent.get("msg_type", ""))

    @property
    def is_of_cell(self) -> bool:
        """Whether a learner's code begins or ends with it."""
        return self.parent_type in RUNS_CODE


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """An `error` message."""

    #: the exception's name and text, or whatever the kernel says
    ename: str
    evalue: str
    #: header of the request that it belongs to
    parent: dict[str, Any]


def kind_of(frames: list[bytes]) -> str:
    """Return a message's type, or nothing when it has none."""
    return str(_part(frames, 2).get("msg_type", ""))


def parent_of(frames: list[bytes]) -> dict[str, Any]:
    """Return the header of the request that a message belongs to, or nothing."""
    return _part(frames, 3)


def _part(frames: list[bytes], offset: int) -> dict[str, Any]:
    try:
        packed = frames[frames.index(DELIM) + offset]
        found = json.loads(packed) if len(packed) <= MAX_FRAME_BYTES else {}
    except (ValueError, IndexError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def status_of(frames: list[bytes]) -> Status | None:
    """Return the status that a message of the IOPub channel tells, or None when it is no such message.

    The signature is not asked for: it would cost a hash of every message, and the kernel's key is no secret to the code
    that runs in the kernel.
    """
    try:
        of, told = _read("status", frames)
        return Status(str(told["execution_state"]), of)
    except MALFORMED_ERRORS:
        return None


def error_of(frames: list[bytes]) -> ErrorMessage | None:
    """Return the error that a message of the IOPub channel tells, or None when it is no such message."""
    try:
        of, told = _read("error", frames)
        return ErrorMessage(str(told["ename"]), str(told["evalue"]), of)
    except MALFORMED_ERRORS:
        return None


def count_of(frames: list[bytes]) -> tuple[str, int] | None:
    """Return a cell's request id and its number, or None when the message tells none."""
    kind = kind_of(frames)
    try:
        of, told = _read(kind, frames) if kind in NUMBERED else ({}, {})
        return str(of["msg_id"]), int(told["execution_count"])
    except MALFORMED_ERRORS:
        return None


def _read(kind: str, frames: list[bytes]) -> tuple[dict[str, Any], Any]:
    """Return parent and content of a message of one kind; most messages are of others, and cost no parsing.

    Raises:
        ValueError, KeyError, TypeError, RecursionError: it is no such message.
    """
    start = frames.index(DELIM) + 2
    header, parent, _, content = frames[start : start + 4]
    if f'"{kind}"'.encode() not in header or max(len(header), len(parent), len(content)) > MAX_FRAME_BYTES:
        raise ValueError(kind)
    named, of, told = json.loads(header), json.loads(parent), json.loads(content)
    if named["msg_type"] != kind or not isinstance(of, dict):
        raise ValueError(kind)
    return of, told
