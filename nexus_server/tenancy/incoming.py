"""What pages send to kernels, bounded: how much of it, how fast, and what its parts may be. Pure but for waiting."""

import asyncio
import struct
import time
from collections.abc import Callable

from nexus_server.errors import MalformedError, TooLargeError
from nexus_server.json_scan import check_size
from nexus_server.tenancy.settings import MIB, TenancySettings
from nexus_server.token_bucket import TokenBuckets

#: parts of one message: four of the protocol's and its buffers
MAX_PARTS = 256
#: bytes of a message's header, which the server reads
MAX_HEADER_BYTES = 16 * 1024
#: values of a message that is one JSON text
MAX_VALUES = 20_000
MAX_DEPTH = 100


class TooManyPartsError(TooLargeError):
    """This message has too many parts."""

    code = "too_many_parts"


class IncomingBudget:
    """How much each learner may send to kernels; who sends more is read more slowly."""

    def __init__(self, settings: TenancySettings, *, now: Callable[[], float] = time.monotonic) -> None:
        """Everybody has a full budget; `now` gives monotonic seconds."""
        self._now = now
        self._messages = TokenBuckets(settings.incoming_messages_per_s, settings.incoming_messages_burst)
        self._bytes = TokenBuckets(settings.incoming_kb_per_s * 1024, settings.incoming_burst_mb * MIB)

    @property
    def burst_bytes(self) -> int:
        """How many bytes a learner may send at once."""
        return round(self._bytes.burst)

    def bytes_left(self, key: str) -> int:
        """Return how many bytes a learner may send right now."""
        return max(0, round(self._bytes.left(key, self._now())))

    async def spend(self, key: str, size: int) -> None:
        """Count a message of `size` bytes; return when the learner may send the next one."""
        now = self._now()
        self._messages.take(key, 1, now)
        self._bytes.take(key, size, now)
        wait_s = max(self._messages.wait_s(key, now), self._bytes.wait_s(key, now))
        if wait_s > 0:
            await asyncio.sleep(wait_s)


def check_v1_message(message: bytes) -> None:
    """Refuse a message of the protocol in parts whose parts are too many, or whose header is too long.

    Raises:
        TooManyPartsError, MalformedError
    """
    count = _number(message, "<Q", 0)
    if count > MAX_PARTS:
        raise TooManyPartsError
    begin, end = _number(message, "<Q", 2), _number(message, "<Q", 3)
    if end - begin > MAX_HEADER_BYTES:
        raise MalformedError("The header of this message is too long.")


def check_json_message(message: str | bytes) -> None:
    """Refuse a message of the older protocol that takes long to parse.

    Raises:
        TooManyPartsError, TooManyValuesError, MalformedError
    """
    if isinstance(message, str):
        check_size(message.encode("utf-8", "replace"), max_values=MAX_VALUES, max_depth=MAX_DEPTH)
        return
    count = _number(message, "!I", 0)
    if count > MAX_PARTS:
        raise TooManyPartsError
    begin = _number(message, "!I", 1)
    end = _number(message, "!I", 2) if count > 1 else len(message)
    check_size(message[begin:end], max_values=MAX_VALUES, max_depth=MAX_DEPTH)


def _number(message: bytes, form: str, index: int) -> int:
    try:
        number: int = struct.unpack_from(form, message, index * struct.calcsize(form))[0]
    except struct.error:
        raise MalformedError("This is not a kernel message.") from None
    return number
