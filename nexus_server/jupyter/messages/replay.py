"""What a kernel says while nobody listens, kept within bounds until its learner is back."""

from collections import deque
from collections.abc import Iterator

Message = tuple[str, list[bytes]]


class ReplayBuffer:
    """The newest messages; when there are too many, the oldest are forgotten: a cell's reply comes last."""

    def __init__(self, *, max_bytes: int, max_messages: int) -> None:
        """Start empty."""
        self._max_bytes = max_bytes
        self._max_messages = max_messages
        self._messages: deque[Message] = deque()
        self._bytes = 0
        #: messages that were forgotten
        self.dropped = 0

    def append(self, message: Message) -> None:
        """Keep a message ``(channel, frames)``, forgetting older ones as needed."""
        self._messages.append(message)
        self._bytes += _size(message)
        while self._messages and (self._bytes > self._max_bytes or len(self._messages) > self._max_messages):
            self._bytes -= _size(self._messages.popleft())
            self.dropped += 1

    def __len__(self) -> int:
        """Return how many messages are kept."""
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        """Yield the messages, the oldest first."""
        return iter(self._messages)


def _size(message: Message) -> int:
    return sum(len(frame) for frame in message[1])
