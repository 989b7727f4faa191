"""Every attack of the list, in a real kernel, beside a neighbour that must not notice."""

import re
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from nexus_server.kernels.runtime import KERNEL_UID
from nexus_server.kernels.workspaces import Workspaces
from tests.security.hostile.arena import Arena, open_arena
from tests.security.hostile.attack import Attack
from tests.security.hostile.attacks.every import ATTACKS

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    root = tmp_path_factory.mktemp("hostile")
    workspaces = Workspaces(
        root / "workspaces", size_mb=16, files=400, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True
    )
    async with open_arena(await workspaces.open(uuid4()), await workspaces.open(uuid4())) as made:
        yield made
    await workspaces.close_all()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "_"))
async def test_attack(attack: Attack, arena: Arena, record_property: Callable[[str, object], None]) -> None:
    record_property("attack", attack)
    bout = await arena.fight(attack)
    record_property("bout", bout)
    if bout.result is not None:
        assert re.fullmatch(attack.gives, bout.result), bout.result
