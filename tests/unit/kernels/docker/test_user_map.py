"""Which host users stand for a container's."""

from pathlib import Path

from nexus_server.kernels.docker.user_map import UserMap, read_user_map

MAPPING = {"SecurityOptions": ["name=seccomp,profile=default", "name=userns"], "DockerRootDir": "/d/100000.200000"}


def test_the_range_is_the_engines_users(tmp_path: Path) -> None:
    (tmp_path / "subuid").write_text("ada:5:65536\ndockremap:100000:65536\n")
    assert read_user_map(tmp_path) is None, "no groups yet"
    (tmp_path / "subgid").write_text("dockremap:200000:65536\n")
    assert read_user_map(tmp_path) == UserMap(100000, 200000)
    assert read_user_map(tmp_path / "absent") is None


def test_only_an_engine_that_uses_this_very_map_will_do() -> None:
    assert UserMap(100000, 200000).is_used_by(MAPPING)
    assert not UserMap(100000, 100000).is_used_by(MAPPING)
    assert not UserMap().is_used_by({**MAPPING, "SecurityOptions": []})
    assert not UserMap().is_used_by(MAPPING)
