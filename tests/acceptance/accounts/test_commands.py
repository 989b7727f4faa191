"""`nexus user`, `backup` and `restore` as a person runs them."""

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import PASSWORD, LiveServer, StartServer


def run(data: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return run_nexus(*arguments, stdin=stdin, environment={"NEXUS_DATA_DIR": str(data), **environment})


@pytest.fixture(scope="module")
def server(start_server: StartServer) -> LiveServer:
    return start_server()


def test_the_first_admin_is_printed_once(server: LiveServer) -> None:
    log = server.log.read_text()
    assert log.count("The first administrator: admin@localhost") == 1
    password = log.split("Password (shown only now): ")[1].split()[0]
    with server.client() as client:
        reply = client.post("/auth/login", json={"email": "admin@localhost", "password": password})
    assert reply.json()["user"]["role"] == "admin"


def test_commands_work_on_the_directory_that_they_are_given_before_anybody_served_it(tmp_path: Path) -> None:
    elsewhere, here = tmp_path / "elsewhere", ("--data", str(tmp_path / "here"))
    made = run(
        elsewhere, "user", "create", "t@example.org", "--role", "student", "--password-stdin", *here, stdin=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(run(elsewhere, "projections", "verify", "--json", *here).stdout) == {"differences": []}
    assert (tmp_path / "here" / "nexus.db").exists()
    assert not elsewhere.exists()


def test_users_are_made_changed_and_disabled_under_a_running_server(server: LiveServer) -> None:
    create = ("user", "create", "t@example.org", "--role", "instructor", "--password-stdin")
    made = run(server.data_dir, *create, stdin=PASSWORD)
    assert made.returncode == 0, made.stderr
    with server.client() as client:
        login = client.post("/auth/login", json={"email": "t@example.org", "password": PASSWORD})
        assert login.json()["user"]["role"] == "instructor"
        headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
        client.cookies.clear()
        assert client.get("/teaching/cohorts", headers=headers).status_code == 200
        assert run(server.data_dir, "user", "role", "t@example.org", "student").returncode == 0
        _until(lambda: client.get("/teaching/cohorts", headers=headers).status_code == 403)
        assert run(server.data_dir, "user", "disable", "t@example.org").returncode == 0
        _until(lambda: client.get("/me", headers=headers).status_code == 401)
        again = client.post("/auth/login", json={"email": "t@example.org", "password": PASSWORD})
    assert again.json()["error"]["code"] == "account_disabled"


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for what another process did to be seen: at most a second, says the contract."""
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # nothing to await: the server notices by itself


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (("user", "create", "x@example.org", "--password-stdin"), "password123", "common password"),
        (("user", "role", "nobody@example.org", "admin"), "", "no user"),
        (("user", "disable", "admin@localhost"), "", "last administrator"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    server: LiveServer, arguments: tuple[str, ...], stdin: str, words: str
) -> None:
    result = run(server.data_dir, *arguments, stdin=stdin)
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_backup_brings_everything_back(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server()
    with closing(server.learner("ada")) as client:
        before = client.get("/me").json()
        progress = client.get("/me/progress").json()
        token = client.headers["Authorization"]
        note = {"type": "file", "format": "text", "content": "my own words"}
        client.put(f"{server.url}/api/contents/kept.txt", json=note).raise_for_status()
    archive = tmp_path / "all.tar.gz"
    made = run(server.data_dir, "backup", str(archive))
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o077 == 0
    restored = run(tmp_path / "new", "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    twin = start_server(tmp_path / "new")
    with twin.client() as other:
        # the signing keys came along: the same access token opens the restored platform
        after = other.get("/me", headers={"Authorization": token}).json()
        assert other.get("/me/progress", headers={"Authorization": token}).json() == progress
        kept = other.get(f"{twin.url}/api/contents/kept.txt", headers={"Authorization": token}).json()
        login = other.post("/auth/login", json={"email": before["email"], "password": PASSWORD})
    assert {**after, "last_login": None} == {**before, "last_login": None}
    assert kept["content"] == "my own words"
    assert login.status_code == 200
    again = run(tmp_path / "new", "restore", str(archive))
    assert again.returncode == 1
    assert "already" in again.stderr
