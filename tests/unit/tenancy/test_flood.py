"""What a kernel may send, whatever the messages' types."""

from nexus_server.tenancy.flood import FloodGate, FloodLimits

LIMITS = FloodLimits(bytes_per_s=100, burst_bytes=1000, messages_per_s=10, burst_messages=20, max_message_bytes=500)


def test_a_burst_passes_and_what_follows_does_not() -> None:
    gate = FloodGate(LIMITS, now=0.0)
    assert [gate.admits(250, now=0.0) for _ in range(5)] == [True, True, True, True, False]
    assert gate.is_closed


def test_a_closed_gate_opens_after_a_pause_not_for_every_crumb() -> None:
    gate = FloodGate(LIMITS, now=0.0)
    for _ in range(5):
        gate.admits(250, now=0.0)
    assert not gate.admits(10, now=0.5)
    assert gate.admits(10, now=2.0)


def test_many_small_messages_are_a_flood_too() -> None:
    gate = FloodGate(LIMITS, now=0.0)
    assert sum(gate.admits(1, now=0.0) for _ in range(50)) == 20


def test_one_giant_message_never_passes_and_closes_nothing() -> None:
    gate = FloodGate(LIMITS, now=0.0)
    assert not gate.admits(501, now=0.0)
    assert gate.admits(500, now=0.0)


def test_a_steady_stream_within_the_rate_passes_for_ever() -> None:
    gate = FloodGate(LIMITS, now=0.0)
    assert all(gate.admits(100, now=float(second)) for second in range(1000))
