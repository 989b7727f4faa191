"""Messages that are none don't stop the reading of those that follow."""

import json
from typing import Any

from nexus_server.jupyter.messages.streams import Reader, tolerant


class Stream:
    """As much of a ZMQStream as is wrapped."""

    reader: Reader | None = None

    def on_recv(self, callback: Reader | None, copy: bool = True) -> None:  # noqa: FBT001, FBT002  ZMQStream's
        assert copy
        self.reader = callback


def test_a_reader_goes_on_after_what_it_cannot_read() -> None:
    stream: Any = tolerant(Stream())
    seen: list[Any] = []
    stream.on_recv(lambda frames: seen.append(json.loads(frames[0])))
    for frames in ([b"1"], [b"{"], [], [b"\xff"], [b"[" * 100_000], [b"2"]):
        stream.reader(frames)
    assert seen == [1, 2]
    stream.on_recv(None)
    assert stream.reader is None
