"""How much one kernel may say: a token bucket over everything it sends, whatever the message's type."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """Rates that no reasonable cell reaches, and bursts that reasonable cells may have."""

    bytes_per_s: float
    burst_bytes: float
    messages_per_s: float
    burst_messages: float
    #: bytes of one message
    max_message_bytes: int


class FloodGate:
    """Decides message by message; refills with time."""

    def __init__(self, limits: FloodLimits, now: float) -> None:
        """Start full. `now` is any clock's seconds, the same clock as in `admits`."""
        self._limits = limits
        self._bytes = limits.burst_bytes
        self._messages = limits.burst_messages
        self._at = now
        #: whether the last message was refused; the first refusal of a row is worth a notice
        self.is_closed = False

    def admits(self, size: int, now: float) -> bool:
        """Whether a message of `size` bytes may pass at `now`.

        A closed gate opens again only when a tenth of the burst is there, so that a flood is cut once, not in slices.
        """
        self._refill(now)
        if size > self._limits.max_message_bytes:
            return False
        margin = 0.1 if self.is_closed else 0.0
        enough_bytes = self._bytes >= max(size, margin * self._limits.burst_bytes)
        enough_messages = self._messages >= max(1.0, margin * self._limits.burst_messages)
        self.is_closed = not (enough_bytes and enough_messages)
        if not self.is_closed:
            self._bytes -= size
            self._messages -= 1
        return not self.is_closed

    def _refill(self, now: float) -> None:
        passed, self._at = max(now - self._at, 0.0), now
        limits = self._limits
        self._bytes = min(self._bytes + passed * limits.bytes_per_s, limits.burst_bytes)
        self._messages = min(self._messages + passed * limits.messages_per_s, limits.burst_messages)
