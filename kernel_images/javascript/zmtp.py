"""ZeroMQ's wire protocol (ZMTP 3), as far as telling one Jupyter message from the next needs it.

A *piece* is bytes as they came, with the frames in them when they are a whole message small enough to be looked at,
else with no frames. Frame: one byte of flags, a length of 1 or 8 bytes, the body (https://rfc.zeromq.org/spec/23/).
"""

import json

GREETING_BYTES = 64
MORE, LONG, COMMAND = 1, 2, 4
#: a message of more bytes is passed on while it comes, unseen
LARGEST_SEEN = 1 << 16
DELIMITER = b"<IDS|MSG>"

Piece = tuple[bytes, list[bytes]]


class Splitter:
    """Cuts one direction of a connection into messages."""

    def __init__(self) -> None:
        """Begin before the greeting."""
        self.buffer = bytearray()
        #: bytes that are passed on without a look
        self.unseen = GREETING_BYTES

    def feed(self, data: bytes) -> list[Piece]:
        """Return the pieces that are complete now."""
        self.buffer += data
        pieces = []
        while self.buffer and (piece := self.next_piece()):
            pieces.append(piece)
        return pieces

    def next_piece(self) -> Piece | None:
        """Take one piece off the buffer; None when more has to come."""
        if self.unseen:
            taken = self.take(min(self.unseen, len(self.buffer)))
            self.unseen -= len(taken)
            return taken, []
        frames: list[bytes] = []
        start, more = 0, True
        while more:
            if (found := self.frame_at(start)) is None:
                return None
            flags, body, end = found
            if end > len(self.buffer):
                if end <= LARGEST_SEEN:
                    return None
                # what follows this frame is not cut rightly, but cannot be taken for a message's beginning either
                self.unseen = end
                return self.next_piece()
            if not flags & COMMAND:
                frames.append(bytes(self.buffer[body:end]))
            start, more = end, bool(flags & MORE)
        return self.take(start), frames

    def frame_at(self, start: int) -> tuple[int, int, int] | None:
        """Flags of the frame at `start`, and where its body begins and ends; None while that is unknown."""
        head = self.buffer[start : start + 9]
        if len(head) < 2 or (head[0] & LONG and len(head) < 9):  # noqa: PLR2004  the two shapes of a frame's head
            return None
        if head[0] & LONG:
            return head[0], start + 9, start + 9 + int.from_bytes(head[1:9], "big")
        return head[0], start + 2, start + 2 + head[1]

    def take(self, count: int) -> bytes:
        """Remove bytes from the buffer's beginning."""
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken


def part(frames: list[bytes], place: int) -> dict[str, object]:
    """The header (2), parent header (3) or content (5) of a Jupyter message, counted from its delimiter; else empty."""
    if DELIMITER not in frames:
        return {}
    try:
        found = json.loads(frames[frames.index(DELIMITER) + place])
    except (ValueError, IndexError):
        return {}
    return found if isinstance(found, dict) else {}


def framed(frames: list[bytes]) -> bytes:
    """One message of these frames, as it goes over the wire."""
    last = len(frames) - 1
    return b"".join(
        bytes([LONG | (MORE if place < last else 0)]) + len(frame).to_bytes(8, "big") + frame
        for place, frame in enumerate(frames)
    )
