"""The operator's own files of settings: which are read, in which order, and what root refuses to run."""

import os
from pathlib import Path

import pytest
from traitlets.config import Config

from nexus_server.composition import load_config
from nexus_server.site_config import NAME, BrokenConfigError, ForeignConfigError, load_site_config


@pytest.fixture
def system(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    return tmp_path / "etc"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("NEXUS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def write(directory: Path, text: str) -> Path:
    path = directory / NAME
    path.write_text(text)
    path.chmod(0o644)
    return path


def test_the_data_directory_lies_over_the_system(system: Path, data: Path) -> None:
    paths = [
        write(system, "c.TenancySettings.kernels_per_learner = 1\nc.SandboxSettings.memory_mb = 200"),
        write(data, "c.TenancySettings.kernels_per_learner = 2"),
    ]
    config = Config()
    assert load_site_config(config, system) == paths
    assert config.TenancySettings.kernels_per_learner == 2
    assert config.SandboxSettings.memory_mb == 200


def test_the_system_may_say_where_the_data_is(system: Path, data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(system, f"c.NexusSettings.data_dir = {str(other)!r}")
    write(other, "c.SandboxSettings.memory_mb = 300")
    write(data, "raise AssertionError('not the data directory')")
    config = Config()
    load_site_config(config, system)
    assert config.SandboxSettings.memory_mb == 300


def test_a_site_without_files_changes_nothing(system: Path, data: Path) -> None:
    config = Config({"SandboxSettings": {"memory_mb": 128}})
    assert load_site_config(config, system) == []
    assert data.is_dir()
    assert config == Config({"SandboxSettings": {"memory_mb": 128}})


def test_commands_and_the_server_read_it_with_the_product_s_own(data: Path) -> None:
    write(data, "c.TenancySettings.kernels_per_learner = 7\nc.ServerApp.terminals_enabled = False")
    config = load_config()
    assert config.TenancySettings.kernels_per_learner == 7
    assert config.ServerApp.identity_provider_class.startswith("nexus_server.")


@pytest.mark.parametrize("text", ["c.X = ", "c.X.y = 1 / 0"])
def test_a_broken_file_is_named(system: Path, data: Path, text: str) -> None:
    path = write(data, text)
    with pytest.raises(BrokenConfigError, match=str(path)):
        load_site_config(Config(), system)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights that others lack")
@pytest.mark.parametrize("how", ["owner", "mode", "link"])
def test_root_runs_nothing_that_others_may_write(system: Path, data: Path, how: str) -> None:
    path = write(data, "raise AssertionError('root ran it')")
    if how == "owner":
        os.chown(path, 65534, 65534)
    elif how == "mode":
        path.chmod(0o666)
    else:
        path.rename(data / "elsewhere.py")
        path.symlink_to(data / "elsewhere.py")
    with pytest.raises(ForeignConfigError, match=NAME):
        load_site_config(Config(), system)
