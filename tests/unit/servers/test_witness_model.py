"""Random partitions, late answers and restarts of both witnesses: whoever is succeeded holds its lease no longer."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from nexus_server.servers.lease import Lease
from nexus_server.servers.liveness import Liveness
from nexus_server.servers.redis_witness import RedisWitness
from nexus_server.store.models.servers import Server
from nexus_server.store.redis import RedisUnavailableError

SERVERS, STEPS, LEASE_S = 3, 60, 10.0
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)

servers = st.integers(0, SERVERS - 1)


class World:
    """The clock that all share here: machines' own clocks are not what this is about."""

    now_s = 0.0

    def now(self) -> float:
        return self.now_s


@dataclass
class Marks:
    """A Redis as far as `RedisWitness` asks it: marks that end, and which process answers."""

    world: World
    run_id: str = "first"
    ends: dict[str, float] = field(default_factory=dict)
    cut_from: set[int] = field(default_factory=set)

    def restart(self) -> None:
        self.run_id, self.ends = str(uuid4()), {}


class Connection:
    """One server's way to it: a `RedisStore` and its client in one."""

    def __init__(self, marks: Marks, number: int) -> None:
        self.marks, self.number = marks, number

    async def call(self, command: Any) -> Any:
        if self.number in self.marks.cut_from:
            raise RedisUnavailableError
        return await command(self)

    async def set(self, key: str, _value: str, *, px: int) -> None:
        self.marks.ends[key] = self.marks.world.now_s + px / 1000

    def pipeline(self, *, transaction: bool) -> "Connection":  # noqa: ARG002  as the client has it
        return self

    def info(self, _section: str) -> "Connection":
        return self

    def mget(self, keys: list[str]) -> "Connection":
        self.asked = keys
        return self

    async def execute(self) -> list[Any]:
        now = self.marks.world.now_s
        return [
            {"run_id": self.marks.run_id},
            ["1" if self.marks.ends.get(key, 0) > now else None for key in self.asked],
        ]


class Member:
    """A server, as `Membership` has it tell both witnesses."""

    def __init__(self, number: int, marks: Marks) -> None:
        self.id = uuid4()
        self.lease = Lease(LEASE_S, marks.world.now)
        self.witness = RedisWitness(cast("Any", Connection(marks, number)), LEASE_S, marks.world.now)
        self.liveness = Liveness(self.lease, self.witness)
        self.witnessed_at = float("-inf")
        self.beats = 0


@dataclass
class Beat:
    """A sign of life that is on its way to the database, and whose answer may be."""

    member: Member
    number: int
    is_witnessed: bool
    begun_at: float


