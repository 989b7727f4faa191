"""A data directory of an earlier commit is opened, upgraded and used (scripts/data_fixture.py made it)."""

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.plugins.server import LiveServer, StartServer, config_dir

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
COMMIT = "83aea6a"


@pytest.fixture(scope="module")
def left() -> dict[str, Any]:
    """What the earlier commit says that is in it."""
    found: dict[str, Any] = json.loads((FIXTURES / f"data-{COMMIT}.json").read_text())
    return found


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    data = tmp_path_factory.mktemp("old")
    with tarfile.open(FIXTURES / f"data-{COMMIT}.tar.xz") as archive:
        archive.extractall(data, filter="data")
    settings = config_dir(tmp_path_factory.mktemp("config"), {"SandboxSettings": {"workspace_quota": False}})
    return start_server(data, JUPYTER_CONFIG_DIR=settings, NEXUS_SERVER_USER="nexus")


@pytest.fixture(scope="module")
def ada(server: LiveServer, left: dict[str, Any]) -> httpx.Client:
    client = server.client()
    who = {"email": left["email"], "password": left["password"]}
    token = client.post("/auth/login", json=who).raise_for_status().json()["access_token"]
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands anything over")
def test_what_was_roots_is_the_servers(server: LiveServer) -> None:
    uid = Path(f"/proc/{server.process.pid}").stat().st_uid
    assert uid != 0
    top = [path for path in server.data_dir.iterdir() if path.name != "workspaces"]
    found = [path for each in top for path in (each, *each.rglob("*"))]
    assert {path.lstat().st_uid for path in found} == {uid}


def test_points_and_progress_are_kept(ada: httpx.Client, left: dict[str, Any]) -> None:
    assert ada.get("/me").json()["xp"] == left["xp"] > 0
    nodes = ada.get(f"/roadmaps/{left['roadmap']}").json()["nodes"]
    assert [node["slug"] for node in nodes if node["status"] == "completed"] == [left["completed"]]


def test_what_was_written_is_kept(server: LiveServer, ada: httpx.Client, left: dict[str, Any]) -> None:
    assert "<strong>Because</strong>" in ada.get(f"/forum/threads/{left['thread']}").json()["posts"][0]["body_html"]
    model = httpx.get(f"{server.url}/api/contents/{left['notebook']}", headers=ada.headers, timeout=60).json()
    assert model["content"]["metadata"]["mine"] is True


def test_the_learner_goes_on(server: LiveServer, ada: httpx.Client, left: dict[str, Any]) -> None:
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    body = {"type": "notebook", "format": "json", "content": notebook}
    url = f"{server.url}/api/contents/{left['notebook']}"
    assert httpx.put(url, json=body, headers=ada.headers, timeout=60).status_code == 200
    assert ada.post(f"/forum/threads/{left['thread']}/posts", json={"body_md": "and more"}).status_code == 201
    error = {"ename": "NameError", "evalue": "name 'x' is not defined", "traceback": ""}
    assert ada.post("/hints", json={"cell_source": "x", "error": error}).status_code == 200
