"""Which requests a page has seen the end of: a kernel that says too much may lose the status that ends its cell."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from nexus_server.jupyter.messages.status import Status, parent_of

#: requests whose end is remembered; a reply follows its request's end, or goes just before it
REMEMBERED = 64
#: seconds of silence after which a cell that was replied to counts as ended, if its own message that it ended was lost
IDLE_AFTER_S = 1.5
#: seconds after its reply at which it does so although output goes on: JavaScript's takes as long as a cell may run
LONGEST_OUTPUT_S = 150.0


@dataclass(slots=True)
class Reply:
    """A reply to a request whose end has not been seen. Times are any clock's seconds."""

    #: header of the request
    parent: dict[str, Any]
    since: float
    #: when something of the request came last
    heard_at: float


class CellEnds:
    """Compares the replies of one page's requests with the `idle` statuses that came for them."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._ended: deque[str] = deque(maxlen=REMEMBERED)
        self._replied: dict[str, Reply] = {}

    def note_status(self, status: Status | None) -> None:
        """Note a message of the IOPub channel: what it says of a state, if it does."""
        if status is not None and status.state == "idle":
            request = str(status.parent.get("msg_id"))
            self._ended.append(request)
            self._replied.pop(request, None)

    def has_ended(self, parent: dict[str, Any]) -> bool:
        """Whether the end of the request with this header has been seen."""
        return str(parent.get("msg_id")) in self._ended

    def note_output(self, frames: list[bytes], now: float) -> None:
        """Note a message of the IOPub channel that is no status: the request that it belongs to goes on."""
        # Between a cell's reply and its end there is mostly nothing; only then is anything parsed here.
        if self._replied and (reply := self._replied.get(str(parent_of(frames).get("msg_id")))):
            reply.heard_at = now

    def note_reply(self, frames: list[bytes], now: float) -> str | None:
        """Note a message of the shell channel; return the request's id when its end has not been seen."""
        parent = parent_of(frames)
        request = str(parent.get("msg_id"))
        if not parent or request in self._ended:
            return None
        self._replied[request] = Reply(parent, now, now)
        return request

    def goes_on(self, request: str, now: float) -> bool:
        """Whether output of a request that was replied to still comes: its end will come after that."""
        reply = self._replied.get(request)
        return reply is not None and now - reply.heard_at < IDLE_AFTER_S and now - reply.since < LONGEST_OUTPUT_S

    def take_unended(self, request: str) -> dict[str, Any] | None:
        """Return the header of a request that was replied to and whose end was not seen, once."""
        reply = self._replied.pop(request, None)
        return None if reply is None else reply.parent
