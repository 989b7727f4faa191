"""A school day on paper: many learners, many servers, lessons on the hour. Nothing runs but the choice of homes.

    python -m benchmarks._cluster_day                       # 10,000 learners, 40 servers
    python -m benchmarks._cluster_day --loss 10.5           # one server dies at half past ten

Each lesson lasts 45 minutes and begins on the hour. A learner comes within three minutes, opens a lab, and starts a
kernel some seconds later. Their home is chosen as the product does it: by the room that a server told with its last
sign of life, less those who were placed since. Ten minutes after a lesson the kernels of most are gone.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from nexus_server.servers.choosing import Capacity, choose, room_of

HOURS = range(8, 16)
LESSON_S, ARRIVAL_S, KERNEL_AFTER_S, KERNEL_STAYS_S, STAY_S, BEAT_S = 2700, 180, 8, 600, 900, 2
#: the share of learners who have a lesson with notebooks in an hour
SHARES = {8: 0.35, 9: 0.6, 10: 0.7, 11: 0.55, 12: 0.15, 13: 0.5, 14: 0.4, 15: 0.2}


@dataclass
class Machine:
    """A server: what it may hold, what it holds, and what it told last."""

    number: int
    kernels_max: int
    memory_room: int
    #: learners at home here, with the second of their last need
    homes: dict[int, int] = field(default_factory=dict)
    kernels: set[int] = field(default_factory=set)
    room: int = 0
    is_alive: bool = True

    def beat(self, now: int) -> None:
        """Forget who was not there for long, and tell the room anew."""
        self.homes = {who: at for who, at in self.homes.items() if now - at < STAY_S or who in self.kernels}
        self.room = room_of(
            kernels_max=self.kernels_max,
            kernels=len(self.kernels),
            homes=len(self.homes),
            memory_room=self.memory_room - len(self.kernels),
        )


@dataclass
class Day:
    """What became of it."""

    #: the greatest of (most - mean) / mean of the shares in use, over all full lessons
    imbalance: float = 0.0
    placed: int = 0
    moved: int = 0
    lost_kernels: int = 0
    #: learners who found every place of their server taken
    refused: int = 0
    peak_kernels: int = 0
    #: the fullest server's share in use
    peak_share: float = 0.0


def events_of(learners: int, chance: random.Random) -> Iterator[tuple[int, str, int]]:
    """Yield what learners do: second, what, and who."""
    for hour in HOURS:
        for who in chance.sample(range(learners), round(learners * SHARES[hour])):
            comes = hour * 3600 + round(chance.triangular(0, ARRIVAL_S, 20))
            yield comes, "comes", who
            yield comes + KERNEL_AFTER_S, "starts", who
            yield hour * 3600 + LESSON_S + chance.randrange(KERNEL_STAYS_S), "ends", who


def simulate(learners: int, servers: int, *, kernels_max: int, seed: int = 1, loss_h: float | None = None) -> Day:
    """Play the day; at `loss_h` o'clock the fullest server dies."""
    chance = random.Random(seed)  # noqa: S311  a simulation
    machines = [Machine(number, kernels_max, memory_room=2 * kernels_max) for number in range(servers)]
    home: dict[int, Machine] = {}
    day, next_beat = Day(), HOURS[0] * 3600
    for now, what, who in sorted(events_of(learners, chance)):
        while next_beat <= now:
            for machine in machines:
                machine.beat(next_beat)
            if loss_h is not None and next_beat >= loss_h * 3600:
                loss_h = None
                day.lost_kernels = lose(max(machines, key=lambda each: len(each.kernels)))
            note(day, machines, next_beat)
            next_beat += BEAT_S
        if what == "comes":
            settle(day, machines, home, who, now)
        elif what == "starts":
            machine = home[who] if home[who].is_alive else settle(day, machines, home, who, now)
            day.refused += len(machine.kernels) >= machine.kernels_max
            machine.kernels.add(who)
        else:
            home[who].kernels.discard(who)
    return day


def settle(day: Day, machines: list[Machine], home: dict[int, Machine], who: int, now: int) -> Machine:
    """Let a learner need their home: it stays while it is needed, else it is chosen."""
    before = home.get(who)
    if before is None or not before.is_alive or who not in before.homes:
        chosen = choose(
            Capacity(UUID(int=each.number), each.kernels_max, each.room) for each in machines if each.is_alive
        )
        assert chosen is not None
        home[who] = machines[chosen.int]
        home[who].room -= 1
        day.placed += 1
        day.moved += before is not None and before is not home[who]
    home[who].homes[who] = now
    return home[who]


def lose(machine: Machine) -> int:
    """Let a server die; return how many kernels went with it."""
    machine.is_alive, lost = False, len(machine.kernels)
    machine.kernels.clear()
    machine.homes.clear()
    return lost


def note(day: Day, machines: list[Machine], now: int) -> None:
    """Look at how evenly the servers are used, while lessons are on."""
    alive = [each for each in machines if each.is_alive]
    shares = [len(each.homes) / each.kernels_max for each in alive]
    mean = sum(shares) / len(shares)
    day.peak_share = max(day.peak_share, *shares)
    day.peak_kernels = max(day.peak_kernels, sum(len(each.kernels) for each in alive))
    if ARRIVAL_S < now % 3600 < LESSON_S and mean > 0.2:  # a quiet hour tells nothing of balance
        day.imbalance = max(day.imbalance, (max(shares) - mean) / mean)


def main() -> None:
    """Print the day."""
    parser = argparse.ArgumentParser(description="A school day on paper.")
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--servers", type=int, default=40)
    parser.add_argument("--kernels", type=int, default=200, help="kernels that each server may hold")
    parser.add_argument("--loss", type=float, help="the hour at which the fullest server dies")
    given = parser.parse_args()
    day = simulate(given.learners, given.servers, kernels_max=given.kernels, loss_h=given.loss)
    for name, value in vars(day).items():
        print(f"{name:>14} {value:g}")


if __name__ == "__main__":
    main()
