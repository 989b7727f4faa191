"""Suspicious growth of memory, and whose socket is never read empty."""

import os
import socket
from pathlib import Path

from nexus_server.kernels.wire_guard import CALM_GROWTH, UNREAD_BYTES, Growth, _flooding_peer, resident_bytes

MIB = 1024 * 1024


def test_slow_growth_is_calm_and_fast_growth_is_not() -> None:
    growth = Growth(100 * MIB)
    resident = 100 * MIB
    for _ in range(1000):
        resident += CALM_GROWTH
        assert growth.beyond(resident) == 0
    assert growth.beyond(resident + 300 * MIB) > 299 * MIB
    assert growth.beyond(resident - 50 * MIB) == 0
    assert growth.beyond(resident) > 49 * MIB, "what was given back is not there to be taken again at once"


def test_the_memory_of_this_process_is_known() -> None:
    before = resident_bytes()
    held = b"x" * (64 * MIB)
    assert resident_bytes() - before > 60 * MIB
    assert held


def test_a_socket_with_much_to_read_tells_who_is_at_its_other_end(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        theirs.sendall(bytes(UNREAD_BYTES - 1))
        assert _flooding_peer(ours.fileno()) is None
        theirs.sendall(b"x")
        assert _flooding_peer(ours.fileno()) == os.getpid()
    with (tmp_path / "file").open("w") as file:
        assert _flooding_peer(file.fileno()) is None
