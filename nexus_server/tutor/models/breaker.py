"""A circuit breaker: after repeated failures nobody waits for a service that is down."""

from datetime import datetime, timedelta

from nexus_server.clock import Clock


class CircuitBreaker:
    """Opens after `threshold` failures in a row; lets one try through every `cooldown_s` seconds until one succeeds."""

    def __init__(self, clock: Clock, *, threshold: int, cooldown_s: float) -> None:
        """Start closed."""
        self._clock = clock
        self._threshold = threshold
        self._cooldown = timedelta(seconds=cooldown_s)
        self._failures = 0
        self._closed_again_at: datetime | None = None

    def allows(self) -> bool:
        """Return whether a try may be made now; when the cooldown is over, only the caller who asks first may."""
        if self._closed_again_at is None:
            return True
        if self._clock.now() < self._closed_again_at:
            return False
        self._closed_again_at = self._clock.now() + self._cooldown
        return True

    @property
    def is_open(self) -> bool:
        """Whether the service is left alone at this moment."""
        return self._closed_again_at is not None and self._clock.now() < self._closed_again_at

    def succeeded(self) -> None:
        """Close: the service answers."""
        self._failures = 0
        self._closed_again_at = None

    def failed(self) -> None:
        """Count a failure, and open when there were too many."""
        self._failures += 1
        if self._failures >= self._threshold:
            self._closed_again_at = self._clock.now() + self._cooldown
