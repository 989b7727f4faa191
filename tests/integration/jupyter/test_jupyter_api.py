"""What Jupyter Server's own tests ask of kernels and sessions from outside, asked of the running server."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]

UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    with closing(live_server.learner("ada")) as client:
        client.base_url = httpx.URL(live_server.url)
        yield client
        for kernel in client.get("/api/kernels").json():
            client.delete(f"/api/kernels/{kernel['id']}")


def test_a_kernel_s_life(live_server: LiveServer, ada: httpx.Client) -> None:
    assert ada.get("/api/kernels").json() == []
    started = ada.post("/api/kernels")
    kernel = started.json()
    path = f"/api/kernels/{kernel['id']}"
    assert (started.status_code, started.headers["Location"], kernel["name"]) == (201, path, "nexus-python")
    assert "Access-Control-Allow-Origin" not in started.headers
    with KernelTalk(live_server.url, kernel["id"], headers_of(ada)) as talk:
        assert talk.text_of("x = 1; x") == "1"
        assert ada.get(path).json()["connections"] == 1
        assert ada.get(path).json()["execution_state"] == "idle"
    assert ada.post(f"{path}/interrupt").status_code == 204
    restarted = ada.post(f"{path}/restart")
    assert (restarted.status_code, restarted.json()["id"]) == (200, kernel["id"])
    with KernelTalk(live_server.url, kernel["id"], headers_of(ada)) as talk:
        assert talk.text_of("x").startswith("NameError")
    assert ada.delete(path).status_code == 204
    assert ada.get("/api/kernels").json() == []
    assert ada.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/kernels/{UNKNOWN}"),
        ("DELETE", f"/api/kernels/{UNKNOWN}"),
        ("POST", f"/api/kernels/{UNKNOWN}/restart"),
        ("GET", f"/api/sessions/{UNKNOWN}"),
        ("DELETE", f"/api/sessions/{UNKNOWN}"),
        ("DELETE", "/api/sessions/not-a-session-at-all"),
    ],
)
def test_what_does_not_exist_is_a_404_with_a_message(ada: httpx.Client, method: str, path: str) -> None:
    reply = ada.request(method, path)
    assert reply.status_code == 404
    assert reply.json()["message"]


def test_a_session_s_life(ada: httpx.Client) -> None:
    body = {"path": "nb1.ipynb", "type": "notebook", "name": "nb1", "kernel": {"name": "nexus-python"}}
    opened = ada.post("/api/sessions", json=body)
    session = opened.json()
    path = f"/api/sessions/{session['id']}"
    assert (opened.status_code, opened.headers["Location"]) == (201, path)
    assert session["notebook"] == {"path": "nb1.ipynb", "name": "nb1"}
    assert ada.get(path).json()["kernel"]["id"] == session["kernel"]["id"]
    renamed = ada.patch(path, json={"path": "nb2.ipynb", "name": "nb2"}).json()
    assert (renamed["path"], renamed["kernel"]["id"]) == ("nb2.ipynb", session["kernel"]["id"])
    # a console on the same kernel, as JupyterLab opens one
    console = {"path": "console-1", "type": "console", "kernel": {"id": session["kernel"]["id"]}}
    assert ada.post("/api/sessions", json=console).json()["kernel"]["id"] == session["kernel"]["id"]
    changed = ada.patch(path, json={"kernel": {"name": "nexus-python"}}).json()
    assert changed["kernel"]["id"] != session["kernel"]["id"]
    assert ada.get(f"/api/kernels/{session['kernel']['id']}").status_code == 200, "the console still uses it"
    assert ada.delete(path).status_code == 204
    assert ada.get(f"/api/kernels/{changed['kernel']['id']}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"path": "x"}, {"type": "notebook"}, {"path": 1, "type": "notebook"}, []])
def test_a_session_needs_a_path_and_a_type(ada: httpx.Client, body: object) -> None:
    assert ada.post("/api/sessions", json=body).status_code == 400
