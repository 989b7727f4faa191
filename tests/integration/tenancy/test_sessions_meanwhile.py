"""A learner's sessions while another request changes them, on both databases."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import pytest

from nexus_server.clock import ManualClock
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.kernels import Kernel
from nexus_server.tenancy.errors import NoSuchSessionError
from nexus_server.tenancy.kernel_manager import LearnerKernelManager
from nexus_server.tenancy.session_manager import LearnerSessionManager
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

    def owns(self, learner: Learner, kernel_id: str) -> bool:  # noqa: ARG002  there is one learner
        return kernel_id in self.running

    def kernel_model(self, kernel_id: str) -> dict[str, Any]:
        return {"id": kernel_id}


class Site:
    """A learner with one session, whose kernel can be changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = InterruptedStore(database, ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
        self.kernels = NoKernels()
        self.kernels.running = set()
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
        await self.store.replace(self.learner, replace(self.session, kernel_id=kernel_id))
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
