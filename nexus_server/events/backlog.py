"""What learners were told lately, so that a tab whose connection broke can ask for what it missed.

A cursor is the moment at which a message was published, and a number that makes it one of its kind. Messages of several
processes may arrive in different orders. So whoever asks gets those from shortly before the cursor, too, and knows by
their cursors which it has.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

#: seconds for which messages are kept: a tab that was away for longer asks for its state anew
KEPT_S = 120.0
#: messages that are kept for one learner, and of those for everybody
MAX_EACH = 100
#: messages that are kept in all
MAX_ALL = 20_000
#: seconds before the cursor from which messages are given again: how far processes' clocks and channels may differ
OVERLAP_S = 5.0


class Told(dict[str, object]):
    """A message as it is on the socket, and its cursor; without one it is not kept."""

    def __init__(self, message: Mapping[str, object], cursor: str = "") -> None:
        """`cursor` comes from the process that published the message."""
        super().__init__(message)
        self.cursor = cursor


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    at: float
    message: Told


class Backlog:
    """The messages of the last minutes, by learner; None stands for everybody."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` gives seconds since 1970, which other processes of the site agree on."""
        self._now = now
        self._origin = uuid4().hex[:8]
        self._numbers = count(1)
        self._kept: dict[UUID | None, deque[_Kept]] = {}
        #: by learner, the moment of the newest message that gave way to newer ones of the same learner
        self._dropped: dict[UUID | None, float] = {}
        self._order: deque[tuple[int, float, UUID | None]] = deque()
        #: what was published since then was heard, and is kept unless it was dropped
        self._since = now() - 0.001

    def cursor(self) -> str:
        """Return a cursor for now."""
        moment = int(self._now() * 1000) / 1000  # never after the moment at which the message is kept
        return f"{moment:.3f}-{self._origin}-{next(self._numbers)}"

    def keep(self, user_id: UUID | None, message: Told) -> None:
        """Keep a message that was published just now, here or elsewhere."""
        at = _moment_of(message.cursor)
        if at is None:
            return
        own = self._kept.setdefault(user_id, deque())
        if user_id is None:
            self._forget_equal(own, message)
        if len(own) >= MAX_EACH:
            self._dropped[user_id] = max(own.popleft().at, self._dropped.get(user_id, 0.0))
        number = next(self._numbers)
        own.append(_Kept(number, at, message))
        self._order.append((number, self._now(), user_id))
        self._forget_old()

    def since(self, user_id: UUID, cursor: str) -> list[Told] | None:
        """Return what a learner was told since a cursor, in order; None: not all of it is kept."""
        moment = _moment_of(cursor)
        if moment is None:
            return None
        self._forget_old()
        begin = moment - OVERLAP_S
        if moment <= self._since or begin <= max(self._dropped.get(key, 0.0) for key in (user_id, None)):
            return None
        found = [kept for key in (user_id, None) for kept in self._kept.get(key, ()) if kept.at >= begin]
        found.sort(key=lambda kept: kept.number)
        return [kept.message for kept in found if kept.message.cursor != cursor]

    def _forget_equal(self, own: deque[_Kept], message: Told) -> None:
        """Of equal news for everybody, such as a board that changed, the newest says it all."""
        equal = next((kept for kept in own if kept.message == message), None)
        if equal is not None:
            own.remove(equal)

    def _forget_old(self) -> None:
        oldest = self._now() - KEPT_S
        while self._order and (self._order[0][1] < oldest or len(self._order) > MAX_ALL):
            number, at, user_id = self._order.popleft()
            self._since = max(self._since, at)
            own = self._kept.get(user_id)
            while own and own[0].number <= number:
                own.popleft()
            if not own:
                self._kept.pop(user_id, None)
                self._dropped.pop(user_id, None)


def _moment_of(cursor: str) -> float | None:
    """Return the moment of a cursor; None for what is none."""
    seconds = cursor.partition("-")[0]
    digits = seconds.replace(".", "", 1)
    return float(seconds) if digits.isascii() and digits.isdecimal() and len(digits) <= 15 else None  # noqa: PLR2004
