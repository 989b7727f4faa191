"""Replies of cells that ended while no page was there to be replied to, made up for from what the kernel published.

A kernel sends a cell's reply to the page that asked, and it is lost when that page's connection ended with its server.
What the kernel published was kept: without the reply beside it the page would show the cell as running for ever.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

from nexus_server.jupyter.messages.replay import Message
from nexus_server.jupyter.messages.status import count_of, error_of, parent_of, status_of

#: messages about the beginnings and ends of cells that are remembered, and cells that are seen to: a kernel may say
#: that any number of cells ended
REMEMBERED = 64
WELL: dict[str, Any] = {"status": "ok", "payload": [], "user_expressions": {}}


def lost_replies(messages: Iterable[Message]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return an `execute_reply` content and its request's header for each cell that ends in the messages."""
    failed: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    begun: set[str] = set()
    replies = []
    for _, frames in messages:
        status = status_of(frames)
        if status is None:
            if error := error_of(frames):
                told = {"ename": error.ename, "evalue": error.evalue, "traceback": []}
                failed[str(error.parent.get("msg_id"))] = {"status": "error", **told}
            elif numbered := count_of(frames):
                counts[numbered[0]] = numbered[1]
        elif status.parent_type == "execute_request":
            cell = str(status.parent.get("msg_id"))
            if status.state == "busy":
                begun.add(cell)
            elif status.state == "idle":
                # After an error the kernel drops the cells that wait: they begin and end, and nothing of them runs.
                was_dropped = failed and cell in begun and cell not in counts
                replies.append((failed.get(cell, {"status": "aborted"} if was_dropped else WELL), status.parent))
    numbers = _numbers([str(parent.get("msg_id")) for _, parent in replies], counts)
    return [
        ({**outcome, "execution_count": number}, parent)
        for (outcome, parent), number in zip(replies, numbers, strict=True)
    ]


def _numbers(cells: list[str], counts: dict[str, int]) -> list[int | None]:
    """Return the cells' numbers; a cell that began before the messages is one before the next, if that is known."""
    numbers: list[int | None] = []
    following: int | None = None
    for cell in reversed(cells):
        following = counts.get(cell, None if following is None else following - 1)
        numbers.append(following)
    return numbers[::-1]


class LateReplies:
    """Cells of a page's last connection that end on the next one.

    Their replies are lost, too, if the kernel sends them before it knows the connection that the page has now.
    """

    def __init__(self) -> None:
        """Know of no cell."""
        self._published: deque[Message] = deque(maxlen=REMEMBERED)
        self._replied: deque[str] = deque(maxlen=REMEMBERED)
        self._seen_to = 0

    def note_published(self, frames: list[bytes]) -> str | None:
        """Note a message of the IOPub channel; return the request's id if it ends a cell that was not replied to."""
        status = status_of(frames)
        if status is None and error_of(frames) is None and count_of(frames) is None:
            return None
        self._published.append(("iopub", frames))
        if status is None or status.state != "idle" or status.parent_type != "execute_request":
            return None
        request = str(status.parent.get("msg_id"))
        if request in self._replied or self._seen_to == REMEMBERED:
            return None
        self._seen_to += 1
        return request

    def note_reply(self, frames: list[bytes]) -> None:
        """Note a message of the shell channel."""
        self._replied.append(str(parent_of(frames).get("msg_id")))

    def make_up(self, request: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return an `execute_reply` content and its request's header, unless the reply came after all."""
        if request in self._replied:
            return None
        self._replied.append(request)
        return next((made for made in lost_replies(self._published) if made[1].get("msg_id") == request), None)
