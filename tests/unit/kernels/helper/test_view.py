"""What a process without rights sees of places that root keeps closed. Needs root, and mount namespaces."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nexus_server.kernels.helper.server_user import ServerUser, become
from nexus_server.kernels.helper.view import Needed, can_read, closed_ancestor, enter

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make mount namespaces")
USER = ServerUser("server", 64001, 64001)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A directory that only root may enter, with things in it."""
    place = tmp_path / "closed"
    for name in ("data", "input", "input/deep", "other"):
        (place / name).mkdir(parents=True)
    for name in ("data/own.txt", "input/deep/secret.txt", "other/file.txt"):
        (place / name).write_text(name)
        (place / name).chmod(0o600)
    os.chown(place / "data", USER.uid, USER.gid)
    os.chown(place / "data/own.txt", USER.uid, USER.gid)
    for name in (".", "input"):
        (place / name).chmod(0o700)
    return place


def as_server(needed: list[Needed], look: Callable[[], Any]) -> Any:
    """What a process sees that entered its view and became the user."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            enter(needed, USER)
            become(USER)
            answer = look()
        except OSError as exc:
            answer = f"{type(exc).__name__}"
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = json.loads(pipe.read())
    os.waitpid(child, 0)
    return found


def test_without_a_view_nothing_in_a_closed_directory_is_reached(closed: Path) -> None:
    assert as_server([], (closed / "data/own.txt").read_text) == "PermissionError"


def test_what_is_needed_is_reached_under_its_name_and_nothing_beside_it(closed: Path) -> None:
    def look() -> list[Any]:
        (closed / "data/new.txt").write_text("new")
        return [(closed / "data/own.txt").read_text(), sorted(path.name for path in closed.glob("*/"))]

    assert as_server([Needed(closed / "data", is_own=True)], look)[0] == "data/own.txt"
    assert (closed / "data/new.txt").stat().st_uid == USER.uid
    beside = as_server([Needed(closed / "data", is_own=True)], (closed / "other").exists)
    assert beside is False


def test_an_input_is_read_whatever_its_modes_are_and_never_written(closed: Path) -> None:
    needed = [Needed(closed / "input")]
    secret = closed / "input/deep/secret.txt"
    assert as_server(needed, secret.read_text) == "input/deep/secret.txt"
    assert as_server(needed, lambda: secret.write_text("x")) == "OSError"
    assert secret.stat().st_uid == 0


def test_a_single_file_is_an_input_too(closed: Path) -> None:
    file = closed / "other/file.txt"
    assert as_server([Needed(file)], file.read_text) == "other/file.txt"


def test_what_is_written_into_an_output_is_roots(closed: Path) -> None:
    table = closed / "other/table.csv"
    as_server([Needed(closed / "other", is_output=True)], lambda: table.write_text("a,b"))
    assert (table.read_text(), table.stat().st_uid) == ("a,b", 0)


def test_what_does_not_exist_is_not_needed(closed: Path) -> None:
    assert as_server([Needed(closed / "missing"), Needed(closed / "data", is_own=True)], lambda: "entered") == "entered"


def test_nobody_else_sees_the_difference(closed: Path) -> None:
    as_server([Needed(closed / "data", is_own=True)], lambda: None)
    assert sorted(path.name for path in closed.iterdir()) == ["data", "input", "other"]


def test_whoever_became_the_user_cannot_return(closed: Path) -> None:
    assert as_server([], lambda: os.setuid(0)) == "PermissionError"
    assert as_server([], lambda: os.chown(closed, USER.uid, USER.gid)) == "PermissionError"
    assert as_server([], lambda: os.listdir("/proc/self/fd") != []) is True  # noqa: PTH208


def test_closed_ancestors_are_found_by_their_modes(closed: Path) -> None:
    closed.parent.chmod(0o755)
    assert closed_ancestor(Path("/usr/bin/env"), USER) is None
    found = closed_ancestor(closed / "data", USER)
    assert found is not None
    assert closed == found or closed.is_relative_to(found)
    assert can_read(closed / "data", USER)
    assert not can_read(closed / "input", USER)
