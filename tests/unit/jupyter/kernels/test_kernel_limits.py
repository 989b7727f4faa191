"""How many kernels a site has room for."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from jupyter_server._tz import utcnow

from nexus_server.jupyter.kernels.kernel import LearnerKernel
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.learner import Learner
from nexus_server.services import Services
from nexus_server.tenancy.errors import TooManyKernelsError


@pytest.fixture
def manager(services: Services) -> LearnerKernelManager:
    found = LearnerKernelManager()
    found.services = services
    return found


async def test_a_full_site_refuses_another_learner(manager: LearnerKernelManager, ada: Learner) -> None:
    limit = manager.services.tenancy.kernels_per_site
    manager._starting = [uuid4() for _ in range(limit - 1)]
    await manager._make_room(ada)
    manager._starting.append(uuid4())
    with pytest.raises(TooManyKernelsError, match="no room") as caught:
        await manager._make_room(ada)
    assert caught.value.retry_after_s >= 1


async def test_a_learner_has_three_places_by_default(manager: LearnerKernelManager, ada: Learner) -> None:
    manager._starting = [ada.id, ada.id]
    await manager._make_room(ada)
    manager._starting.append(ada.id)
    with pytest.raises(TooManyKernelsError) as caught:
        await manager._make_room(ada)
    assert caught.value.details["limit"] == 3


class Forgetful(LearnerKernelManager):
    """Forgets what it is told to end, and remembers that it did."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.forgotten: list[str] = []

    async def shutdown_kernel(self, kernel_id: str, **_: Any) -> None:  # type: ignore[override]
        self.forgotten.append(kernel_id)
        del self._kernels[kernel_id]


def dead_kernel(owner: Learner) -> LearnerKernel:
    kernel = LearnerKernel()
    kernel.owner_id, kernel.execution_state, kernel.last_activity = owner.id, "dead", utcnow()
    return kernel


async def test_a_dead_kernel_waits_for_its_learner_as_long_as_an_idle_one_lives(ada: Learner) -> None:
    manager, kernel = Forgetful(cull_idle_timeout=60), dead_kernel(ada)
    manager._kernels["dead"] = kernel
    await manager.cull_kernel_if_idle("dead")
    assert manager.forgotten == []
    kernel.last_activity -= timedelta(seconds=61)
    await manager.cull_kernel_if_idle("dead")
    assert manager.forgotten == ["dead"]


async def test_dead_kernels_take_no_place_of_the_sites_and_the_newest_are_kept(
    services: Services, ada: Learner
) -> None:
    manager = Forgetful()
    manager.services = services
    kept = services.tenancy.kernels_per_learner
    manager._starting = [uuid4() for _ in range(services.tenancy.kernels_per_site - 1)]
    names = [f"kernel {number}" for number in range(kept + 2)]
    manager._kernels.update({name: dead_kernel(ada) for name in names})
    for name, kernel in manager._kernels.items():
        kernel.kernel_id = name
    await manager._make_room(ada)
    assert manager.forgotten == names[:2]
