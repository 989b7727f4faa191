"""Two learners, each inside a request of their own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from jupyter_server.base.call_context import CallContext
from traitlets.config import Config

from nexus_server.composition import open_services
from nexus_server.learner import Learner, Role
from nexus_server.offload.pool import InProcess, OffloadPool
from nexus_server.services import Services

Acting = Callable[[Learner], AbstractContextManager[None]]


@dataclass
class Caller:
    """What Jupyter calls a user."""

    learner: Learner


def workspace_of(services: Services, who: Learner) -> Path:
    path = services.settings.data_path / "workspaces" / str(who.id)
    path.mkdir(parents=True, exist_ok=True)
    return path


def learner(name: str, role: Role = Role.STUDENT) -> Learner:
    return Learner(uuid4(), f"{name}@example.org", name.title(), role)


@pytest.fixture
def ada() -> Learner:
    return learner("ada")


@pytest.fixture
def bob() -> Learner:
    return learner("bob")


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    services = open_services(
        Config(NexusSettings={"data_dir": str(tmp_path / "data")}, SandboxSettings={"workspace_quota": False})
    )
    # Tasks run right here: processes have tests of their own, and take a second to start.
    services.offload = cast("OffloadPool", InProcess())
    yield services
    await services.database.close()


@pytest.fixture
def acting(services: Services) -> Acting:
    """Run the body of a `with` as if inside a request of this learner."""

    @contextmanager
    def act(who: Learner) -> Iterator[None]:
        handler = SimpleNamespace(_jupyter_current_user=Caller(who), settings={"nexus_services": services})
        CallContext.set(CallContext.JUPYTER_HANDLER, handler)
        yield
        CallContext.set(CallContext.JUPYTER_HANDLER, None)

    return act
