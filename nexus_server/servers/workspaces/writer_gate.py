"""Lets saves through until a workspace is handed on, and then waits for those that go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WriterGate:
    """The gate of one workspace; threads go through it."""

    def __init__(self) -> None:
        """Begin open."""
        self._changed = threading.Condition()
        self._writers = 0
        self.is_open = True

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Be counted as one who writes; gives whether one may."""
        with self._changed:
            may_write = self.is_open
            self._writers += may_write
        try:
            yield may_write
        finally:
            if may_write:
                with self._changed:
                    self._writers -= 1
                    self._changed.notify_all()

    def close(self, within_s: float) -> bool:
        """Let nobody in any more; return whether all are out in time. Blocks."""
        with self._changed:
            self.is_open = False
            return self._changed.wait_for(lambda: not self._writers, within_s)

    def open(self) -> None:
        """Let writers in again."""
        with self._changed:
            self.is_open = True
