"""Messages reach the tabs that read, and a tab that does not learns that it missed some."""

from uuid import uuid4

from nexus_server.events.bus import MAX_UNREAD, MISSED, EventBus
from nexus_server.events.messages import KernelPosition


def test_a_tab_that_reads_too_slowly_is_told_that_it_missed_something() -> None:
    bus, ada = EventBus(), uuid4()
    with bus.subscribe(ada) as slow, bus.subscribe(ada) as quick:
        for number in range(MAX_UNREAD + 1):
            bus.publish(ada, KernelPosition(kernel_id="k1", position=number))
            assert quick.get_nowait()["position"] == number
        assert slow.get_nowait() == MISSED
        assert slow.get_nowait() == {
            "type": "queue.position",
            "kernel_id": "k1",
            "position": MAX_UNREAD,
            "wait_s": None,
        }
        assert slow.empty()
