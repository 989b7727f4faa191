"""Custody of workspaces by the homes of PostgreSQL: a server that lost a learner opens and saves nothing of theirs."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from nexus_server.events.bus import EventBus
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.kernels.storage.workspaces import Workspaces
from nexus_server.servers.errors import LeaseLostError, NotHomeError
from nexus_server.servers.succession import Succession
from nexus_server.servers.workspaces.custody import HomeCustody
from nexus_server.servers.workspaces.errors import FilesLeftError, StoreUnavailableError
from nexus_server.servers.workspaces.shared_directory import SharedDirectory
from nexus_server.store.database import Database
from nexus_server.store.models.servers import Home
from tests.integration.servers.members import Member, Site

pytestmark = pytest.mark.postgres


def workspaces_of(member: Member, shared: Path) -> Workspaces:
    """Return the workspaces of a site's shared directory, as one of its servers opens them."""
    custody = HomeCustody(member.homes, SharedDirectory(shared / "learners"))
    member.homes.let_go = custody.let_go
    return Workspaces(shared / "workspaces", size_mb=8, files=100, uid=0, gid=0, is_enforced=False, custody=custody)


async def files_of(workspaces: Workspaces, owner: UUID) -> ConfinedDirectory:
    return ConfinedDirectory(
        await workspaces.open(owner), max_file_bytes=1000, writing=lambda: workspaces.writing(owner)
    )


async def test_a_server_that_was_succeeded_saves_nothing(site: Site, database: Database, tmp_path: Path) -> None:
    one, ada = await site.server(), await site.learner()
    at_one = workspaces_of(one, tmp_path)
    before = await files_of(at_one, ada)
    before.write("work.txt", b"before")
    two = await site.server()
    at_two = workspaces_of(two, tmp_path)
    await site.fall_silent(one)
    with pytest.raises(LeaseLostError):
        before.write("work.txt", b"without its lease")
    await Succession(database, EventBus(), two.liveness).look()
    after = await files_of(at_two, ada)
    assert after.read("work.txt")[1] == b"before"
    after.write("work.txt", b"after")
    one.lease.renew(one.lease.begin())  # it does not know yet that its learners moved
    with pytest.raises(NotHomeError):
        before.write("work.txt", b"late")
    with pytest.raises(NotHomeError):
        await at_one.open(ada)
    assert after.read("work.txt")[1] == b"after"


async def test_a_learner_who_moves_is_saved_by_one_server(site: Site, tmp_path: Path) -> None:
    one, ada = await site.server(memory_room=50), await site.learner()
    before = await files_of(workspaces_of(one, tmp_path), ada)
    two = await site.server()
    await site.rest(ada)
    one.homes.release_all()
    assert await one.homes.find(ada) is not None
    with pytest.raises(LeaseLostError):
        before.write("work.txt", b"late")
    after = await files_of(workspaces_of(two, tmp_path), ada)
    after.write("work.txt", b"after")


async def test_a_database_that_was_restored_catches_up_with_the_files(
    site: Site, database: Database, tmp_path: Path
) -> None:
    one, ada = await site.server(), await site.learner()
    at_one = workspaces_of(one, tmp_path)
    await SharedDirectory(tmp_path / "learners").take(ada, 41, tmp_path)
    (await files_of(at_one, ada)).write("work.txt", b"")
    assert await site.home(ada) == (one.id, 42)
    async with database.transaction() as session:
        await session.execute(update(Home).values(fence=7))
    one.homes.release_all()
    (await files_of(at_one, ada)).write("work.txt", b"again")
    assert await site.home(ada) == (one.id, 43)


async def test_a_server_alone_asks_nobody(tmp_path: Path) -> None:
    alone = Workspaces(tmp_path, size_mb=8, files=100, uid=0, gid=0, is_enforced=False)
    assert alone.custody is None
    (await files_of(alone, UUID(int=1))).write("work.txt", b"")


class Stubborn(SharedDirectory):
    """A store that cannot be reached, then is slow, and then takes everything."""

    def __init__(self, learners: Path) -> None:
        super().__init__(learners)
        self.let_go_of: list[UUID] = []
        self.is_reached = self.is_slow = False

    async def let_go(self, owner: UUID) -> None:
        if self.is_slow:
            await asyncio.Event().wait()
        if not self.is_reached:
            raise StoreUnavailableError
        self.let_go_of.append(owner)


async def test_who_cannot_be_handed_on_stays(site: Site, tmp_path: Path) -> None:
    one, ada = await site.server(memory_room=50), await site.learner()
    store = Stubborn(tmp_path / "learners")
    custody = HomeCustody(one.homes, store)
    one.homes.let_go = custody.let_go
    at_one = Workspaces(tmp_path, size_mb=8, files=100, uid=0, gid=0, is_enforced=False, custody=custody)
    before = await files_of(at_one, ada)
    two = await site.server()
    await site.rest(ada)
    one.homes.release_all()
    assert await one.homes.find(ada) is None, "the learner stays"
    before.write("work.txt", b"and goes on")
    with pytest.raises(StoreUnavailableError):
        await custody.let_all_go(60)
    store.is_slow = True
    with pytest.raises(FilesLeftError):
        await custody.let_all_go(0)
    store.is_slow, store.is_reached = False, True
    await site.rest(ada)
    one.homes.release_all()
    found = await one.homes.find(ada)
    assert found is not None
    assert found.server_id == two.id
    await custody.let_all_go(60)
    assert store.let_go_of == [ada], "once"
