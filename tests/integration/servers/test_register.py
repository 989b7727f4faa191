"""The register of servers on PostgreSQL: who lives, who is gone, and what each holds."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from nexus_server.accounts.audit import AuditLog
from nexus_server.clock import SystemClock
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.servers.errors import (
    AmbiguousServerError,
    LivingServerError,
    NotSharingError,
    SameServerError,
    UnknownServerError,
)
from nexus_server.servers.membership import Membership
from nexus_server.servers.presence import ServerPresence
from nexus_server.servers.register import ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuditEntry, User
from nexus_server.store.models.kernels import Kernel, KernelSession
from nexus_server.store.models.servers import Server
from nexus_server.tenancy.errors import NoSuchSessionError
from nexus_server.tenancy.kernel_registry import KernelRegistry
from nexus_server.tenancy.session_store import SessionRecord, SessionStore

pytestmark = pytest.mark.postgres

LEASE_S = 10.0


def presence(**differs: object) -> ServerPresence:
    me = ServerPresence(uuid4(), uuid4(), "one.school.test", "0.1.0", "a" * 64, kernels_max=200)
    return replace(me, **differs)  # type: ignore[arg-type]


@pytest.fixture
def register(database: Database) -> ServerRegister:
    return ServerRegister(database, SystemClock(), LEASE_S)


@pytest.fixture
async def ada(database: Database) -> Learner:
    user = User(id=uuid4(), email="ada@school.test", display_name="Ada", role="student")
    async with database.transaction() as session:
        session.add(user)
    return Learner(user.id, user.email, "Ada", Role.STUDENT)


@dataclass
class Holder:
    """What one server holds: a learner's kernel, and a session of a document."""

    kernels: KernelRegistry
    sessions: SessionStore
    kernel_id: UUID
    session_id: UUID


@pytest.fixture
async def here(database: Database, ada: Learner) -> Holder:
    return await hold(database, ada)


@pytest.fixture
async def there(database: Database, ada: Learner) -> Holder:
    """Another server, on which the same learner works on the same document."""
    return await hold(database, ada)


async def hold(database: Database, learner: Learner) -> Holder:
    server_id, clock = uuid4(), SystemClock()
    found = Holder(
        KernelRegistry(database, clock, server_id), SessionStore(database, clock, server_id), uuid4(), uuid4()
    )
    await found.kernels.add(found.kernel_id, learner.id, "nexus-python", {})
    await found.kernels.mark_alive(found.kernel_id, None)
    await found.sessions.add(learner, SessionRecord(found.session_id, found.kernel_id, "lab.ipynb", "lab", "notebook"))
    return found


async def fall_silent(database: Database, server_id: UUID) -> None:
    """Make a server's last sign of life older than its lease."""
    async with database.transaction() as session:
        (await session.get_one(Server, server_id)).heartbeat_at -= timedelta(seconds=LEASE_S + 1)


async def states(register: ServerRegister) -> dict[UUID, str]:
    return {server.id: server.state for server in await register.list_all()}


async def test_a_server_lives_from_its_entry_until_it_leaves(register: ServerRegister) -> None:
    one, two = presence(), presence(address="two.school.test")
    assert await register.enter(one)
    assert await register.enter(two)
    assert abs((await register.beat(one)).clock_offset_s) < 60
    assert await states(register) == {one.id: "ready", two.id: "ready"}
    await register.leave(one)
    assert await states(register) == {one.id: "gone", two.id: "ready"}
    assert await register.enter(replace(one, incarnation=uuid4()))
    assert await states(register) == {one.id: "ready", two.id: "ready"}


async def test_a_server_that_falls_silent_is_gone_until_it_speaks_again(
    register: ServerRegister, database: Database
) -> None:
    me = presence()
    await register.enter(me)
    await fall_silent(database, me.id)
    assert await states(register) == {me.id: "gone"}
    await register.beat(me)
    assert await states(register) == {me.id: "ready"}


async def test_a_server_that_was_killed_enters_again_at_once(register: ServerRegister) -> None:
    killed = presence()
    await register.enter(killed)
    assert await register.enter(replace(killed, incarnation=uuid4()))
    with pytest.raises(SameServerError):
        await register.beat(killed)


