"""Tells learners where their kernel stands among those that wait for a start."""

import math
from uuid import UUID

from nexus_server.events.bus import EventBus
from nexus_server.events.messages import KernelPosition


def tell_position(bus: EventBus, owner: str, kernel_id: str, position: int, wait_s: float | None) -> None:
    """Tell a learner's tabs how many starts are before theirs, and how long that takes; 0 is their turn."""
    try:
        learner_id = UUID(owner)
    except ValueError:
        return  # the platform's own: a kernel of grading waits like any other, and nobody watches it
    about_s = None if wait_s is None else math.ceil(wait_s)
    bus.publish(learner_id, KernelPosition(kernel_id=kernel_id, position=position, wait_s=about_s))
