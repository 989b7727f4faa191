"""Messages reach the tabs that read, and a tab that does not learns that it missed some."""

from contextlib import ExitStack
from uuid import uuid4

from nexus_server.events.bus import MAX_TABS, MAX_UNREAD, MISSED, EventBus
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


def test_the_oldest_tab_gives_way_to_one_too_many_of_the_same_learner() -> None:
    bus, ada, bob = EventBus(), uuid4(), uuid4()
    ended: list[int] = []
    with ExitStack() as stack:
        others = stack.enter_context(bus.subscribe(bob, lambda: ended.append(-1)))
        tabs = [
            stack.enter_context(bus.subscribe(ada, lambda number=number: ended.append(number)))  # type: ignore[misc]
            for number in range(MAX_TABS + 1)
        ]
        assert ended == [0]
        bus.publish(None, KernelPosition(kernel_id="k1", position=1))
        assert [tab.qsize() for tab in tabs] == [0] + [1] * MAX_TABS
        assert others.qsize() == 1
    assert bus.learners_with_tabs() == set()
