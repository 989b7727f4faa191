"""Who is told of a place in the line for kernels."""

from uuid import uuid4

import pytest

from nexus_server.app import _tell_position
from nexus_server.events.bus import EventBus


def test_a_learner_is_told() -> None:
    bus, ada = EventBus(), uuid4()
    with bus.subscribe(ada) as messages:
        _tell_position(bus, str(ada), "k1", 3)
        assert messages.get_nowait() == {"type": "queue.position", "kernel_id": "k1", "position": 3}


@pytest.mark.parametrize("owner", ["grading", ""])
def test_kernels_of_the_platform_wait_silently(owner: str) -> None:
    bus, ada = EventBus(), uuid4()
    with bus.subscribe(ada) as messages:
        _tell_position(bus, owner, "k1", 3)
        assert messages.empty()
