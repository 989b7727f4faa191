"""Replies that a learner's own page asks for again and again, kept for a moment and forgotten when anything changes.

A reply is forgotten when the learner writes anything, and when the platform tells the learner of anything (the event
bus, which hears of other processes too; the boards' changes aside). Only operations with `cache_s` are kept.
"""

import time
from collections import OrderedDict
from uuid import UUID

#: learners whose replies are kept; the one who was longest away is dropped first
MAX_LEARNERS = 2_000
#: replies kept per learner
MAX_REPLIES = 16

#: Events that forget nothing. The boards change with everybody's points, many times a second in a class at work. A kept
#: board is never older than its `cache_s`, and a page looks at the boards some seconds after the event, not at once.
LETS_STAND = frozenset({"leaderboard.changed"})


class ReplyCache:
    """Bodies of JSON replies, by learner and address."""

    def __init__(self) -> None:
        """Know nothing."""
        self._kept: OrderedDict[UUID, dict[str, tuple[float, bytes]]] = OrderedDict()
        self._changes: dict[UUID, int] = {}
        self._changes_for_all = 0

    def find(self, learner_id: UUID, uri: str) -> bytes | None:
        """Return the kept body of a reply that is still good."""
        kept = self._kept.get(learner_id)
        entry = kept.get(uri) if kept else None
        if entry is None or entry[0] < time.monotonic():
            return None
        return entry[1]

    def version(self, learner_id: UUID) -> int:
        """Return a number that changes with every `forget`."""
        return self._changes.get(learner_id, 0) + self._changes_for_all

    def keep(self, learner_id: UUID, uri: str, body: bytes, *, seconds: float, version: int) -> None:
        """Keep a reply that was made since `version`, unless something changed meanwhile."""
        if version != self.version(learner_id):
            return
        kept = self._kept.setdefault(learner_id, {})
        self._kept.move_to_end(learner_id)
        if len(kept) >= MAX_REPLIES:
            kept.clear()
        kept[uri] = (time.monotonic() + seconds, body)
        if len(self._kept) > MAX_LEARNERS:
            dropped, _ = self._kept.popitem(last=False)
            # A reply under way may still hold the old number: it must not find it again.
            self._changes[dropped] = self._changes.get(dropped, 0) + 1

    def hear(self, learner_id: UUID | None, kind: str) -> None:
        """Take in an event of the bus: forget what it may have changed."""
        if kind not in LETS_STAND:
            self.forget(learner_id)

    def forget(self, learner_id: UUID | None) -> None:
        """Forget everything about a learner, or, when something was told to everybody (None), about all of them."""
        if learner_id is None:
            self._kept.clear()
            self._changes_for_all += 1
            return
        self._kept.pop(learner_id, None)
        self._changes[learner_id] = self._changes.get(learner_id, 0) + 1
