"""Where attacks run: an attacker's kernel, replaced when it is spent, and a neighbour whose answers are measured."""

import asyncio
import contextlib
import re
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager

from nexus_server.kernels.sandbox import SandboxRequest
from tests.plugins.kernels import READY_TIMEOUT_S, LiveKernel, Outcome, containers
from tests.security.hostile.attack import PRELUDE, Attack, Ending

#: the neighbour is asked this often, so that asking alone never uses up its tenth of a CPU
PROBE_INTERVAL_S = 0.15
PROBE_TIMEOUT_S = 60.0
CELL_TIMEOUT_S = 60.0
#: how long an interrupted cell may take to end before the kernel counts as spent
INTERRUPT_TIMEOUT_S = 20.0


@dataclass
class Bout:
    """What one attack did."""

    #: what the cell printed, or ``ExceptionName: its message``; None when it never ended
    result: str | None
    #: the neighbour's median time for `1+1` during the attack, divided by the one before
    neighbour_ratio: float
    neighbour_answers: int


@dataclass
class Arena:
    """One attacker and one neighbour, each with a workspace of its own."""

    attacker_files: Path
    neighbour: LiveKernel
    _attacker: LiveKernel | None = field(default=None, init=False)

    async def attacker(self) -> LiveKernel:
        """A kernel that attacks may use: the last one, unless that is spent."""
        if self._attacker is None:
            self._attacker = await open_kernel(self.attacker_files)
            assert (await self._attacker.run(PRELUDE)).status == "ok"
        return self._attacker

    async def replace_attacker(self) -> None:
        """End the attacker's kernel; whatever it did, its container goes."""
        kernel, self._attacker = self._attacker, None
        if kernel is not None:
            await close_kernel(kernel)

    async def fight(self, attack: Attack) -> Bout:
        """Run an attack beside the neighbour, and check how it ends."""
        kernel = await self.attacker()
        before = [await self.probe() for _ in range(3)]
        during: list[float] = []
        prober = asyncio.create_task(self._probe_into(during))
        try:
            result = await run_attack(kernel, attack)
        finally:
            while not during and not prober.done():
                await asyncio.sleep(0.01)
            prober.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await prober
        if attack.ending is Ending.LIVES or attack.ending is Ending.INTERRUPTED:
            assert (await kernel.run("print(1 + 1)")).text.endswith("2\n"), "the attacker's kernel goes on"
        else:
            await self.replace_attacker()
        await self.probe()
        ratio = statistics.median(during) / statistics.median(before)
        return Bout(result, round(ratio, 2), len(before) + len(during) + 1)

    async def probe(self) -> float:
        """Insist that the neighbour answers; return how long it took."""
        begun = time.perf_counter()
        outcome = await self.neighbour.run("1 + 1", timeout=PROBE_TIMEOUT_S)
        assert outcome.outputs[-2]["content"]["data"]["text/plain"] == "2"
        return time.perf_counter() - begun

    async def _probe_into(self, taken: list[float]) -> None:
        while True:
            taken.append(await self.probe())
            await asyncio.sleep(PROBE_INTERVAL_S)


async def run_attack(kernel: LiveKernel, attack: Attack) -> str | None:
    """Run the cell to its expected end, and return what it gave."""
    cell = asyncio.create_task(kernel.run(attack.code, timeout=CELL_TIMEOUT_S))
    try:
        match attack.ending:
            case Ending.LIVES:
                return result_of(await cell)
            case Ending.INTERRUPTED:
                await asyncio.sleep(attack.stop_after_s)
                await kernel.km.interrupt_kernel()
                return result_of(await asyncio.wait_for(cell, INTERRUPT_TIMEOUT_S))
            case Ending.SPENT:
                await asyncio.wait({cell}, timeout=attack.stop_after_s)
                return result_of(cell.result()) if cell.done() and cell.exception() is None else None
            case Ending.DIES | Ending.OUT_OF_MEMORY:
                await expect_death(kernel, is_memory=attack.ending is Ending.OUT_OF_MEMORY)
                return None
    finally:
        cell.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError, RuntimeError):
            await cell


async def expect_death(kernel: LiveKernel, *, is_memory: bool) -> None:
    """Wait for the kernel's end and check the reason that the provisioner gives for it."""
    async with asyncio.timeout(CELL_TIMEOUT_S):
        while await kernel.km.is_alive():
            await asyncio.sleep(0.05)
    found = kernel.provisioner.exit
    assert found is not None
    if is_memory:
        assert (found.code, found.oom_killed) == (137, True)


def result_of(outcome: Outcome) -> str:
    """What the cell printed, or its exception."""
    content = outcome.reply["content"]
    if content["status"] == "ok":
        return outcome.text.strip()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(content.get("evalue", "")))
    return f"{content.get('ename', content['status'])}: {plain}"


async def open_kernel(workspace: Path) -> LiveKernel:
    """Start a sandboxed Python kernel on a workspace."""
    km = AsyncKernelManager(kernel_name="nexus-python")
    await km.start_kernel(sandbox=SandboxRequest(workspace=workspace))
    kernel = LiveKernel(km, km.client())
    kernel.kc.start_channels()
    await kernel.kc.wait_for_ready(timeout=READY_TIMEOUT_S)
    return kernel


async def close_kernel(kernel: LiveKernel) -> None:
    """End a kernel and insist that nothing of it is left."""
    kernel.kc.stop_channels()
    kernel_id = kernel.km.kernel_id
    await kernel.km.shutdown_kernel(now=True)
    kernel.km.context.term()
    assert containers(kernel_id) == []


@contextlib.asynccontextmanager
async def open_arena(attacker_files: Path, neighbour_files: Path) -> AsyncIterator[Arena]:
    """Give an arena; both kernels end with it."""
    arena = Arena(attacker_files, await open_kernel(neighbour_files))
    try:
        yield arena
    finally:
        await arena.replace_attacker()
        await close_kernel(arena.neighbour)