async def test_a_data_directory_elsewhere_waits_for_silence(register: ServerRegister, database: Database) -> None:
    me = presence()
    elsewhere = replace(me, incarnation=uuid4(), place="b" * 64)
    await register.enter(me)
    assert not await register.enter(elsewhere)
    await register.beat(me)
    await fall_silent(database, me.id)
    assert await register.enter(elsewhere), "the directory was moved to another machine"


async def test_a_copy_beside_a_living_server_does_not_start(register: ServerRegister, database: Database) -> None:
    me = presence()
    await register.enter(me)
    copy = Membership(
        register, replace(me, incarnation=uuid4(), place="b" * 64), ServerSettings(heartbeat_s=0.01, lease_s=0.01)
    )
    with pytest.raises(SameServerError):
        await copy.start()
    await copy.stop()
    assert await states(register) == {me.id: "ready"}


async def test_a_membership_is_from_start_to_stop(register: ServerRegister) -> None:
    me = presence()
    membership = Membership(register, me, ServerSettings(heartbeat_s=0.01))
    await membership.start()
    assert await states(register) == {me.id: "ready"}
    await membership.stop()
    assert await states(register) == {me.id: "gone"}


async def test_a_clock_that_is_off_is_told(database: Database) -> None:
    class Late(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(minutes=7)

    register, me = ServerRegister(database, Late(), LEASE_S), presence()
    await register.enter(me)
    assert (await register.beat(me)).clock_offset_s == pytest.approx(-420, abs=60)
    (server,) = await register.list_all()
    assert server.clock_offset_s == pytest.approx(-420, abs=60)
    assert server.state == "ready", "signs of life are timed by the database"


async def test_no_server_sees_or_ends_what_another_holds(here: Holder, there: Holder, ada: Learner) -> None:
    await here.kernels.mark_dead(there.kernel_id, "server_restart", forget_sessions=True)
    assert [kernel.id for kernel in await here.kernels.list_running()] == [here.kernel_id]
    site = {owner.kernel_id: owner.is_elsewhere for owner in await here.kernels.list_site()}
    assert site == {here.kernel_id: False, there.kernel_id: True}, "administrators see all"
    for ask in (here.sessions.get, here.sessions.take):
        with pytest.raises(NoSuchSessionError):
            await ask(ada, there.session_id)
    before = await there.sessions.get(ada, there.session_id)
    assert not await here.sessions.replace(ada, before, replace(before, name="mine"))
    await here.sessions.remove(ada, before)
    assert [kernel.id for kernel in await there.kernels.list_running()] == [there.kernel_id]
    assert [session.id for session in await there.sessions.list_all(ada)] == [there.session_id]
    for holder in (here, there):
        found = await holder.sessions.find(ada, "lab.ipynb", "notebook")
        assert found is not None
        assert found.kernel_id == holder.kernel_id


async def test_an_administrator_asks_another_server_for_a_kernels_end(
    here: Holder, there: Holder, ada: Learner, database: Database
) -> None:
    async with database.transaction() as session:
        assert await here.kernels.ask_for_end(session, here.kernel_id, "admin") is None, "its own it ends itself"
        assert await here.kernels.ask_for_end(session, uuid4(), "admin") is None
        assert await here.kernels.ask_for_end(session, there.kernel_id, "admin") == ada.id
        assert await here.kernels.ask_for_end(session, there.kernel_id, "admin") is None, "it was asked for"
    both = {here.kernel_id, there.kernel_id}
    assert await there.kernels.asked_to_end(both, "admin") == {there.kernel_id}
    assert await there.kernels.asked_to_end(both, "crashed") == set()
    assert await here.kernels.asked_to_end(both, "admin") == set()
    assert [owner.kernel_id for owner in await here.kernels.list_site()] == [here.kernel_id]


async def test_what_a_version_for_one_server_wrote_is_the_first_ones(
    database: Database, register: ServerRegister, ada: Learner
) -> None:
    kernel_id = uuid4()
    async with database.transaction() as session:
        session.add(Kernel(id=kernel_id, user_id=ada.id, kernel_name="nexus-python", state="alive"))
        await session.flush()
        session.add(KernelSession(user_id=ada.id, kernel_id=kernel_id, path="lab.ipynb"))
    me, other = presence(), presence()
    registry = KernelRegistry(database, SystemClock(), me.id)
    await register.enter(other)
    await registry.claim_unowned()
    assert await registry.list_running() == [], "the other server may hold it"
    await register.leave(other)
    await register.forget(other.id)
    await registry.claim_unowned()
    assert [kernel.id for kernel in await registry.list_running()] == [kernel_id]
    assert len(await SessionStore(database, SystemClock(), me.id).list_all(ada)) == 1


async def test_a_server_that_will_not_come_back_is_forgotten_with_what_it_held(
    here: Holder, there: Holder, database: Database, register: ServerRegister, ada: Learner
) -> None:
    me = presence(id=here.kernels.server_id)
    await register.enter(me)
    with pytest.raises(LivingServerError):
        await register.forget(me.id)
    await fall_silent(database, me.id)
    assert [server.kernels for server in await register.list_all()] == [1]
    assert await register.forget(me.id) == 1
    assert await here.kernels.list_running() == []
    assert await here.sessions.list_all(ada) == []
    assert (len(await there.kernels.list_running()), len(await there.sessions.list_all(ada))) == (1, 1)
    with pytest.raises(UnknownServerError):
        await register.forget(me.id)


async def test_servers_are_for_administrators(register: ServerRegister, ada: Learner) -> None:
    with pytest.raises(ForbiddenError):
        await register.list_for(ada)
    assert (await register.list_for(replace(ada, role=Role.ADMIN))).items == []


async def test_a_site_on_sqlite_has_one_server_and_sees_none_of_it(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    register = ServerRegister(database, SystemClock(), LEASE_S)
    assert register.is_alone
    assert await register.list_all() == []
    for refused in (register.forget(uuid4()), register.drain(uuid4()), register.undrain(uuid4())):
        with pytest.raises(UnknownServerError):
            await refused
    await database.close()


async def test_only_administrators_drain_and_the_audit_log_says_who(
    register: ServerRegister, database: Database, ada: Learner
) -> None:
    boss, me = replace(ada, role=Role.ADMIN), presence(peer_port=4711)
    register.audit = AuditLog(database, SystemClock())
    await register.enter(me)
    for refused in (register.drain_for(ada, me.id, 60), register.undrain_for(ada, me.id)):
        with pytest.raises(ForbiddenError):
            await refused
    (server,) = (await register.drain_for(boss, me.id, 60)).items
    assert server.state == "draining"
    assert server.drain_until is not None
    assert (await register.beat(me)).drain_s == pytest.approx(60, abs=59)
    (server,) = (await register.undrain_for(boss, me.id)).items
    assert (server.state, server.drain_until) == ("ready", None)
    async with database.reading() as session:
        rows = await session.execute(select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.at))
        assert [tuple(row) for row in rows] == [("server.drained", ada.id), ("server.undrained", ada.id)]


async def test_only_a_living_server_that_shares_learners_is_drained(register: ServerRegister) -> None:
    alone, sharing = presence(), presence(address="two.school.test", peer_port=4711)
    await register.enter(alone)
    await register.enter(sharing)
    with pytest.raises(NotSharingError, match="stop it instead"):
        await register.drain(alone.id)
    await register.leave(sharing)
    for gone in (sharing.id, uuid4()):
        with pytest.raises(UnknownServerError):
            await register.drain(gone)


async def test_a_server_that_starts_again_is_drained_no_more(register: ServerRegister) -> None:
    me = presence(peer_port=4711)
    await register.enter(me)
    await register.drain(me.id, 60)
    await register.leave(me)
    await register.enter(replace(me, incarnation=uuid4()))
    assert await states(register) == {me.id: "ready"}


async def test_a_server_is_named_by_its_address_or_its_number(register: ServerRegister) -> None:
    one, two, other = presence(), presence(address="two.school.test"), presence(address="two.school.test")
    for each in (one, two, other):
        await register.enter(each)
    assert await register.find("one.school.test") == one.id
    assert await register.find(str(two.id)) == two.id
    with pytest.raises(AmbiguousServerError):
        await register.find("two.school.test")
    with pytest.raises(UnknownServerError):
        await register.find("three")
