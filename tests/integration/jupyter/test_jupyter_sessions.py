"""What Jupyter Server's own tests ask of sessions and kernel specs from outside, asked of the running server."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]

NAMES = {"nexus-python", "nexus-data", "nexus-javascript"}


@pytest.fixture
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A learner without sessions and kernels; none of hers is left."""
    with closing(live_server.learner("ada")) as client:
        client.base_url = httpx.URL(live_server.url)
        yield client
        for kernel in client.get("/api/kernels").json():
            client.delete(f"/api/kernels/{kernel['id']}")


def opened(client: httpx.Client, path: str = "foo/nb1.ipynb", kind: str = "notebook", **kernel: Any) -> dict[str, Any]:
    reply = client.post("/api/sessions", json={"path": path, "type": kind, "kernel": kernel})
    assert reply.status_code == 201, reply.text
    session: dict[str, Any] = reply.json()
    assert reply.headers["Location"] == f"/api/sessions/{session['id']}"
    return session


def same(session: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether these are one session, whatever its kernel does meanwhile."""
    return all(session[key] == other[key] for key in ("id", "path", "type")) and all(
        session["kernel"][key] == other["kernel"][key] for key in ("id", "name")
    )


def test_a_new_session_is_listed_and_found(ada: httpx.Client) -> None:
    assert ada.get("/api/sessions").json() == []
    session = opened(ada)
    assert (session["path"], session["type"], session["kernel"]["name"]) == (
        "foo/nb1.ipynb",
        "notebook",
        "nexus-python",
    )
    UUID(session["kernel"]["id"])
    (listed,) = ada.get("/api/sessions").json()
    assert same(listed, session)
    assert same(ada.get(f"/api/sessions/{session['id']}").json(), session)


@pytest.mark.parametrize(("path", "kind"), [("foo/nb1.py", "file"), ("foo/abc123", "console")])
def test_other_types_than_notebooks(ada: httpx.Client, path: str, kind: str) -> None:
    session = opened(ada, path, kind)
    assert (session["path"], session["type"]) == (path, kind)
    assert "notebook" not in session


def test_an_old_clients_body(ada: httpx.Client) -> None:
    reply = ada.post("/api/sessions", json={"notebook": {"path": "foo/nb1.ipynb"}, "kernel": {"name": "nexus-python"}})
    session = reply.json()
    assert (reply.status_code, session["path"], session["type"]) == (201, "foo/nb1.ipynb", "notebook")
    path = f"/api/sessions/{session['id']}"
    assert ada.patch(path, json={"notebook": {"path": "nb2.ipynb"}}).json()["notebook"]["path"] == "nb2.ipynb"


def test_a_session_for_a_kernel_that_runs_already(ada: httpx.Client) -> None:
    kernel = ada.post("/api/kernels").json()
    session = opened(ada, id=kernel["id"])
    assert session["kernel"]["id"] == kernel["id"]
    assert same(ada.get("/api/sessions").json()[0], session)
    assert len(ada.get("/api/kernels").json()) == 1


def test_an_ended_session_is_gone(ada: httpx.Client) -> None:
    path = f"/api/sessions/{opened(ada)['id']}"
    assert ada.delete(path).status_code == 204
    assert ada.get("/api/sessions").json() == []
    assert ada.get(path).status_code == ada.patch(path, json={"path": "x"}).status_code == 404


def test_path_and_type_may_change(ada: httpx.Client) -> None:
    session = opened(ada)
    path = f"/api/sessions/{session['id']}"
    assert ada.patch(path, json={"path": "nb2.ipynb"}).json()["path"] == "nb2.ipynb"
    changed = ada.patch(path, json={"type": "console"}).json()
    assert (changed["id"], changed["type"], changed["kernel"]["id"]) == (
        session["id"],
        "console",
        session["kernel"]["id"],
    )


def test_another_kernel_by_name_ends_the_old_one(ada: httpx.Client) -> None:
    before = opened(ada)
    after = ada.patch(f"/api/sessions/{before['id']}", json={"kernel": {"name": "nexus-javascript"}}).json()
    assert (after["id"], after["path"], after["kernel"]["name"]) == (before["id"], before["path"], "nexus-javascript")
    assert [kernel["id"] for kernel in ada.get("/api/kernels").json()] == [after["kernel"]["id"]]


def test_another_kernel_by_id_ends_the_old_one(ada: httpx.Client) -> None:
    before = opened(ada)
    kernel = ada.post("/api/kernels").json()
    # an id comes before a name
    change = {"kernel": {"id": kernel["id"], "name": "foo"}}
    after = ada.patch(f"/api/sessions/{before['id']}", json=change).json()
    assert (after["id"], after["kernel"]["id"]) == (before["id"], kernel["id"])
    assert [each["id"] for each in ada.get("/api/kernels").json()] == [kernel["id"]]


def test_a_kernel_that_does_not_exist_leaves_no_session(ada: httpx.Client) -> None:
    for kernel in ({"name": "bad"}, {"id": "12345678-1234-5678-1234-567812345678"}):
        reply = ada.post("/api/sessions", json={"path": "foo/nb1.ipynb", "type": "notebook", "kernel": kernel})
        assert (reply.status_code, bool(reply.json()["message"])) == (404, True)
    assert ada.get("/api/sessions").json() == ada.get("/api/kernels").json() == []


def test_a_restart_under_an_open_page(live_server: LiveServer, ada: httpx.Client) -> None:
    kernel = f"/api/kernels/{opened(ada)['kernel']['id']}"
    assert ada.get(kernel).json()["connections"] == 0
    kernel_id = kernel.rpartition("/")[2]
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        assert ada.get(kernel).json()["connections"] == 1
        assert talk.text_of("x = 1; x") == "1"
        assert ada.post(f"{kernel}/restart").json()["id"] == kernel_id
        assert talk.text_of("x").startswith("NameError"), "the same page goes on, with a new kernel"
    while ada.get(kernel).json()["connections"]:
        pass  # the suite's time limit ends a wait in vain
    with KernelTalk(live_server.url, kernel_id, headers_of(ada)) as talk:
        assert ada.get(kernel).json()["connections"] == 1
        assert talk.text_of("1 + 1") == "2"


def test_nothing_that_a_kernel_says_after_a_restart_is_lost(live_server: LiveServer, ada: httpx.Client) -> None:
    kernel_id = opened(ada)["kernel"]["id"]
    with ExitStack() as stack:
        pages = [stack.enter_context(KernelTalk(live_server.url, kernel_id, headers_of(ada))) for _ in range(3)]
        for _ in range(4):
            assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 200
            for page in pages:
                kinds = [
                    message["msg_type"] for message in page.messages_of(page.send("execute_request", {"code": "x"}))
                ]
                assert sorted(kinds) == ["error", "execute_input", "execute_reply", "status", "status"]


def test_kernel_specs_are_listed_with_a_default(ada: httpx.Client) -> None:
    model = ada.get("/api/kernelspecs").json()
    assert model["default"] == "nexus-python"
    assert set(model["kernelspecs"]) == NAMES
    assert all(spec["name"] == name and spec["spec"]["display_name"] for name, spec in model["kernelspecs"].items())


def test_one_kernel_spec_and_its_pictures(ada: httpx.Client) -> None:
    model = ada.get("/api/kernelspecs/nexus-javascript").json()
    assert (model["name"], model["spec"]["language"]) == ("nexus-javascript", "typescript")
    picture = ada.get(model["resources"]["logo-64x64"])
    assert (picture.status_code, picture.content[:4]) == (200, b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "/api/kernelspecs/nonexistent",
        "/kernelspecs/nonexistent/logo-64x64.png",
        "/kernelspecs/nexus-python/nothing.txt",
    ],
)
def test_what_no_kernel_spec_has_is_a_404(ada: httpx.Client, path: str) -> None:
    assert ada.get(path).status_code == 404


def opened_lab(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """Open the first lab of Python foundations."""
    api = "/nexus/api/v1"
    nodes = {node["slug"]: node["id"] for node in client.get(f"{api}/roadmaps/python-foundations").json()["nodes"]}
    client.post(f"{api}/nodes/{nodes['welcome']}/complete").raise_for_status()
    reply = client.post(f"{api}/nodes/{nodes['first-steps']}/open", json=body)
    assert reply.status_code == 200, reply.text
    lab: dict[str, Any] = reply.json()
    return lab


def test_a_lab_that_is_opened_with_its_kernel_has_one_session_for_whoever_asks(ada: httpx.Client) -> None:
    lab = opened_lab(ada, start_kernel=True)
    session = opened(ada, lab["path"], name=lab["kernel_name"])
    assert [kernel["id"] for kernel in ada.get("/api/kernels").json()] == [session["kernel"]["id"]]
    assert session["name"] == lab["path"].rpartition("/")[2]


def test_a_lab_that_is_opened_alone_starts_nothing(ada: httpx.Client) -> None:
    lab = opened_lab(ada)
    assert opened(ada, lab["path"], name=lab["kernel_name"])["name"] == "", "the session is the one asked for here"


def test_who_comes_to_the_learning_pages_finds_a_workspace(live_server: LiveServer) -> None:
    with closing(live_server.learner("grace")) as grace:
        workspace = live_server.data_dir / "workspaces" / grace.get("/me").json()["id"]
        assert not workspace.exists()
        assert grace.get(f"{live_server.url}/nexus/learn").status_code == 200
        until(workspace.is_dir, "the workspace")
