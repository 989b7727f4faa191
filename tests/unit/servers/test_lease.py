"""A lease is held from when a sign of life was sent, never from when it arrived."""

from nexus_server.servers.lease import Lease


def test_it_ends_with_silence_and_comes_back() -> None:
    now = [100.0]
    lease = Lease(10.0, lambda: now[0])

    def is_held() -> bool:
        return lease.is_held

    assert not is_held()
    begun = lease.begin()
    now[0] = 104.0
    assert not lease.renew(begun), "it was not held before"
    now[0] = 109.9
    assert is_held()
    now[0] = 110.0
    assert not is_held(), "it counts from before the sign of life was sent"
    assert not lease.renew(lease.begin()), "whoever was silent for so long may have been succeeded"
    now[0] = 115.0
    assert lease.renew(lease.begin())
    lease.end()
    assert not is_held()
