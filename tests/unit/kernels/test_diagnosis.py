"""What `nexus doctor` says about the walls around kernels."""

from typing import Any

import pytest

from nexus_server.kernels.diagnosis import findings_about
from nexus_server.kernels.settings import SandboxSettings

#: an engine in good order
INFO: dict[str, Any] = {
    "ServerVersion": "28.0",
    "MemoryLimit": True,
    "SwapLimit": True,
    "CpuCfsQuota": True,
    "PidsLimit": True,
    "SecurityOptions": ["name=seccomp,profile=default", "name=userns"],
    "Runtimes": {"runc": {}, "runsc": {"runtimeArgs": ["--host-uds=all"]}},
    "DefaultRuntime": "runc",
}


def bad(info: dict[str, Any], core_pattern: str = "core", *, is_root: bool = True, **settings: Any) -> list[str]:
    found = findings_about(info, SandboxSettings(**settings), core_pattern=core_pattern, is_root=is_root)
    return [finding.name for finding in found if not finding.is_ok]


def test_a_good_engine_gets_no_complaint() -> None:
    assert bad(INFO) == []
    assert bad(INFO, oci_runtime="runsc", userns_remap=True) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [({"PidsLimit": False}, "limits"), ({"SwapLimit": False}, "limits"), ({"SecurityOptions": []}, "seccomp")],
)
def test_a_missing_wall_is_found(change: dict[str, Any], name: str) -> None:
    assert bad({**INFO, **change}) == [name]


def test_settings_that_the_engine_cannot_meet_are_found() -> None:
    plain = {**INFO, "SecurityOptions": ["name=seccomp"], "Runtimes": {"runc": {}}}
    assert bad(plain, oci_runtime="runsc", userns_remap=True) == ["runtime", "users"]
    assert bad(plain) == []


def test_the_host_is_looked_at_too() -> None:
    assert bad(INFO, "|/usr/lib/systemd/systemd-coredump %P") == ["core dumps"]
    assert bad(INFO, is_root=False) == ["sockets"]


def test_gvisor_is_offered_where_it_is_installed() -> None:
    found = findings_about(INFO, SandboxSettings(), core_pattern="core", is_root=True)
    assert any("gVisor" in finding.message for finding in found)


def test_gvisor_must_let_the_kernels_sockets_out() -> None:
    closed = {**INFO, "Runtimes": {"runsc": {"path": "/usr/bin/runsc"}}}
    assert bad(closed, oci_runtime="runsc") == ["runtime"]
    assert bad({**INFO, "Runtimes": {"runsc": {"runtimeArgs": ["--host-uds=create"]}}}, oci_runtime="runsc") == []
