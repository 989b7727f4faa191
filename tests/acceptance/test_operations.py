"""One server from its first line to SIGTERM: nothing secret is logged, and what runs is finished or given back."""

import json
import re
import signal
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.plugins.content import write_content
from tests.plugins.grading_site import AT_WORK, containers_of, is_at_work, until
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.kernels import docker
from tests.plugins.server import PASSWORD, LiveServer, StartServer

pytestmark = [pytest.mark.docker, pytest.mark.slow]

ADMIN = {"NEXUS_ADMIN_EMAIL": "boss@example.org", "NEXUS_ADMIN_PASSWORD": "administrates-42-horses"}
#: until a submission runs, and until the server has ended, on a busy machine
PATIENCE_S = 120.0


@pytest.fixture
def server(start_server: StartServer, tmp_path: Path) -> LiveServer:
    content = write_content(tmp_path / "content")
    return start_server(NEXUS_LOG_FORMAT="json", NEXUS_CONTENT_DIR=str(content), **ADMIN)


@pytest.fixture
def boss(server: LiveServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        body = {"email": ADMIN["NEXUS_ADMIN_EMAIL"], "password": ADMIN["NEXUS_ADMIN_PASSWORD"]}
        token = client.post("/auth/login", json=body).raise_for_status().json()["access_token"]
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def use_every_credential(server: LiveServer) -> set[str]:
    """Log in, fail to, refresh, reset; send what is secret to where it does not belong; return every secret used."""
    secrets = {PASSWORD, ADMIN["NEXUS_ADMIN_PASSWORD"], "a-wrong-pass-word-77"}
    with closing(server.client()) as browser:
        body = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
        browser.post("/auth/register", json=body).raise_for_status()
        browser.post("/auth/login", json={**body, "password": "a-wrong-pass-word-77"})
        tokens = browser.post("/auth/login", json={"email": body["email"], "password": PASSWORD}).json()
        secrets |= {tokens["access_token"], tokens["refresh_token"], *browser.cookies.values()}
        browser.patch("/me", json={"display_name": "Eve"})  # without the XSRF token
        browser.get(f"/me?token={tokens['access_token']}&code=a-code-of-somebodys")
        browser.get(f"{server.url}/api/nothing?token={tokens['refresh_token']}")
        browser.get("/me", headers={"Authorization": f"Bearer {tokens['access_token'][:-4]}AAAA"})
        browser.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        secrets |= {*browser.cookies.values(), "a-code-of-somebodys", tokens["access_token"][:-4]}
        browser.post("/auth/password-reset", json={"email": body["email"]}).raise_for_status()
        secrets.add(mailed_token(server))
        browser.get(f"/forum/threads/{tokens['access_token']}")
        browser.get(f"{server.url}/files/{tokens['access_token']}")
    return {secret for secret in secrets if len(secret) > 5}


def mailed_token(server: LiveServer) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for mail in (server.data_dir / "mail" / "outbox").glob("*.eml"):
            if found := re.search(r"reset-password#token=([\w-]+)", mail.read_text()):
                return found[1]
        time.sleep(0.05)  # nothing to await: the mail is written by another process
    raise AssertionError("no mail came")


def submit_what_never_ends(boss: httpx.Client, server: LiveServer) -> str:
    """Submit a lab whose first cell sleeps, and return the submission's id once it is graded."""
    nodes: list[dict[str, Any]] = boss.get("/roadmaps/tiny").json()["nodes"]
    lab = next(node["id"] for node in nodes if node["type"] == "lab")
    opened = boss.post(f"/nodes/{lab}/open").raise_for_status().json()
    notebook = boss.get(f"{server.url}/api/contents/{opened['path']}").json()["content"]
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["source"] = f"import time; open({AT_WORK!r}, 'w').close(); time.sleep(3600)"
    sent = boss.post(f"/nodes/{lab}/submissions", json={"notebook": notebook}).raise_for_status().json()
    lock = str(server.data_dir / "run" / "server.lock")
    until(lambda: any(is_at_work(container) for container in containers_of(lock)), "the learner's code begins")
    return str(sent["id"])


def read_submission(server: LiveServer, submission_id: str) -> tuple[str, str | None]:
    with closing(sqlite3.connect(server.data_dir / "nexus.db")) as database:
        query = "select status, claimed_by from submissions where id = ?"
        found: tuple[str, str | None] = database.execute(query, [submission_id.replace("-", "")]).fetchone()
    return found


def assert_structured(log: Path) -> list[dict[str, Any]]:
    """Every line is a JSON object with time, level and event; a request's line has the request's id."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        assert set(line) >= {"timestamp", "level", "event", "logger"}
    requests = [line for line in lines if line["event"] == "request"]
    assert len({line["request_id"] for line in requests}) == len(requests) > 0
    return lines


@pytest.mark.timeout(400)
def test_a_whole_run_logs_no_secret_and_ends_in_good_order(server: LiveServer, boss: httpx.Client) -> None:
    secrets = use_every_credential(server) | {boss.headers["Authorization"].removeprefix("Bearer ")}
    kernel_id = boss.post(f"{server.url}/api/kernels").raise_for_status().json()["id"]
    events = server.url.replace("http", "ws", 1) + "/nexus/api/v1/events"
    with (
        KernelTalk(server.url, kernel_id, headers_of(boss)) as talk,
        connect(events, additional_headers=headers_of(boss), proxy=None) as socket,
    ):
        assert talk.text_of("1 + 1") == "2"
        submission_id = submit_what_never_ends(boss, server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0
        with pytest.raises(ConnectionClosed):
            deque(iter(lambda: socket.recv(timeout=PATIENCE_S), None), maxlen=0)
    assert read_submission(server, submission_id) == ("queued", None)
    lock = server.data_dir / "run" / "server.lock"
    assert docker("ps", "-aq", "--filter", f"label=nexus.lock={lock}") == ""
    lines = assert_structured(server.log)
    assert {"ServerApp", "nexus_server.access"} <= {line["logger"] for line in lines}
    assert not [line for line in lines if line["event"] == "did_not_stop_in_order"]
    text = server.log.read_text()
    assert [secret for secret in secrets if secret in text] == []
