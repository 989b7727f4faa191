from datetime import UTC, datetime, timedelta

from nexus_server.clock import ManualClock
from nexus_server.tutor.models.breaker import CircuitBreaker


def test_it_opens_after_failures_in_a_row_and_tries_again_later() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    breaker = CircuitBreaker(clock, threshold=2, cooldown_s=60)
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.time += timedelta(seconds=61)
    assert breaker.allows()
    assert not breaker.allows(), "one try at a time"
    breaker.succeeded()
    assert breaker.allows()


def test_a_success_forgets_failures() -> None:
    breaker = CircuitBreaker(ManualClock(datetime(2026, 1, 1, tzinfo=UTC)), threshold=2, cooldown_s=60)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
