"""Every attack of `attacks.py` in a real kernel, with a neighbour measured beside it.

The outcome of each goes to ``tests/output/security.json``; ``python -m tests.security.kernels.report`` makes the table
of ``docs/explanation/security.md``.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.kernels.kernel_users import KERNEL_UID
from nexus_server.kernels.storage.workspaces import Workspaces
from tests.plugins.sampling import sampled
from tests.security.kernels.arena import Arena
from tests.security.kernels.attack import Attack, Expected
from tests.security.kernels.attacks import ATTACKS

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

#: how much longer a neighbour's cell may take, in seconds: far from what a busy machine costs, near to standing still
NEIGHBOUR_SLACK_S = 15.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    root = tmp_path_factory.mktemp("arena")
    workspaces = Workspaces(root / "w", size_mb=8, files=500, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
    built = await Arena.build(workspaces)
    yield built
    await built.close()
    await workspaces.close_all()


NAMES = [f"{attack.group}: {attack.name}" for attack in ATTACKS]
#: they take seconds, and do to the kernel what a quicker one does
LONG = {
    "exhaustion: CPU time at the lowest and highest niceness",
    "exhaustion: a flood of comm messages",
    "exhaustion: a storm of fsync",
    "exhaustion: errors for ever",
    "exhaustion: inodes of the memory file systems",
    "exhaustion: memory hog in a child",
    "exhaustion: one giant message",
    "exhaustion: orphans that spin",
    "exhaustion: thread bomb",
    "exhaustion: zombie storm",
    "exhaustion: zombies that nobody reaps",
    "magics: %%bash: a fork bomb of the shell",
    "suicide: abort with a core dump",
    "suicide: core dumps of a hundred children",
    "suicide: endless recursion in C",
    "suicide: forged status on the own channel",
    "suicide: kill init",
    "suicide: no descriptors left for the kernel",
    "suicide: no processor time left for the kernel",
    "JavaScript: a subprocess as root",
    "JavaScript: install a package",
    "JavaScript: kill everything",
    "JavaScript: memory hog",
    "JavaScript: print for ever",
    "JavaScript: spin in workers",
}


@pytest.mark.parametrize("attack", sampled(ATTACKS, set(NAMES) - LONG, ids=NAMES))
async def test_attack(attack: Attack, arena: Arena, report: list[dict[str, object]]) -> None:
    bout = await arena.fight(attack)
    report.append(
        {
            "name": attack.name,
            "group": attack.group,
            "expected": str(attack.expected),
            "outcome": bout.told(attack),
            "neighbour_ms_before": round(bout.before_s * 1000, 1),
            "neighbour_ms_during": round(bout.during_s * 1000, 1),
        }
    )
    # An attack that may end its kernel may have maimed it as well.
    must_be_fit = attack.expected is not Expected.ALONE and bout.outcome is not None and bout.is_as(attack)
    is_fit = must_be_fit and await arena.is_fit(attack.kernel)
    try:
        assert await arena.neighbour.km.is_alive()
        assert bout.during_s < bout.before_s + NEIGHBOUR_SLACK_S, "the neighbour must not suffer"
        assert bout.is_as(attack), (bout.verdict(), bout.text[-1000:], bout.outcome and bout.outcome.reply["content"])
        assert is_fit or not must_be_fit, "the attacker's kernel must go on"
    finally:
        if is_fit and arena.is_alone(attack.kernel):
            await arena.tidy(attack.kernel)
        else:
            await arena.retire(attack.kernel)
