"""Output kept for an absent page stays within its bounds; the newest survives."""

from nexus_server.jupyter.messages.replay import ReplayBuffer


def test_the_newest_messages_are_kept() -> None:
    buffer = ReplayBuffer(max_bytes=10, max_messages=100)
    for number in range(10):
        buffer.append(("iopub", [b"x" * 2, str(number).encode()]))
    assert [frames[1] for _, frames in buffer] == [b"7", b"8", b"9"]
    assert buffer.dropped == 7


def test_the_number_of_messages_is_bounded_too() -> None:
    buffer = ReplayBuffer(max_bytes=1000, max_messages=2)
    for _ in range(5):
        buffer.append(("shell", [b""]))
    assert (len(buffer), buffer.dropped) == (2, 3)
