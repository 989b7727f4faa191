"""Who gives root's rights up, and who is refused for want of them. What giving them up does, real servers try."""

import os
import subprocess
from pathlib import Path

import pytest

from nexus_server.commands import separating
from nexus_server.commands.separating import (
    PortNeedsRootError,
    become_owner,
    give_up_root,
    read_config,
    refuse_low_port,
)
from nexus_server.kernels.helper.separation import find_helper, find_obstacle
from tests.plugins.server import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")


def test_root_stays_root_where_the_site_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_SERVER_USER", "")
    before = os.getresuid()
    give_up_root()
    assert os.getresuid() == before


def test_root_keeps_its_rights_on_a_data_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_DATA_DIR", str(tmp_path))
    before = os.getresuid()
    become_owner()
    assert os.getresuid() == before


@as_root
def test_a_low_port_is_refused_to_a_server_without_rights_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "start").write_text("1024\n")
    monkeypatch.setattr(separating, "PORT_START", tmp_path / "start")
    monkeypatch.setenv("NEXUS_SERVER_USER", "")
    refuse_low_port(443)
    monkeypatch.setenv("NEXUS_SERVER_USER", "nexus")
    refuse_low_port(1024)
    with pytest.raises(PortNeedsRootError, match="443"):
        refuse_low_port(443)


def test_the_configuration_is_that_of_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jupyter_config.json").write_text('{"SandboxSettings": {"max_memory_mb": 333}}')
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    config = read_config()
    assert config.SandboxSettings.max_memory_mb == 333
    assert config.ServerApp.terminals_enabled is False


def test_a_process_without_a_helper_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEXUS_HELPER", raising=False)
    assert find_helper() is None


@as_root
def test_nothing_stands_in_the_way_on_this_system_and_looking_changes_nothing(tmp_path: Path) -> None:
    namespace = Path("/proc/self/ns/mnt").readlink()
    assert find_obstacle(tmp_path / "missing" / "data") == ""
    assert Path("/proc/self/ns/mnt").readlink() == namespace
    assert os.geteuid() == 0


@pytest.mark.parametrize(("named", "wanted"), [(None, "nexus"), ("", ""), ("other", "other")])
def test_make_run_serves_as_the_user_nexus_unless_another_is_named(
    named: str | None, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEXUS_SERVER_USER", raising=False)
    if named is not None:
        monkeypatch.setenv("NEXUS_SERVER_USER", named)
    monkeypatch.delenv("MAKEFLAGS", raising=False)  # of a `make test` that this test runs in
    command = ["make", "-n", "--no-print-directory", "run"]
    steps = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    serving = steps.splitlines()[-1].partition(" exec ")[0]
    shown = subprocess.run(["sh", "-c", f"{serving} env"], capture_output=True, text=True, check=True).stdout
    assert f"NEXUS_SERVER_USER={wanted}" in shown.splitlines()