class Site(RuleBasedStateMachine):
    """Servers, a database and a Redis, each of which may be out of reach."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.runner = asyncio.Runner()

    def teardown(self) -> None:
        self.runner.close()

    @initialize()
    def begin(self) -> None:
        self.marks = Marks(self.world)
        self.members = [Member(number, self.marks) for number in range(SERVERS)]
        self.rows = {
            each.id: Server(id=each.id, heartbeat_at=BEGIN, beats=0, is_witnessed=False) for each in self.members
        }
        self.cut_from_database: set[int] = set()
        self.late: list[Beat] = []
        #: who was succeeded, and has not been back at the database since
        self.succeeded: set[UUID] = set()
        for _ in range(12):
            self.all_tell()
            self.world.now_s += 1

    def all_tell(self) -> None:
        for number in range(SERVERS):
            self.tell_redis(number)
            self.tell_database(number)

    @rule(seconds=st.floats(0.1, 4))
    def pass_time(self, seconds: float) -> None:
        self.world.now_s += seconds

    @rule(beats=st.integers(1, 8))
    def live(self, beats: int) -> None:
        """Some time in which everybody says what they can."""
        for _ in range(beats):
            self.world.now_s += 2
            self.all_tell()

    def live_on(self) -> None:
        self.live(6)

    @rule(server=servers)
    def tell_redis(self, server: int) -> None:
        member = self.members[server]
        begun_at = member.lease.begin()
        try:
            self.runner.run(member.witness.sign(member.id))
        except RedisUnavailableError:
            return
        member.witnessed_at = begun_at
        member.lease.extend(begun_at)
        self.runner.run(member.witness.watch())

    def sent(self, server: int) -> Beat:
        member = self.members[server]
        begun_at = member.lease.begin()
        is_witnessed = begun_at - member.witnessed_at < LEASE_S / 2
        if not is_witnessed:
            member.lease.rely_on_witness(is_witnessed=False)
        member.beats += 1
        return Beat(member, member.beats, is_witnessed, begun_at)

    def arrive(self, beat: Beat) -> bool:
        row = self.rows[beat.member.id]
        if row.beats >= beat.number:
            return False
        row.beats, row.is_witnessed = beat.number, beat.is_witnessed
        row.heartbeat_at = BEGIN + timedelta(seconds=self.world.now_s)
        return True

    @rule(server=servers)
    def tell_database(self, server: int) -> None:
        beat = self.sent(server)
        if server in self.cut_from_database or not self.arrive(beat):
            return
        beat.member.lease.rely_on_witness(is_witnessed=beat.is_witnessed)
        beat.member.lease.renew(beat.begun_at)
        self.succeeded.discard(beat.member.id)

    @rule(server=servers, is_late=st.booleans())
    def lose_answer(self, server: int, is_late: bool) -> None:  # noqa: FBT001  drawn
        """The database hears of a server, now or later, and the server does not know; then it is cut off."""
        beat = self.sent(server)
        if is_late:
            self.late.append(beat)
        else:
            self.arrive(beat)
        self.cut_database(server)

    @rule(data=st.data())
    def arrive_late(self, data: st.DataObject) -> None:
        if self.late:
            self.arrive(self.late.pop(data.draw(st.integers(0, len(self.late) - 1))))

    def succeed(self, server: int) -> None:
        """A server that reaches the database takes the learners of those that it finds gone."""
        if server in self.cut_from_database or not self.members[server].liveness.may_judge:
            return
        now = BEGIN + timedelta(seconds=self.world.now_s)
        gone = self.runner.run(self.members[server].liveness.gone(self.rows.values(), now))
        self.succeeded |= gone
        for server_id in gone:
            self.rows[server_id].is_witnessed = False

    @rule(server=servers)
    def cut_database(self, server: int) -> None:
        self.cut_from_database.add(server)

    @rule(server=servers)
    def cut_redis(self, server: int) -> None:
        self.marks.cut_from.add(server)

    @rule()
    def stop_redis(self) -> None:
        self.marks.cut_from.update(range(SERVERS))

    @rule()
    def restart_redis(self) -> None:
        self.marks.restart()

    @rule(server=servers)
    def mend_database(self, server: int) -> None:
        self.cut_from_database.discard(server)

    @rule(server=servers)
    def mend_redis(self, server: int) -> None:
        self.marks.cut_from.discard(server)

    @invariant()
    def nobody_is_succeeded_who_holds_the_lease(self) -> None:
        """Whoever can, looks all the time."""
        for number in range(len(getattr(self, "members", []))):
            self.succeed(number)
        for member in getattr(self, "members", []):
            assert member.id not in self.succeeded or not member.lease.is_held


@pytest.mark.parametrize("runs", [100, pytest.param(3000, marks=pytest.mark.long)])
def test_nobody_is_succeeded_who_holds_the_lease(runs: int) -> None:
    run_state_machine_as_test(Site, settings=settings(max_examples=runs, stateful_step_count=STEPS))


def site() -> Site:
    """Return one whose servers have all been in touch with both witnesses."""
    made = Site()
    made.begin()
    return made


def holds(member: Member) -> bool:
    return member.lease.is_held


def test_either_witness_keeps_a_lease_and_both_gone_end_it() -> None:
    made = site()
    one, two = made.members[:2]
    made.cut_database(0)
    made.live_on()
    made.live_on()
    made.succeed(1)
    assert holds(one)
    assert one.id not in made.succeeded
    made.mend_database(0)
    made.all_tell()
    made.cut_redis(0)
    made.live_on()
    made.live_on()
    assert holds(one)
    made.cut_database(0)
    made.live_on()
    made.succeed(1)
    assert not holds(one)
    assert made.succeeded == {one.id}
    assert holds(two)
    made.marks.cut_from.clear()
    made.live_on()
    assert not holds(one), "Redis alone does not bring it back"
    made.mend_database(0)
    made.all_tell()
    assert holds(one)
    made.teardown()


def test_without_redis_a_server_that_is_gone_is_succeeded_all_the_same() -> None:
    made = site()
    made.stop_redis()
    made.live_on()
    made.cut_database(0)
    made.live_on()
    made.succeed(1)
    assert made.succeeded == {made.members[0].id}
    made.teardown()


def test_a_redis_that_lost_everything_is_not_believed_at_once() -> None:
    made = site()
    one = made.members[0]
    made.cut_database(0)
    made.live_on()
    made.restart_redis()
    made.succeed(1)
    assert holds(one)
    assert one.id not in made.succeeded
    made.live_on()
    made.succeed(1)
    assert one.id not in made.succeeded, "it has left its mark again"
    made.teardown()


def live_and_look(made: Site) -> None:
    for _ in range(7):
        made.pass_time(2)
        made.all_tell()
        made.nobody_is_succeeded_who_holds_the_lease()


def test_who_says_that_redis_counts_no_more_does_not_count_on_it_from_then_on() -> None:
    made = site()
    made.cut_redis(0)
    made.pass_time(6)
    made.lose_answer(0, is_late=False)
    made.mend_redis(0)
    live_and_look(made)
    assert made.succeeded == {made.members[0].id}
    made.teardown()


def test_a_sign_of_life_that_was_overtaken_does_not_say_what_counts() -> None:
    made = site()
    made.cut_redis(0)
    made.pass_time(6)
    made.lose_answer(0, is_late=True)
    made.mend_redis(0)
    made.mend_database(0)
    made.all_tell()
    made.arrive(made.late.pop())
    made.cut_database(0)
    live_and_look(made)
    assert made.succeeded == set(), "Redis hears of it"
    made.teardown()
