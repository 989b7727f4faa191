"""Every attack of `attacks.py` in a real kernel, with a neighbour measured beside it.

The outcome of each goes to ``tests/output/security.json``; ``python -m tests.security.kernels.report`` makes the table
of ``docs/security.md``.
"""

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from nexus_server.kernels.runtime import KERNEL_UID
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.workspaces import Workspaces
from tests.plugins.kernels import LiveKernel, Outcome, StartKernel
from tests.security.kernels.attacks import ATTACKS, PRELUDE, Attack, Expected

pytestmark = [pytest.mark.docker, pytest.mark.slow]

OUTPUT = Path(__file__).resolve().parents[2] / "output" / "security.json"
#: an attack that neither ends nor kills its kernel is interrupted after this long, in seconds
ATTACK_TIMEOUT_S = 25.0
#: how much longer a neighbour's cell may take, in seconds: far from what a busy machine costs, near to standing still
NEIGHBOUR_SLACK_S = 15.0


@pytest_asyncio.fixture(loop_scope="function")
async def workspaces(tmp_path: Path) -> AsyncIterator[Workspaces]:
    made = Workspaces(tmp_path / "w", size_mb=8, files=500, uid=KERNEL_UID, gid=KERNEL_UID, is_enforced=True)
    yield made
    await made.close_all()


@pytest.fixture(scope="session")
def report() -> Iterator[list[dict[str, object]]]:
    """Rows of this run; attacks that were not run keep what is known of them."""
    rows: list[dict[str, object]] = []
    yield rows
    known = {row["name"]: row for row in json.loads(OUTPUT.read_text())} if OUTPUT.exists() else {}
    known |= {row["name"]: row for row in rows}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps([known[each.name] for each in ATTACKS if each.name in known], indent=1))


async def cell_time(neighbour: LiveKernel) -> float:
    """Seconds for a small cell of the neighbour."""
    begun = time.perf_counter()
    assert (await neighbour.run("1 + 1")).status == "ok"
    return time.perf_counter() - begun


async def strike(attacker: LiveKernel, code: str) -> Outcome | None:
    """Run the attack; None when it ended its kernel or had to be given up."""
    cell = asyncio.create_task(attacker.run(code, timeout=ATTACK_TIMEOUT_S + 5))
    deadline = time.monotonic() + ATTACK_TIMEOUT_S
    while not cell.done() and time.monotonic() < deadline and await attacker.km.is_alive():
        await asyncio.wait({cell}, timeout=0.1)
    if not cell.done():
        cell.cancel()
        with contextlib.suppress(asyncio.CancelledError, RuntimeError, TimeoutError):
            await cell
        return None
    with contextlib.suppress(RuntimeError, TimeoutError):
        return cell.result()
    return None


def verdict(attack: Attack, outcome: Outcome | None) -> str:
    """What came of it, in a word or two."""
    if outcome is None:
        return "kernel ended or stopped"
    if "REFUSED" in outcome.text and "DONE" not in outcome.text:
        return "refused: " + outcome.text.split("REFUSED", 1)[1].split("\n")[0].strip()[:70]
    return "contained" if outcome.status == "ok" else f"refused: {outcome.ename}"


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
async def test_attack(
    attack: Attack, start_kernel: StartKernel, workspaces: Workspaces, report: list[dict[str, object]]
) -> None:
    attacker = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(uuid4())))
    neighbour = await start_kernel(sandbox=SandboxRequest(workspace=await workspaces.open(uuid4())))
    await attacker.run(PRELUDE)
    before = statistics.median([await cell_time(neighbour) for _ in range(3)])
    attacking = asyncio.create_task(strike(attacker, attack.code))
    during = [await cell_time(neighbour)]
    while not attacking.done():
        await asyncio.wait({attacking}, timeout=0.2)
        during.append(await cell_time(neighbour))
    outcome = await attacking
    slowest_usual = statistics.median(during)
    found = verdict(attack, outcome)
    report.append(
        {
            "name": attack.name,
            "group": attack.group,
            "expected": str(attack.expected),
            "outcome": found,
            "neighbour_ms_before": round(before * 1000, 1),
            "neighbour_ms_during": round(slowest_usual * 1000, 1),
        }
    )
    assert await neighbour.km.is_alive()
    assert slowest_usual < before + NEIGHBOUR_SLACK_S, "the neighbour must not suffer"
    if attack.expected is Expected.REFUSED:
        assert found.startswith("refused"), (found, outcome.text if outcome else "", outcome and outcome.reply)
    if attack.expected is not Expected.ALONE:
        assert (await attacker.run("print('alive')")).text.endswith("alive\n")
