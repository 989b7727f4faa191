"""How many kernels a site has room for."""

from uuid import uuid4

import pytest

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
