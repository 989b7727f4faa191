"""A neighbour who only counts, and attackers in kernels of their own beside it.

One neighbour serves all attacks, and an attacker's kernel is used again while nothing has happened to it: it goes on,
and no process of the attack lives on beside it. A fork bomb's children would refuse the next attack its processes.
"""

import asyncio
import contextlib
import json
import shutil
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.kernels.storage.workspaces import Workspaces
from tests.plugins.kernels import LiveKernel, Outcome, docker, open_kernel
from tests.security.kernels.attack import JAVASCRIPT, LONGEST_S, PRELUDES, PYTHON, Attack, Expected

#: errors of the attack's own code, which refuse nothing; Deno's refusals may be TypeErrors
MISTAKES = {
    PYTHON: {"NameError", "TypeError", "AttributeError", "SyntaxError", "ImportError", "IndexError", "KeyError"},
    JAVASCRIPT: {"ReferenceError", "SyntaxError", "RangeError"},
}
ALIVE = {PYTHON: "print('alive')", JAVASCRIPT: "console.log('alive')"}


@dataclass
class Bout:
    """What came of one attack."""

    outcome: Outcome | None
    #: seconds for the neighbour's cell before and during the attack: medians
    before_s: float
    during_s: float

    @property
    def text(self) -> str:
        """Everything printed."""
        return self.outcome.text if self.outcome else ""

    def verdict(self) -> str:
        """What came of it, in a word or two."""
        if self.outcome is None:
            return "kernel ended or stopped"
        if "DONE" in self.text or self.outcome.status != "ok":
            return f"came through: {self.text[-200:]} {self.outcome.ename}"
        if "REFUSED" in self.text:
            return "refused: " + self.text.split("REFUSED", 1)[1].split("\n")[0].strip()[:70]
        return "contained"

    def told(self, attack: Attack) -> str:
        """What the report says of it: what only the attacker's kernel suffers is no way through."""
        found = self.verdict()
        return found.replace("came through", "no harm to others") if attack.expected is Expected.ALONE else found

    def is_as(self, attack: Attack) -> bool:
        """Whether this is what must come of it."""
        if attack.expected is Expected.REFUSED:
            refusals = [line.split(" ")[1] for line in self.text.splitlines() if line.startswith("REFUSED ")]
            is_refused = self.verdict().startswith("refused") and "is not a function" not in self.text
            return is_refused and bool(refusals) and not set(refusals) & MISTAKES[attack.kernel]
        if attack.expected is Expected.CONTAINED:
            return self.verdict() == "contained" and attack.sign in self.text
        return True


@dataclass
class Arena:
    """The neighbour and the attackers. Whoever builds it closes it."""

    workspaces: Workspaces
    neighbour: LiveKernel
    known: str
    attackers: dict[str, LiveKernel] = field(default_factory=dict)
    #: the attackers' workspaces
    rooms: dict[str, Path] = field(default_factory=dict)
    #: processes in the attackers' containers before the first attack
    crews: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    async def build(cls, workspaces: Workspaces) -> "Arena":
        """Start the neighbour."""
        workspace = await workspaces.open(uuid4())
        neighbour = await open_kernel(sandbox=SandboxRequest(workspace=workspace))
        known = {"sockets": neighbour.km.ip, "workspace": str(workspace), "pid": neighbour.inspect()["State"]["Pid"]}
        return cls(workspaces, neighbour, json.dumps(known))

    async def close(self) -> None:
        """End every kernel."""
        for each in (self.neighbour, *self.attackers.values()):
            await each.close()

    async def fight(self, attack: Attack) -> Bout:
        """Run an attack, and the neighbour's cell all the while."""
        attacker = await self.attacker(attack.kernel)
        before = statistics.median([await self.cell_time() for _ in range(3)])
        attacking = asyncio.create_task(strike(attacker, attack))
        during = [await self.cell_time()]
        while not attacking.done():
            await asyncio.wait({attacking}, timeout=0.1)
            during.append(await self.cell_time())
        return Bout(await attacking, before, statistics.median(during))

    async def cell_time(self) -> float:
        """Seconds for a small cell of the neighbour."""
        begun = time.perf_counter()
        assert (await self.neighbour.run("1 + 1")).status == "ok"
        return time.perf_counter() - begun

    async def attacker(self, kernel_name: str) -> LiveKernel:
        """A kernel with the attacker's tools in it."""
        if kernel_name not in self.attackers:
            memory_mb = 256 if kernel_name == JAVASCRIPT else None
            room = await self.workspaces.open(uuid4())
            attacker = await open_kernel(kernel_name, sandbox=SandboxRequest(workspace=room, memory_mb=memory_mb))
            self.attackers[kernel_name], self.rooms[kernel_name] = attacker, room
            declare = "const " if kernel_name == JAVASCRIPT else ""
            prepared = await attacker.run(f"{declare}NEIGHBOUR = {self.known}\n{PRELUDES[kernel_name]}")
            assert prepared.status == "ok", prepared.reply
            self.crews[kernel_name] = processes(attacker)
        return self.attackers[kernel_name]

    async def is_fit(self, kernel_name: str) -> bool:
        """Whether the attacker's kernel goes on as if nothing had been."""
        with contextlib.suppress(RuntimeError, TimeoutError):
            outcome = await self.attackers[kernel_name].run(ALIVE[kernel_name], timeout=LONGEST_S)
            return outcome.text.endswith("alive\n")
        return False

    def is_alone(self, kernel_name: str) -> bool:
        """Whether nothing runs in the attacker's container but what ran before its first attack."""
        return processes(self.attackers[kernel_name]) <= self.crews[kernel_name]

    async def retire(self, kernel_name: str) -> None:
        """Give an attacker's kernel up."""
        if attacker := self.attackers.pop(kernel_name, None):
            await attacker.close()

    async def tidy(self, kernel_name: str) -> None:
        """Empty the attacker's workspace."""
        for path in self.rooms[kernel_name].iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def processes(kernel: LiveKernel) -> set[str]:
    """The host's ids of what runs in a kernel's container, zombies included."""
    _, *rows = docker("top", kernel.container_id, "-eo", "pid").splitlines()
    return {row.strip() for row in rows}


async def strike(attacker: LiveKernel, attack: Attack) -> Outcome | None:
    """Run the attack; None when it ended its kernel or had to be given up."""
    cell = asyncio.create_task(attacker.run(attack.code, timeout=attack.longest_s + 5))
    deadline = time.monotonic() + attack.longest_s
    while not cell.done() and time.monotonic() < deadline and await attacker.km.is_alive():
        await asyncio.wait({cell}, timeout=0.05)
    if not cell.done():
        cell.cancel()
        with contextlib.suppress(asyncio.CancelledError, RuntimeError, TimeoutError):
            await cell
        return None
    with contextlib.suppress(RuntimeError, TimeoutError):
        return cell.result()
    return None
