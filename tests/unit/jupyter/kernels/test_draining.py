"""A server that is drained warns its learners, ends kernels at the deadline, and stops when none is left."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from nexus_server.events.messages import EventMessage
from nexus_server.jupyter.kernels.draining import Draining, warning_of
from nexus_server.kernels.death_reason import DeathReason
from nexus_server.servers.presence import Heard

UNTIL = datetime(2026, 9, 1, 12, tzinfo=UTC)
READY = Heard(0.0, None, None)


@dataclass
class Kernel:
    kernel_id: str
    told: list[EventMessage] = field(default_factory=list)

    def announce(self, event: EventMessage) -> None:
        self.told.append(event)


@dataclass
class House:
    """A server's kernels, and what is done to them."""

    kernels: list[Kernel]
    done: list[str] = field(default_factory=list)
    is_starting_any: bool = False

    def living(self) -> list[Kernel]:
        return self.kernels

    async def end_kernel(self, kernel_id: str, reason: DeathReason) -> None:
        self.kernels = [each for each in self.kernels if each.kernel_id != kernel_id]
        self.done.append(f"{kernel_id} {reason}")

    async def give_up_homes(self) -> None:
        self.done.append("homes given up")

    def stop(self) -> None:
        self.done.append("stopped")

    def draining(self) -> Draining:
        return Draining(self, give_up_homes=self.give_up_homes, stop=self.stop)


def drained(left_s: float) -> Heard:
    return Heard(0.0, UNTIL, left_s)


async def test_a_server_that_is_not_drained_goes_on() -> None:
    house = House([])
    await house.draining().hear(READY)
    assert house.done == []


async def test_learners_are_warned_once_and_once_more_before_the_end() -> None:
    one = Kernel("one")
    house = House([one])
    draining = house.draining()
    for left_s in (1800, 1799, 60, 59, 1):
        await draining.hear(drained(left_s))
    texts = [event.model_dump()["message"] for event in one.told]
    assert len(texts) == 2
    assert "in 30 minutes" in texts[0]
    assert "within a minute" in texts[1]
    assert {event.model_dump()["limit"] for event in one.told} == {"server"}
    assert house.done == []


async def test_whoever_starts_a_kernel_meanwhile_is_warned_too() -> None:
    house = House([Kernel("one")])
    draining = house.draining()
    await draining.hear(drained(1800))
    late = Kernel("late")
    house.kernels.append(late)
    await draining.hear(drained(1000))
    assert len(late.told) == 1


async def test_kernels_end_at_the_deadline_and_then_the_server_stops_once() -> None:
    house = House([Kernel("one"), Kernel("two")])
    draining = house.draining()
    await draining.hear(drained(0))
    await draining.hear(drained(-1))
    assert house.done == ["one server_drained", "two server_drained", "homes given up", "stopped"]


async def test_it_stops_as_soon_as_nothing_is_left() -> None:
    house = House([Kernel("one")], is_starting_any=True)
    draining = house.draining()
    await draining.hear(drained(1800))
    house.kernels = []
    await draining.hear(drained(1700))
    assert house.done == [], "a kernel starts"
    house.is_starting_any = False
    await draining.hear(drained(1600))
    assert house.done == ["homes given up", "stopped"]


async def test_draining_can_be_called_off_and_begun_again() -> None:
    one = Kernel("one")
    house = House([one])
    draining = house.draining()
    for heard in (drained(1800), READY, drained(1800)):
        await draining.hear(heard)
    assert len(one.told) == 2
    assert house.done == []


def test_the_time_is_told_in_words() -> None:
    assert [warning_of(left).partition("ends ")[2].partition(".")[0] for left in (600, 60, 5)] == [
        "in 10 minutes",
        "within a minute",
        "within a minute",
    ]
