"""Kernels that outlive their server: what is written down for each, and finding them again.

The record lies beside the kernel's sockets, in the directory that only the server may read; it holds the signing key. A
restarted server takes over every container that still runs and has a record; the others are reaped.
"""

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from nexus_server.errors import NexusError
from nexus_server.kernels.errors import UnsafeSocketError
from nexus_server.kernels.launcher import Launcher, RunningKernel
from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.owners import LOCK_LABEL
from nexus_server.kernels.sandbox import SandboxBackend

log = structlog.get_logger()

RECORD = "kernel.json"


def write_record(kernel: RunningKernel, kernel_id: str) -> None:
    """Write down what a later server needs to take the kernel over."""
    record = {
        "kernel_id": kernel_id,
        "sandbox_id": kernel.sandbox.id,
        "key": kernel.key.decode(),
        "limits": asdict(kernel.limits),
        "label": kernel.label,
        "slot": str(kernel.slot) if kernel.slot else None,
    }
    partial = kernel.connection.outer / f"{RECORD}.partial"
    partial.write_text(json.dumps(record), encoding="utf-8")
    partial.rename(kernel.connection.outer / RECORD)


def read_records(root: Path) -> list[dict[str, Any]]:
    """Every record below the runtime directory; what cannot be read is left out."""
    records = []
    for path in root.glob(f"*/{RECORD}"):
        with contextlib.suppress(OSError, ValueError):
            records.append(json.loads(path.read_text(encoding="utf-8")))
    return records


async def find_survivors(
    launcher: Launcher, backend: SandboxBackend, root: Path, lock: Path
) -> dict[str, RunningKernel]:
    """Return the running kernels of the server that held `lock` before, by kernel id.

    Raises:
        EngineUnavailableError: the engine does not answer.
    """
    running = {item.id for item in await backend.list() if item.is_running and item.labels.get(LOCK_LABEL) == str(lock)}
    survivors: dict[str, RunningKernel] = {}
    try:
        for record in read_records(root):
            if record["sandbox_id"] in running and (kernel := await _take_over(launcher, backend, record)):
                survivors[record["kernel_id"]] = kernel
    except NexusError:
        for kernel in survivors.values():
            kernel.let_go()
        raise
    return survivors


async def _take_over(launcher: Launcher, backend: SandboxBackend, record: dict[str, Any]) -> RunningKernel | None:
    """Return the kernel of a record; None where it has ended, or nobody can talk to it."""
    sandbox = await backend.find(record["sandbox_id"])
    if sandbox is None:
        return None
    connection = launcher.connection_of(record["kernel_id"])
    try:
        connection.check()
        wire = launcher.open_wire(sandbox, connection.outer, connection.path)
    except (UnsafeSocketError, OSError) as exc:
        log.warning("kernel_not_adopted", kernel=record["kernel_id"], error=str(exc))
        sandbox.let_go()
        return None
    launcher.owned.add(record["label"])
    return RunningKernel(
        sandbox,
        connection,
        record["key"].encode(),
        KernelLimits(**record["limits"]),
        record["label"],
        launcher.owned,
        Path(record["slot"]) if record["slot"] else None,
        wire,
    )
