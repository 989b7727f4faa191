"""What an administrator should know about the walls around kernels: plain findings from the engine's own description.

`diagnose` asks the engine and the host; `findings_about` judges, and is pure.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus_server.kernels.docker.backend import DockerBackend
from nexus_server.kernels.docker.user_map import maps_users
from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.kernels.settings import GVISOR, SandboxSettings

#: without it gVisor keeps the sockets that a kernel makes to itself
GVISOR_SOCKETS = ("--host-uds=all", "--host-uds=create")
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


@dataclass(frozen=True, slots=True)
class SandboxFinding:
    """One thing that was looked at."""

    name: str
    is_ok: bool
    #: what is the case, and, where it is not well, what to do
    message: str


async def diagnose(backend: DockerBackend, settings: SandboxSettings) -> list[SandboxFinding]:
    """Look at the engine and this host; an engine that does not answer is a finding too."""
    try:
        info = await backend.info()
    except EngineUnavailableError as exc:
        return [SandboxFinding("engine", is_ok=False, message=f"{exc} Run `python scripts/docker_engine.py`.")]
    return findings_about(info, settings, core_pattern=_core_pattern(), is_root=os.geteuid() == 0)


def _core_pattern() -> str:
    try:
        return CORE_PATTERN.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def findings_about(
    info: Mapping[str, Any], settings: SandboxSettings, *, core_pattern: str, is_root: bool
) -> list[SandboxFinding]:
    """Judge what the engine (`GET /info`) and the host say about themselves."""
    return [
        SandboxFinding("engine", is_ok=True, message=f"Docker {info.get('ServerVersion', '?')} answers."),
        _limits(info),
        _seccomp(info, settings),
        _runtime(info, settings),
        _users(info, settings),
        _core_dumps(core_pattern),
        _sockets(is_root=is_root),
    ]


def _limits(info: Mapping[str, Any]) -> SandboxFinding:
    wanted = {"MemoryLimit": "memory", "SwapLimit": "swap", "CpuCfsQuota": "CPU", "PidsLimit": "processes"}
    missing = [word for key, word in wanted.items() if info.get(key) is False]
    if missing:
        return SandboxFinding(
            "limits", is_ok=False, message=f"The engine cannot limit {', '.join(missing)}: enable the cgroups."
        )
    return SandboxFinding("limits", is_ok=True, message="Memory, swap, CPU and processes can be limited.")


def _seccomp(info: Mapping[str, Any], settings: SandboxSettings) -> SandboxFinding:
    if not any("name=seccomp" in option for option in info.get("SecurityOptions") or []):
        return SandboxFinding(
            "seccomp", is_ok=False, message="The engine does not filter system calls: use a kernel with seccomp."
        )
    whose = "our own list" if settings.seccomp == "own" else "the engine's list"
    return SandboxFinding("seccomp", is_ok=True, message=f"System calls are filtered by {whose}.")


def _runtime(info: Mapping[str, Any], settings: SandboxSettings) -> SandboxFinding:
    known = info.get("Runtimes") or {}
    wanted = settings.oci_runtime
    if wanted and wanted not in known:
        return SandboxFinding(
            "runtime", is_ok=False, message=f"The engine has no runtime `{wanted}`: register it in daemon.json."
        )
    if wanted.startswith(GVISOR) and not set(GVISOR_SOCKETS) & set(known[wanted].get("runtimeArgs") or ()):
        return SandboxFinding(
            "runtime",
            is_ok=False,
            message=f"`{wanted}` hides kernels' sockets: add `{GVISOR_SOCKETS[0]}` to its runtimeArgs in daemon.json.",
        )
    if not wanted and GVISOR in known:
        message = f"gVisor is there; `oci_runtime = '{GVISOR}'` would use it."
    else:
        message = f"Kernels run under {wanted or info.get('DefaultRuntime', 'runc')}."
    return SandboxFinding("runtime", is_ok=True, message=message)


def _users(info: Mapping[str, Any], settings: SandboxSettings) -> SandboxFinding:
    is_mapped = maps_users(info)
    if settings.userns_remap and not is_mapped:
        message = "`userns_remap` is set, but dockerd runs without --userns-remap."
        return SandboxFinding("users", is_ok=False, message=message)
    message = f"Users of containers are {'mapped' if is_mapped else 'not mapped'}."
    return SandboxFinding("users", is_ok=True, message=message)


def _core_dumps(core_pattern: str) -> SandboxFinding:
    if core_pattern.startswith("|"):
        return SandboxFinding(
            "core dumps",
            is_ok=False,
            message="Each crash in a kernel starts a program here: set kernel.core_pattern=core.",
        )
    return SandboxFinding("core dumps", is_ok=True, message="Crashes in kernels start nothing on the host.")


def _sockets(*, is_root: bool) -> SandboxFinding:
    if is_root:
        return SandboxFinding("sockets", is_ok=True, message="Kernels cannot replace their sockets.")
    return SandboxFinding(
        "sockets", is_ok=False, message="Without root a kernel can replace its sockets; they are checked before use."
    )
