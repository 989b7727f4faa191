"""Homes on PostgreSQL: where a learner's files are written, and who may give that away."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from nexus_server.clock import SystemClock
from nexus_server.events.messages import EventMessage
from nexus_server.servers.errors import LeaseLostError, NoServerError, NotHomeError
from nexus_server.servers.presence import ServerLoad
from nexus_server.servers.register import ServerRegister
from nexus_server.servers.succession import Succession
from nexus_server.store.database import Database
from nexus_server.store.models.kernels import Kernel
from nexus_server.store.models.servers import Home, Server
from nexus_server.tenancy.kernel_registry import KernelRegistry
from tests.integration.servers.members import Site

pytestmark = pytest.mark.postgres


async def test_a_home_is_chosen_once_and_all_servers_know_it(site: Site) -> None:
    one, two, ada = await site.server(), await site.server(kernels_max=100, memory_room=10), await site.learner()
    found = await two.homes.find(ada)
    assert found is not None
    assert (found.server_id, found.host, found.port) == (one.id, "127.0.0.1", 4711)
    assert await one.homes.find(ada) is None
    assert one.homes.holds(ada)
    assert one.homes.fence_of(ada) == 1
    assert not two.homes.holds(ada)
    with pytest.raises(NotHomeError):
        await two.homes.require_here(ada)


async def test_servers_that_are_asked_at_once_agree(site: Site) -> None:
    members, ada = [await site.server() for _ in range(3)], await site.learner()
    found = await asyncio.gather(*(member.homes.find(ada) for member in members for _ in range(3)))
    homes = {each.server_id for each in found if each is not None} | {m.id for m in members if m.homes.holds(ada)}
    assert len(homes) == 1
    assert (await site.home(ada))[1] == 1, "it was chosen once"


async def test_a_class_after_the_other_is_spread_evenly(site: Site) -> None:
    """They come at once, before any server tells how full it is."""
    members = [await site.server() for _ in range(3)]
    places: Counter[UUID] = Counter()

    async def place(number: int, learner: UUID) -> None:
        member = members[number % 2]  # a proxy need not be fair
        found = await member.homes.find(learner)
        places[found.server_id if found is not None else member.id] += 1

    learners = await site.learners(180)
    for start in range(0, len(learners), 12):
        await asyncio.gather(*(place(start + n, each) for n, each in enumerate(learners[start : start + 12])))
    mean = 180 / 3
    assert (max(places.values()) - mean) / mean <= 0.10
    assert len(places) == 3


async def test_a_home_stays_while_kernels_live_there(site: Site) -> None:
    one, ada = await site.server(), await site.learner()
    await one.homes.find(ada)
    one.kernels.add(ada)
    await site.server(kernels_max=1000)
    await site.rest(ada)
    one.homes.release_all()
    assert await one.homes.find(ada) is None
    assert await site.home(ada) == (one.id, 1)


async def test_a_home_without_kernels_moves_to_where_there_is_room(site: Site) -> None:
    one, ada = await site.server(memory_room=50), await site.learner()
    await one.homes.find(ada)
    two = await site.server()
    one.homes.release_all()
    assert await one.homes.find(ada) is None, "the learner worked a moment ago"
    await site.rest(ada)
    assert await two.homes.find(ada) is not None, "it is not another server's to give away"
    one.homes.release_all()
    found = await one.homes.find(ada)
    assert found is not None
    assert await site.home(ada) == (two.id, 2)
    assert one.homes.fence_of(ada) is None
    two.homes.doubt(ada)  # as whoever was sent away from the old home does
    assert await two.homes.find(ada) is None
    assert two.homes.fence_of(ada) == 2


async def test_a_server_that_is_drained_keeps_learners_with_kernels_only(site: Site, register: ServerRegister) -> None:
    one, ada, ben = await site.server(), await site.learner(), await site.learner()
    await one.homes.find(ada)
    await one.homes.find(ben)
    two = await site.server(memory_room=5)
    one.kernels.add(ada)
    await register.drain(one.id, 60)
    one.homes.is_draining = (await register.beat(one.me)).drain_until is not None
    assert one.homes.is_draining
    assert await one.homes.find(ada) is None
    assert await one.homes.find(ben) is not None
    assert (await site.home(ben))[0] == two.id
    assert await two.homes.find(await site.learner()) is None, "it takes no new ones, whatever room it has"


async def test_without_a_ready_server_nobody_is_placed(site: Site, register: ServerRegister) -> None:
    one, ada = await site.server(), await site.learner()
    await register.drain(one.id, 60)
    with pytest.raises(NoServerError, match="Try again"):
        await one.homes.find(ada)
    await register.undrain(one.id)
    assert await one.homes.find(ada) is None


async def test_a_server_without_its_lease_takes_nobody_for_its_own(site: Site) -> None:
    one, ada = await site.server(), await site.learner()
    await one.homes.find(ada)
    one.lease.end()
    assert not one.homes.holds(ada)
    assert one.homes.fence_of(ada) is None
    with pytest.raises(LeaseLostError):
        await one.homes.find(ada)


async def test_learners_of_a_server_that_is_gone_hear_it_and_have_another_home(site: Site, database: Database) -> None:
    one, ada, kernel_id = await site.server(), await site.learner(), uuid4()
    await one.homes.find(ada)
    kernels = KernelRegistry(database, SystemClock(), one.id)
    await kernels.add(kernel_id, ada, "nexus-python", {})
    two, told = await site.server(), Told()
    succession = Succession(database, told, two.liveness)
    assert await succession.look() == 0, "it lives"
    await site.fall_silent(one)
    assert await succession.look() == 1
    assert await succession.look() == 0, "they hear it once"
    ((user_id, event),) = told.events
    assert user_id == ada
    assert event.model_dump()["reason"] == "server_gone"
    assert event.model_dump()["kernel_id"] == str(kernel_id)
    assert await two.homes.find(ada) is None
    assert await site.home(ada) == (two.id, 3)
    assert await kernels.list_running() == [], "one that comes back does not take them up again"


async def test_a_server_that_was_out_of_touch_itself_judges_nobody(site: Site, database: Database) -> None:
    """After an outage of the database the first that is back finds all others silent."""
    one, two, ada = await site.server(), await site.server(memory_room=1), await site.learner()
    await one.homes.find(ada)
    await site.fall_silent(one)
    two.lease.end()
    two.lease.renew(two.lease.begin())
    assert await Succession(database, Told(), two.liveness).look() == 0
    found = await two.homes.find(ada)
    assert found is not None
    assert found.server_id == one.id
    assert await site.home(ada) == (one.id, 1)
    newcomer = await two.homes.find(await site.learner())
    assert newcomer is None, "what is silent takes no new learners all the same"


async def test_whose_learners_moved_is_known(site: Site, database: Database) -> None:
    one, (ada, ben, eve) = await site.server(), await site.learners(3)
    for learner in (ada, ben):
        await one.homes.find(learner)
    two = await site.server()
    async with database.transaction() as session:
        await session.execute(update(Home).where(Home.user_id == ben).values(server_id=two.id, fence=2))
    assert await one.homes.moved({ada, ben, eve}) == {ben, eve}


async def test_needs_are_written_with_signs_of_life(site: Site, register: ServerRegister, database: Database) -> None:
    one, (ada, ben) = await site.server(), await site.learners(2)
    await one.homes.find(ada)
    await one.homes.find(ben)
    await site.rest(ada)
    await site.rest(ben)
    assert one.homes.holds(ada)
    await one.homes.write_needs()
    await register.beat(one.me, ServerLoad(1000))
    (view,) = await register.list_all()
    assert (view.homes, view.room) == (1, 199), "the other one rests"
    async with database.transaction() as session:
        session.add(Kernel(id=uuid4(), user_id=ada, server_id=one.id, kernel_name="nexus-python", state="alive"))
    await register.beat(one.me, ServerLoad(7, warm=3, waiting=2))
    (view,) = await register.list_all()
    assert (view.homes, view.kernels, view.room, view.warm, view.waiting) == (1, 1, 7, 3, 2)


async def test_whoever_takes_no_part_is_nobodys_home(site: Site, database: Database) -> None:
    """A server of the version before, or one without the site's keys."""
    one, ada = await site.server(), await site.learner()
    async with database.transaction() as session:
        await session.execute(update(Server).values(peer_port=0))
        assert await session.scalar(select(Home.user_id)) is None
    with pytest.raises(NoServerError):
        await one.homes.find(ada)


class Told:
    """What learners were told."""

    def __init__(self) -> None:
        self.events: list[tuple[UUID | None, EventMessage]] = []

    def publish(self, user_id: UUID | None, event: EventMessage) -> None:
        self.events.append((user_id, event))


async def test_where_a_learner_is_elsewhere_is_remembered_until_it_is_in_doubt(site: Site, database: Database) -> None:
    one, ada = await site.server(), await site.learner()
    two = await site.server(memory_room=1)
    await one.homes.find(ada)
    elsewhere = await two.homes.find(ada)
    assert elsewhere is not None
    async with database.transaction() as session:
        await session.execute(update(Home).values(server_id=two.id, fence=2))
    two.homes.doubt(ada)
    assert await two.homes.find(ada) is None
