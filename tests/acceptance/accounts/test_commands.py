"""`nexus user`, `backup`, `restore` and `doctor` as a person runs them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.plugins.server import PASSWORD, ROOT, LiveServer, StartServer

NEXUS = str(Path(sys.executable).parent / "nexus")


def run(data: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NEXUS, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NEXUS_DATA_DIR": str(data), **environment},
        check=False,
        timeout=120,
    )


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


@pytest.mark.timeout(400)
def test_a_backup_brings_everything_back(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server()
    with closing(server.learner("ada")) as client:
        before = client.get("/me").json()
        progress = client.get("/me/progress").json()
        token = client.headers["Authorization"]
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
        login = other.post("/auth/login", json={"email": before["email"], "password": PASSWORD})
    assert {**after, "last_login": None} == {**before, "last_login": None}
    assert login.status_code == 200
    again = run(tmp_path / "new", "restore", str(archive))
    assert again.returncode == 1
    assert "already" in again.stderr


def test_doctor_says_what_it_found(server: LiveServer) -> None:
    result = run(server.data_dir, "doctor", "--json")
    report = json.loads(result.stdout)
    found = {finding["name"]: finding for finding in report["findings"]}
    assert found["database"]["status"] == "ok"
    assert found["administrator"]["status"] == "ok"
    assert found["signing keys"]["status"] == "ok"
    assert all(finding["advice"] for finding in found.values() if finding["status"] != "ok")
    assert result.returncode == (0 if report["ok"] else 1)


def test_doctor_finds_what_is_broken(server: LiveServer) -> None:
    environment = {"NEXUS_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none"}
    result = run(server.data_dir, "doctor", **environment)
    assert result.returncode == 1
    assert "does not answer" in result.stdout
    assert "secret" not in result.stdout
