"""Root runs commands on a server's data directory: nothing of root's is left in it, so the server can go on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from nexus_server.cli import app
from nexus_server.kernels.helper.handover import hand_over
from nexus_server.kernels.helper.server_user import ServerUser, ensure_user
from tests.plugins.content import write_content
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.sampling import sampled
from tests.plugins.server import PASSWORD

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up"),
]
#: every command, with arguments that make it do something; a later one finds what the earlier ones left
COMMANDS = [
    "doctor",
    "user create ada@example.org --password-stdin",
    "content sync",
    "content check {content}",
    "content copy {content}/tiny tiny-again",
    "upgrade",
    "projections rebuild",
    "badges award",
    "servers list",
    "regrade-preview tiny/lab",
    "grade run {content}/tiny/labs/lab.ipynb --source {content}/tiny/labs/lab.ipynb",
    "grade verify {outside}/no-result.json",
    "backup {data}/nexus-inside.tar.gz",
]
#: commands that do not touch the data directory, that open it as one above does, or that other tests run as root
ELSEWHERE = {
    "image new",  # writes into the source
    "images",  # asks the engine alone
    "serve", "worker", "restore",  # test_helper.py, test_killed_worker.py, and below
    "user role", "user disable", "projections verify", "badges who", "mastery fit", "servers forget",
    "servers drain", "streaks repair",
    "demo",  # starts a server of its own
    "content new", "content release", "content import", "content import-nbgrader", "content export-nbgrader",
    "content schemas", "content case", "content report",
}  # fmt: skip


@pytest.fixture(scope="module")
def user() -> ServerUser:
    return ensure_user("nexus")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, user: ServerUser) -> Iterator[dict[str, Path]]:
    """A server's data directory, and content and files that are root's."""
    top = tmp_path_factory.mktemp("places")
    found = {name: top / name for name in ("data", "content", "outside")}
    hand_over(found["data"], user)
    write_content(found["content"])
    found["outside"].mkdir()
    (found["outside"] / "no-result.json").write_text("{}")
    (found["outside"] / "no-result.json").chmod(0o600)
    yield found
    mounted = Path("/proc/self/mountinfo").read_text()
    assert str(found["data"]) not in mounted


def nexus(data: Path, content: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = {"NEXUS_DATA_DIR": str(data), "NEXUS_CONTENT_DIR": str(content)}
    return run_nexus(*arguments, stdin=f"{PASSWORD}\n", environment={**places, "NEXUS_SERVER_USER": "nexus"})


def of_root(data: Path) -> set[str]:
    """What in the data directory is root's, links and directories included."""
    return {str(path.relative_to(data)) for path in data.rglob("*") if path.lstat().st_uid == 0}


@pytest.mark.parametrize(
    "command", sampled(COMMANDS, set(COMMANDS) - {"projections rebuild", "regrade-preview tiny/lab"})
)
def test_nothing_of_roots_is_left_in_the_data_directory(places: dict[str, Path], command: str) -> None:
    arguments = [word.format(**places) for word in command.split()]
    done = nexus(places["data"], places["content"], *arguments)
    assert done.returncode == (1 if command.startswith(("grade verify", "doctor")) else 0), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert of_root(places["data"]) - {"workspaces"} == set()


def test_what_root_restored_is_the_servers(places: dict[str, Path], user: ServerUser, tmp_path: Path) -> None:
    data = tmp_path / "restored"
    hand_over(data, user)
    done = nexus(data, places["content"], "restore", str(places["data"] / "nexus-inside.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert (data / "keys/jwt.json").exists()
    assert of_root(data) - {"workspaces"} == set()


def test_a_restore_that_fails_leaves_the_servers_directory_empty(
    places: dict[str, Path], user: ServerUser, tmp_path: Path
) -> None:
    data = tmp_path / "restored"
    hand_over(data, user)
    done = nexus(data, places["content"], "restore", str(places["outside"] / "no-result.json"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert list(data.iterdir()) == []


def test_every_command_is_tried() -> None:
    tried = {" ".join(words[: 2 if words[0] in {"user", "content", "projections", "badges", "grade", "servers"} else 1])
             for words in map(str.split, COMMANDS)}  # fmt: skip
    assert tried | ELSEWHERE == set(names(typer.main.get_command(app)))


def names(command: object, before: str = "") -> Iterator[str]:
    """Every command's name, with those of its groups."""
    for name, inner in command.commands.items():  # type: ignore[attr-defined]
        if hasattr(inner, "commands"):
            yield from names(inner, f"{before}{name} ")
        else:
            yield f"{before}{name}"
