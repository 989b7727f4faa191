"""The unit for systemd: its words are known, and none keeps the helper's mounts from the containers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugins.server import ROOT

UNIT = ROOT / "deploy/systemd/nexus.service"
#: options that give a unit mounts of its own, which containers would not see
OWN_MOUNTS = {
    "PrivateTmp", "PrivateDevices", "ProtectSystem", "ProtectHome", "ProtectKernelTunables", "ProtectKernelModules",
    "ProtectKernelLogs", "ProtectControlGroups", "ProtectProc", "ProtectHostname", "ProcSubset", "PrivateIPC",
    "RootDirectory", "ReadOnlyPaths", "ReadWritePaths", "InaccessiblePaths", "BindPaths", "TemporaryFileSystem",
    "DynamicUser",
}  # fmt: skip
#: options that leave a unit a list of devices, without the loop devices
OWN_DEVICES = {"ProtectClock", "DeviceAllow", "DevicePolicy"}
#: options that take from root what the helper needs
LESS_RIGHTS = {"User", "NoNewPrivileges", "CapabilityBoundingSet", "SystemCallFilter", "RestrictNamespaces"}


def options() -> list[tuple[str, str]]:
    lines = UNIT.read_text().splitlines()
    found = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return [(name, value) for name, _, value in found]


def test_the_helper_can_mount_what_containers_see() -> None:
    said = dict(options())
    assert not said.keys() & (OWN_MOUNTS | OWN_DEVICES | LESS_RIGHTS)
    assert (said["PrivateMounts"], said["MountFlags"]) == ("no", "shared")


def test_it_serves_as_the_user_nexus() -> None:
    assert ("Environment", "NEXUS_SERVER_USER=nexus") in options()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_knows_every_word(tmp_path: Path) -> None:
    unit = tmp_path / "nexus.service"
    lines = UNIT.read_text().replace("/opt/nexus", str(tmp_path)).splitlines(keepends=True)
    unit.write_text("".join(line for line in lines if not line.startswith(("Requires=", "After="))))
    program = tmp_path / ".venv/bin/nexus"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "nexus.service" in line]) == (0, [])
