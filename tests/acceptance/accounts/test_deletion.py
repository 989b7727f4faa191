"""A deleted account is gone from the disk, also what it did on another server, and from every table but one."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.plugins.grading_site import until
from tests.plugins.server import PASSWORD, LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.timeout(300)]

NAME = "Zanzibar Quix"


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server that looks for left files all the time."""
    config = tmp_path_factory.mktemp("config")
    return start_server(JUPYTER_CONFIG_DIR=config_dir(config, {"TenancySettings": {"erasure_sweep_s": 0.2}}))


@pytest.fixture
def leaver(server: LiveServer) -> httpx.Client:
    """Somebody who left a trace wherever one can."""
    client = server.client()
    email = f"zanzibar-{uuid4().hex[:8]}@example.org"
    body = {"email": email, "password": PASSWORD, "display_name": NAME}
    client.post("/auth/register", json=body).raise_for_status()
    reply = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    file = {"type": "file", "format": "text", "content": f"the diary of {NAME}"}
    client.put(f"{server.url}/api/contents/diary.txt", content=json.dumps(file)).raise_for_status()
    client.post(f"{server.url}/api/contents/diary.txt/checkpoints").raise_for_status()
    client.post("/auth/password-reset", json={"email": email}).raise_for_status()
    thread = {"title": "How?", "body_md": "Please tell me."}
    client.post("/forum/threads", json=thread).raise_for_status()
    return client


def files_with(data_dir: Path, *texts: str) -> list[str]:
    """Return the files in which one of the texts stands, or whose name holds it."""
    found = []
    for path in data_dir.rglob("*"):
        if path.is_file() and path.name != "server.log":
            data = path.read_bytes()
            found += [str(path) for text in texts if text.encode() in data or text in str(path.relative_to(data_dir))]
    return found


def test_nothing_of_a_deleted_learner_is_left_on_the_disk(server: LiveServer, leaver: httpx.Client) -> None:
    profile = leaver.get("/me").json()
    user_id, email = profile["id"], profile["email"]
    until(lambda: list((server.data_dir / "mail").rglob("*.eml")), "the mail is written")
    assert files_with(server.data_dir, email)
    assert [path for path in (server.data_dir / "workspaces").iterdir() if user_id in path.name]
    assert leaver.delete("/me").status_code == 204
    assert [path for path in (server.data_dir / "workspaces").iterdir() if user_id in path.name] == []
    assert files_with(server.data_dir, email, NAME) == [], "the bare id is in the audit log"
    assert list(server.data_dir.rglob(f"*{user_id}*")) == []
    assert leaver.get("/me").status_code == 401


def test_what_another_process_deleted_is_erased_by_the_server_that_has_the_files(
    server: LiveServer, leaver: httpx.Client
) -> None:
    user_id = leaver.get("/me").json()["id"]
    workspaces = server.data_dir / "workspaces"
    stranger = workspaces / str(uuid4())
    stranger.mkdir()
    with closing(sqlite3.connect(server.data_dir / "nexus.db", timeout=30)) as database:
        database.execute("PRAGMA foreign_keys=ON")
        row = (uuid4().hex, "2026-01-01 00:00:00", "user.delete", "user", user_id, "{}")
        database.execute(
            "INSERT INTO audit_log (id, at, action, subject_type, subject_id, data) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        database.execute("DELETE FROM users WHERE id = ?", (user_id.replace("-", ""),))
        database.commit()
    until(lambda: not [path for path in workspaces.iterdir() if user_id in path.name], "the workspace is erased")
    assert stranger.is_dir(), "files of an id that nobody deleted stay: the database may be the wrong one"
