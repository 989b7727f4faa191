"""What a peer that speaks ZMTP 3 makes libzmq hold, read off the bytes as they pass.

libzmq hands a message over when its last part has come, however many there are; until then all of it lies in memory. A
`Meter` is fed what one side of a connection sends, cut anywhere, and adds up the unfinished message; an `Allowance`
bounds the sum of several. A meter keeps nothing of what it reads but a header that has begun. Vocabulary, as in RFC 23:
a connection begins with a *greeting*; then come *frames*, each a *command* or a part of a *message*.
"""

from typing import Final

GREETING_BYTES: Final = 64
#: what stands where in it: the signature's ends, and the version
GREETING: Final = {0: 0xFF, 9: 0x7F, 10: 3}
MORE: Final = 1
LONG: Final = 2
COMMAND: Final = 4
#: the longest command that is taken; a kernel's longest is READY, with a hundred bytes
COMMAND_BYTES: Final = 64 * 1024
#: what is added for each part. libzmq holds 64 bytes for any, and for one that came alone a whole read buffer with room
#: for the counters of those that might have come with it: 18 KB for 34 bytes (`shared_message_memory_allocator`)
PART_BYTES: Final = 20 * 1024


class MalformedFrameError(Exception):
    """The peer does not speak ZMTP 3."""


class TooLongError(Exception):
    """The peer announced more than the allowance has left."""


class Allowance:
    """How much the unfinished messages of one peer may come to, on all its connections."""

    __slots__ = ("bound", "used")

    def __init__(self, bound: int) -> None:
        """Allow so many bytes, `PART_BYTES` for each part included; 0: any number."""
        self.bound = bound
        self.used = 0


class Meter:
    """Adds up the message that one side of a connection is sending."""

    __slots__ = ("_allowance", "_charge", "_head", "_is_greeted", "_is_whole", "_left")

    def __init__(self, allowance: Allowance) -> None:
        """Measure a new connection."""
        self._allowance = allowance
        #: bytes of the message that is being sent, and `PART_BYTES` for each of its parts
        self._charge = 0
        self._is_greeted = False
        #: whether the last part of a message has been announced
        self._is_whole = True
        #: bytes of the frame that are still to come
        self._left = 0
        #: a greeting or a header that has begun
        self._head = b""

    def feed(self, data: memoryview) -> None:
        """Read on.

        Raises:
            MalformedFrameError: this is no ZMTP 3.
            TooLongError: a part was announced that is more than the allowance has left.
        """
        if self._head:
            data = memoryview(self._head + bytes(data))
            self._head = b""
        at, end = 0, len(data)
        if not self._is_greeted:
            at = self._greet(data)
        while at < end:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
                if not self._left and self._is_whole:
                    self.settle()
                continue
            flags = data[at]
            size = 9 if flags & LONG else 2
            if end - at < size:
                self._head = bytes(data[at:])
                return
            self._begin(flags, int.from_bytes(data[at + 1 : at + size], "big"))
            at += size

    def _greet(self, data: memoryview) -> int:
        """Read the greeting; return where it ends, or where the data ends."""
        # What is read here must be what libzmq will read: to any other beginning it answers in an older protocol.
        if any(place < len(data) and data[place] != byte for place, byte in GREETING.items()):
            raise MalformedFrameError
        if len(data) < GREETING_BYTES:
            self._head = bytes(data)
            return len(data)
        self._is_greeted = True
        return GREETING_BYTES

    def _begin(self, flags: int, length: int) -> None:
        """Begin a frame; the one before has ended."""
        is_command = bool(flags & COMMAND)
        if flags > MORE | LONG | COMMAND or (is_command and (flags & MORE or length > COMMAND_BYTES)):
            raise MalformedFrameError
        allowance = self._allowance
        allowance.used += PART_BYTES + length
        self._charge += PART_BYTES + length
        if allowance.used > allowance.bound > 0:
            raise TooLongError
        self._left = length
        # A command may come amid a message, and ends none.
        if not is_command:
            self._is_whole = not flags & MORE
        if not length and self._is_whole:
            self.settle()

    def settle(self) -> None:
        """Give back what was used: the message is handed over, or the connection closed."""
        self._allowance.used -= self._charge
        self._charge = 0
