"""Tells whoever runs the site, under their bell, when a part of the server stopped working."""

import time

from nexus_server.notifications.service import NotificationService
from nexus_server.tasks import Part, PartState, end_task, forever, parts

#: seconds between two looks
INTERVAL_S = 5.0
#: failures in a row after which a part that goes on trying is reported
MANY_FAILURES = 3
#: seconds before the same part is reported again
SILENCE_S = 3600.0

NOTICE = (
    "“{part}”, a part of the server that works in the background, {state}. It is tried again by itself; "
    "the server's log says why it failed, under background_step_failed or background_part_stopped."
)
WORDS = {PartState.STOPPED: "stopped", PartState.FAILING: "fails again and again"}


class PartWatch:
    """Looks at every part now and then. A `Background`."""

    def __init__(self, notifications: NotificationService) -> None:
        """Report to staff by `notifications`."""
        self._notifications = notifications
        #: when each part was reported last, on the monotonic clock
        self._reported: dict[str, float] = {}
        self._part: Part | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._part = forever("part-watch", self.look, every_s=INTERVAL_S)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def look(self) -> None:
        """Report every part that stopped, or failed many times in a row, and was not reported a while ago.

        Raises:
            UnavailableError: the database does not answer; what is still broken then is reported later.
        """
        for part in parts():
            state = part.state
            is_broken = state is PartState.STOPPED or (state is PartState.FAILING and part.failures >= MANY_FAILURES)
            if is_broken and self._is_news(part.name):
                await self._notifications.notify_staff("part.stopped", _payload(part.name, state))
                self._reported[part.name] = time.monotonic()

    def _is_news(self, name: str) -> bool:
        reported = self._reported.get(name)
        return reported is None or time.monotonic() - reported > SILENCE_S


def _payload(name: str, state: PartState) -> dict[str, str]:
    return {"part": name, "state": str(state), "message": NOTICE.format(part=name, state=WORDS[state])}
