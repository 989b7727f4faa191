"""A learner's sessions while another request changes them, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import pytest

from nexus_server.clock import ManualClock
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.jupyter.sessions.manager import LearnerSessionManager
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.kernels import Kernel
from nexus_server.tenancy.errors import NoSuchSessionError
from nexus_server.tenancy.session_store import SessionRecord, SessionStore

if TYPE_CHECKING:
    from nexus_server.services import Services


class InterruptedStore(SessionStore):
    """A store in which another request does something after the next read, before its reader goes on."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def _select(self, *conditions: Any) -> list[SessionRecord]:
        found = await super()._select(*conditions)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            await act()
        return found


class NoKernels(LearnerKernelManager):
    """A manager that is told which kernels run."""

    running: set[str]
    #: starts a kernel, and returns its id
    start: Callable[[], Awaitable[UUID]]

    def owns(self, learner: Learner, kernel_id: str) -> bool:  # noqa: ARG002  there is one learner
        return kernel_id in self.running

    async def start_for(self, learner: Learner, kernel_name: str, folder: str = "") -> str:  # noqa: ARG002
        return str(await self.start())

    async def shutdown_kernel(self, kernel_id: str, **_options: Any) -> None:  # type: ignore[override]
        self.running.remove(kernel_id)

    def kernel_model(self, kernel_id: str) -> dict[str, Any]:
        return {"id": kernel_id}


class Site:
    """A learner with one session, whose kernel can be changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = InterruptedStore(database, ManualClock(datetime(2026, 1, 1, tzinfo=UTC)), uuid4())
        self.kernels = NoKernels()
        self.kernels.running = set()
        self.kernels.start = self.start_kernel
        self.manager = LearnerSessionManager(kernel_manager=self.kernels)
        self.manager.services = cast("Services", SimpleNamespace(kernel_sessions=self.store))

    async def open(self) -> None:
        user = User(email="ada@example.org", display_name="Ada", role="student")
        async with self.database.transaction() as session:
            session.add(user)
        self.learner = Learner(user.id, user.email, "Ada", Role.STUDENT)
        self.session = SessionRecord(uuid4(), await self.start_kernel(), "nb.ipynb", "", "notebook")
        await self.store.add(self.learner, self.session)

    async def start_kernel(self) -> UUID:
        kernel_id = uuid4()
        async with self.database.transaction() as session:
            session.add(Kernel(id=kernel_id, user_id=self.learner.id, kernel_name="nexus-python", state="alive"))
        self.kernels.running.add(str(kernel_id))
        return kernel_id

    async def change_kernel(self) -> None:
        """What a PATCH does: the session gets a new kernel, and the old one ends."""
        kernel_id = await self.start_kernel()
        assert await self.store.replace(self.learner, self.session, replace(self.session, kernel_id=kernel_id))
        self.kernels.running = {str(kernel_id)}


@pytest.fixture
async def site(database: Database) -> Site:
    site = Site(database)
    await site.open()
    return site


async def test_a_session_whose_kernel_changes_while_sessions_are_listed_is_listed(site: Site) -> None:
    site.store.meanwhile = site.change_kernel
    (listed,) = await site.manager.list_for(site.learner)
    assert listed["id"] == str(site.session.id)
    assert {listed["kernel"]["id"]} == site.kernels.running
    assert await site.store.get(site.learner, site.session.id)


async def test_a_session_whose_kernel_changes_while_it_is_asked_for_is_found(site: Site) -> None:
    site.store.meanwhile = site.change_kernel
    found = await site.manager.get_for(site.learner, site.session.id)
    assert {str(found.kernel_id)} == site.kernels.running


async def test_a_session_whose_kernel_is_gone_is_forgotten(site: Site) -> None:
    site.kernels.running.clear()
    assert await site.manager.list_for(site.learner) == []
    with pytest.raises(NoSuchSessionError):
        await site.store.get(site.learner, site.session.id)


async def test_a_session_whose_kernel_changes_while_it_is_ended_ends_with_the_new_kernel(site: Site) -> None:
    site.store.meanwhile = site.change_kernel
    await site.manager.end(site.learner, site.session.id)
    assert await site.store.list_all(site.learner) == []
    assert site.kernels.running == set()


async def test_a_session_that_is_ended_while_its_kernel_is_changed_leaves_no_kernel(site: Site) -> None:
    async def end() -> None:
        await site.manager.end(site.learner, site.session.id)

    site.store.meanwhile = end
    with pytest.raises(NoSuchSessionError):
        await site.manager.change(site.learner, site.session.id, {"kernel": {"name": "nexus-python"}})
    assert await site.store.list_all(site.learner) == []
    assert site.kernels.running == set()


async def test_a_session_that_is_renamed_while_its_kernel_changes_keeps_both(site: Site) -> None:
    site.store.meanwhile = site.change_kernel
    renamed = await site.manager.change(site.learner, site.session.id, {"path": "other.ipynb"})
    assert (renamed.path, {str(renamed.kernel_id)}) == ("other.ipynb", site.kernels.running)
    assert await site.store.get(site.learner, site.session.id) == renamed


async def test_requests_that_end_and_change_a_session_at_once_leave_nothing_behind(site: Site) -> None:
    for _ in range(10):
        kernel_id = await site.start_kernel()
        session = SessionRecord(uuid4(), kernel_id, "race.ipynb", "", "notebook")
        await site.store.add(site.learner, session)
        await asyncio.gather(
            site.manager.change(site.learner, session.id, {"kernel": {"name": "nexus-python"}}),
            site.manager.end(site.learner, session.id),
            site.manager.change(site.learner, session.id, {"kernel": {"name": "nexus-python"}}),
            return_exceptions=True,
        )
        left = [record for record in await site.store.list_all(site.learner) if record.id == session.id]
        assert left == []
        assert site.kernels.running == {str(site.session.kernel_id)}
