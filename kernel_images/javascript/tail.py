"""What the kernel says while no server listens, kept within bounds for the next one.

A server that is killed leaves its kernels running, and Deno drops what nobody is subscribed to. So the last
subscription stays when its client goes: the relay goes on reading it, keeps the newest messages, and hands connection
and messages to the next client. That one is greeted as Deno greeted the first, and what it says until it has subscribed
need not be told to Deno again. Nothing is lost in between, and nothing comes twice.
"""

from collections import deque

from zmtp import Splitter, part

#: what is kept at most; it counts as the learner's own memory
MAX_BYTES = 1 << 20
MAX_PIECES = 1000
NOTICE: dict[str, object] = {"name": "stderr", "text": "Some messages were left out while the server was away.\n"}


class Subscription:
    """What one client says on the output channel, up to its subscription and after it."""

    def __init__(self, *, is_known: bool = False) -> None:
        """`is_known`: the kernel has heard all that already, from the client before."""
        self.splitter = Splitter()
        self.is_known = is_known
        self.is_made = False

    def feed(self, data: bytes) -> bytes:
        """Take what the client sent; return what the kernel is to hear."""
        passing = []
        for raw, frames in self.splitter.feed(data):
            if not (self.is_known and not self.is_made):
                passing.append(raw)
            # a message in ZMTP 3.0, a command in 3.1
            if (frames and frames[0][:1] == b"\x01") or (not frames and b"\x09SUBSCRIBE" in raw[:16]):
                self.is_made = True
        return b"".join(passing)


class Tail:
    """The newest messages, as they go over the wire."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.kept: deque[bytes] = deque()
        self.size = 0
        #: the first that was left out
        self.first_dropped = b""

    def keep(self, messages: bytes) -> None:
        """Keep whole messages, leaving out older ones as needed."""
        if not messages:
            return
        self.kept.append(messages)
        self.size += len(messages)
        while self.size > MAX_BYTES or len(self.kept) > MAX_PIECES:
            oldest = self.kept.popleft()
            self.size -= len(oldest)
            self.first_dropped = self.first_dropped or oldest

    def take(self, key: bytes) -> bytes:
        """Return all that was kept, after a notice if some was not; `key` signs it."""
        return (self.notice(key) if self.first_dropped else b"") + b"".join(self.kept)

    def notice(self, key: bytes) -> bytes:
        """Return a message that says that something was left out, under the cell whose output that was."""
        import syntax  # noqa: PLC0415  costs memory in every kernel, and most never need it

        splitter = Splitter()
        splitter.unseen = 0
        _, frames = splitter.feed(self.first_dropped)[0]
        return bytes(syntax.message_like(frames, "stream", NOTICE, key)) if part(frames, 3) else b""
