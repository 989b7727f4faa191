"""The helper's directories: what the server's user puts in the way leads nowhere. Ownership needs root."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexus_server.kernels.helper.handover import give_back, hand_over
from nexus_server.kernels.helper.places import Places
from nexus_server.kernels.helper.server_user import ServerUser

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
SERVER, KERNEL, SOMEBODY = 64001, 61000, 64002
MAKERS = frozenset({KERNEL, 0})


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "helper", tmp_path / "data", SERVER, SERVER)
    made.kernels.mkdir(parents=True)
    made.make_kernel("ab12")
    return made


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch, places: Places) -> Iterator[list[socket.socket]]:
    """Sockets that were bound in the kernel's directory, by short names."""
    monkeypatch.chdir(places.kernel("ab12"))
    made: list[socket.socket] = []
    yield made
    for item in made:
        item.close()


def bind(sockets: list[socket.socket], name: str, owner: int) -> None:
    sockets.append(socket.socket(socket.AF_UNIX))
    sockets[-1].bind(name)
    os.chown(name, owner, owner)


def owner(path: Path) -> int:
    return path.lstat().st_uid


def test_a_directory_is_lent_to_the_kernel_and_taken_back_with_its_sockets(
    places: Places, sockets: list[socket.socket]
) -> None:
    place = places.kernel("ab12")
    assert owner(place) == SERVER
    places.lend("ab12", "", KERNEL, KERNEL)
    assert owner(place) == KERNEL
    bind(sockets, "s-1", KERNEL)
    places.take("ab12", "", MAKERS)
    assert (owner(place), owner(place / "s-1"), stat.S_IMODE(place.stat().st_mode)) == (SERVER, SERVER, 0o755)


def test_only_sockets_with_one_name_that_a_kernel_made_are_taken(
    places: Places, sockets: list[socket.socket], tmp_path: Path
) -> None:
    place, secret = places.kernel("ab12"), tmp_path / "secret"
    secret.write_text("x")
    bind(sockets, "elsewhere", 0)
    os.link("elsewhere", "s-1", follow_symlinks=False)
    bind(sockets, "s-2", SOMEBODY)
    (place / "s-3").symlink_to(secret)
    os.link(secret, place / "s-4")
    (place / "s-5").write_text("a file")
    places.take("ab12", "", MAKERS)
    assert [owner(place / f"s-{number}") for number in (1, 2, 3, 4, 5)] == [0, SOMEBODY, 0, 0, 0]
    assert owner(secret) == 0


def test_a_link_in_a_directorys_place_is_not_followed(places: Places, tmp_path: Path) -> None:
    target = tmp_path / "etc"
    target.mkdir()
    (places.kernel("ab12") / "f1").symlink_to(target)
    with pytest.raises(OSError, match="f1"):
        places.lend("ab12", "f1", KERNEL, KERNEL)
    with pytest.raises(OSError, match="f1"):
        places.take("ab12", "f1", MAKERS)
    assert owner(target) == 0


def test_a_directory_of_somebody_elses_is_not_given_away(places: Places) -> None:
    place = places.kernel("ab12") / "f1"
    place.mkdir()
    os.chown(place, SOMEBODY, SOMEBODY)
    with pytest.raises(PermissionError):
        places.lend("ab12", "f1", KERNEL, KERNEL)
    with pytest.raises(PermissionError):
        places.take("ab12", "f1", MAKERS)
    assert owner(place) == SOMEBODY


def test_removing_follows_no_link_and_leaves_other_kernels(places: Places, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    (places.kernel("ab12") / "link").symlink_to(kept)
    places.make_kernel("cd34")
    places.remove_kernel("ab12")
    assert sorted(path.name for path in places.kernels.iterdir()) == ["cd34"]
    assert (kept / "file").exists()


def test_a_kernels_directory_takes_anothers_name(places: Places) -> None:
    places.make_kernel("cd34")
    (places.kernel("ab12") / "mine").touch()
    places.rename_kernel("ab12", "cd34")
    assert [path.name for path in places.kernel("cd34").iterdir()] == ["mine"]
    assert not places.kernel("ab12").exists()


# ---- the data directory ----


def test_a_data_directory_is_handed_over_but_for_the_helpers_own(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "keys").mkdir(parents=True)
    (data / "keys/a.key").touch()
    (data / "workspaces").mkdir()
    (data / "workspaces/x.ext4").touch()
    outside.touch()
    (data / "link").symlink_to(outside)
    os.link(outside, data / "second name")
    hand_over(data, ServerUser("server", SERVER, SERVER))
    assert {owner(data), owner(data / "keys"), owner(data / "keys/a.key"), owner(data / "link")} == {SERVER}
    assert {owner(data / "workspaces"), owner(data / "workspaces/x.ext4"), owner(outside)} == {0}


def test_what_is_handed_over_already_is_not_looked_at_again(tmp_path: Path) -> None:
    user = ServerUser("server", SERVER, SERVER)
    hand_over(tmp_path / "data", user)
    planted = tmp_path / "data" / "planted"
    planted.touch()
    hand_over(tmp_path / "data", user)
    assert owner(planted) == 0


def test_a_missing_data_directory_is_made_for_the_server_alone(tmp_path: Path) -> None:
    hand_over(tmp_path / "a" / "data", ServerUser("server", SERVER, SERVER))
    assert stat.S_IMODE((tmp_path / "a" / "data").stat().st_mode) == 0o700


def test_only_what_root_made_since_is_given_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hand_over(data, ServerUser("nexus", SERVER, SERVER))
    outside = tmp_path / "outside"
    outside.touch()
    (data / "keys").mkdir()
    (data / "keys/new").touch()
    (data / "workspaces").mkdir()
    (data / "theirs").touch()
    os.chown(data / "theirs", SERVER + 1, SERVER + 1)
    (data / "link").symlink_to(outside)
    (data / "second-name").hardlink_to(outside)
    give_back(data)
    owners = {str(path.relative_to(data)): path.lstat().st_uid for path in data.rglob("*")}
    assert owners == {
        "keys": SERVER,
        "keys/new": SERVER,
        "workspaces": 0,
        "theirs": SERVER + 1,
        "link": SERVER,
        "second-name": 0,
    }
    assert outside.stat().st_uid == 0


def test_nothing_is_given_in_a_directory_of_roots(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    give_back(tmp_path)
    assert (tmp_path / "file").stat().st_uid == 0
