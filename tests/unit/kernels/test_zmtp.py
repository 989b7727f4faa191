"""A message on the wire is measured as libzmq will hold it, wherever the bytes are cut and whatever they say."""

import random
import struct

import pytest

from nexus_server.kernels.zmtp import (
    COMMAND,
    COMMAND_BYTES,
    LONG,
    MORE,
    PART_BYTES,
    Allowance,
    MalformedFrameError,
    Meter,
    TooLongError,
)

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48)
READY = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"


def frame(body: bytes, flags: int = 0, *, is_long: bool = False) -> bytes:
    if is_long or len(body) > 255:
        return struct.pack(">BQ", flags | LONG, len(body)) + body
    return struct.pack(">BB", flags, len(body)) + body


def message(*parts: bytes) -> bytes:
    return b"".join(frame(part, MORE) for part in parts[:-1]) + frame(parts[-1])


def meter(bound: int) -> Meter:
    """One whose connection is made."""
    made = Meter(Allowance(bound))
    made.feed(memoryview(GREETING + frame(READY, COMMAND)))
    return made


def with_allowance(bound: int) -> tuple[Meter, Allowance]:
    """The same, with what it has used."""
    allowance = Allowance(bound)
    measured = Meter(allowance)
    measured.feed(memoryview(GREETING))
    return measured, allowance


def feed(to: Meter, data: bytes, size: int) -> None:
    """Feed in pieces of so many bytes."""
    for at in range(0, len(data), size):
        to.feed(memoryview(data)[at : at + size])


@pytest.mark.parametrize("size", [*range(1, 20), 64, 65, 1000, 100_000])
def test_a_message_of_the_bound_passes_and_one_byte_more_does_not(size: int) -> None:
    parts = [b"", b"a", b"b" * 255, b"c" * 256, b"d" * 5000]
    bound = sum(map(len, parts)) + len(parts) * PART_BYTES
    talk = GREETING + frame(READY, COMMAND) + message(*parts) * 3
    feed(Meter(Allowance(bound)), talk, size)
    with pytest.raises(TooLongError):
        feed(Meter(Allowance(bound - 1)), talk, size)


def test_bytes_cut_at_random_are_measured_alike() -> None:
    dice = random.Random(4)  # noqa: S311  any will do
    for _ in range(200):
        messages = [
            [bytes(dice.choice((0, 1, 9, 255, 256, 3000))) for _ in range(dice.randint(1, 8))] for _ in range(9)
        ]
        bound = max(sum(len(part) + PART_BYTES for part in parts) for parts in messages)
        talk = GREETING + frame(READY, COMMAND) + b"".join(message(*parts) for parts in messages)
        cuts = sorted(dice.randrange(len(talk)) for _ in range(dice.randint(0, 40)))
        for allowed in (bound, bound - 1):
            measured, ended = Meter(Allowance(allowed)), False
            try:
                for start, end in zip([0, *cuts], [*cuts, len(talk)], strict=True):
                    measured.feed(memoryview(talk)[start:end])
            except TooLongError:
                ended = True
            assert ended == (allowed < bound)


def test_empty_parts_without_end_are_found() -> None:
    measured = meter(100 * PART_BYTES)
    measured.feed(memoryview(frame(b"", MORE) * 100))
    with pytest.raises(TooLongError):
        measured.feed(memoryview(frame(b"", MORE)))


def test_whole_messages_may_come_for_ever() -> None:
    measured, allowance = with_allowance(7 * PART_BYTES + 100)
    for _ in range(1000):
        measured.feed(memoryview(message(*[b"x" * 10] * 7)))
    assert allowance.used == 0


def test_short_frames_may_have_long_lengths() -> None:
    measured, allowance = with_allowance(2 * PART_BYTES)
    measured.feed(memoryview(frame(b"x", is_long=True) * 5))
    assert allowance.used == 0


@pytest.mark.parametrize("length", [1 << 63, (1 << 64) - 1, 1 << 31, 128 << 20])
def test_a_length_is_believed_before_anything_has_come(length: int) -> None:
    with pytest.raises(TooLongError):
        meter(128 << 20).feed(memoryview(struct.pack(">BQ", LONG, length)))


def test_without_a_bound_any_length_goes() -> None:
    measured, allowance = with_allowance(0)
    measured.feed(memoryview(struct.pack(">BQ", LONG | MORE, (1 << 64) - 1)))
    measured.feed(memoryview(bytes(1 << 20)))
    assert allowance.used >= 1 << 63


def test_commands_amid_a_message_end_it_not() -> None:
    measured = meter(10 * PART_BYTES)
    ping = frame(b"\x04PING\x00\x00", COMMAND)
    with pytest.raises(TooLongError):
        measured.feed(memoryview((frame(b"", MORE) + ping) * 6))


def test_commands_between_messages_add_nothing_up() -> None:
    measured, allowance = with_allowance(PART_BYTES + 100)
    for _ in range(1000):
        measured.feed(memoryview(frame(b"\x04PING\x00\x00", COMMAND)))
    assert allowance.used == 0


def test_connections_share_an_allowance_and_give_it_back() -> None:
    shared = Allowance(10 * PART_BYTES)
    first, second = Meter(shared), Meter(shared)
    for each in (first, second):
        each.feed(memoryview(GREETING + frame(b"", MORE) * 5))
    assert shared.used == 10 * PART_BYTES
    first.feed(memoryview(b""))
    with pytest.raises(TooLongError):
        second.feed(memoryview(frame(b"", MORE)))
    second.settle()
    first.feed(memoryview(frame(b"abc")[:-1]))
    assert shared.used == 6 * PART_BYTES + 3, "it is not finished yet"
    first.feed(memoryview(b"c"))
    assert shared.used == 0


NO_ZMTP_3 = {
    "HTTP": b"HTTP/1.1 200 OK\r\n",
    "ZMTP 1": b"\x01\x00",
    "ZMTP 1 with a long length": b"\xff" + bytes(8) + b"\x00",
    "ZMTP 2": b"\xff" + bytes(8) + b"\x7f\x01\x05",
    "a version to come": b"\xff" + bytes(8) + b"\x7f\x04",
    "reserved flags": GREETING + b"\x08\x00",
    "a command of many parts": GREETING + frame(READY, COMMAND | MORE),
    "an endless command": GREETING + struct.pack(">BQ", COMMAND | LONG, COMMAND_BYTES + 1),
}


@pytest.mark.parametrize("name", NO_ZMTP_3)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_libzmq_would_read_otherwise_is_refused(name: str, size: int) -> None:
    with pytest.raises(MalformedFrameError):
        feed(Meter(Allowance(1 << 30)), NO_ZMTP_3[name], size)
