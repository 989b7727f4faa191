"""Two learners on one server never see, list, attach to or end each other's kernels, sessions or files."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]


def jupyter(server: LiveServer, client: httpx.Client) -> httpx.Client:
    """Return the same person's client of Jupyter's own API."""
    return httpx.Client(base_url=server.url, headers=headers_of(client), timeout=60)


@pytest.fixture(
    scope="module",
    params=["live_server", pytest.param("postgres_server", marks=[pytest.mark.postgres, pytest.mark.redis])],
)
def site(request: pytest.FixtureRequest) -> LiveServer:
    """A server on SQLite, then one on PostgreSQL and Redis."""
    server: LiveServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="module")
def ada(site: LiveServer) -> Iterator[httpx.Client]:
    with closing(site.learner("ada")) as client, jupyter(site, client) as found:
        yield found


@pytest.fixture(scope="module")
def bob(site: LiveServer) -> Iterator[httpx.Client]:
    with closing(site.learner("bob")) as client, jupyter(site, client) as found:
        yield found


@pytest.fixture(scope="module")
def session(ada: httpx.Client) -> dict[str, Any]:
    """A session of Ada's, on a notebook of hers."""
    body = {"path": "lab.ipynb", "type": "notebook", "name": "lab.ipynb", "kernel": {"name": "nexus-python"}}
    reply = ada.post("/api/sessions", json=body)
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.fixture(scope="module")
def kernel_id(session: dict[str, Any]) -> str:
    return str(session["kernel"]["id"])


def test_the_owner_sees_and_uses_the_kernel(
    site: LiveServer, ada: httpx.Client, kernel_id: str, session: dict[str, Any]
) -> None:
    assert [kernel["id"] for kernel in ada.get("/api/kernels").json()] == [kernel_id]
    assert [each["id"] for each in ada.get("/api/sessions").json()] == [session["id"]]
    assert ada.get("/api/status").json()["kernels"] == 1
    with KernelTalk(site.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("print(6 * 7)") == "42\n"
        assert talk.text_of("x = 5; x") == "5"


def test_a_stranger_sees_nothing(bob: httpx.Client, kernel_id: str, session: dict[str, Any]) -> None:
    assert bob.get("/api/kernels").json() == []
    assert bob.get("/api/sessions").json() == []
    assert bob.get("/api/status").json()["kernels"] == 0
    assert bob.get(f"/api/kernels/{kernel_id}").status_code == 404
    assert bob.get(f"/api/sessions/{session['id']}").status_code == 404


def test_a_stranger_cannot_attach(site: LiveServer, bob: httpx.Client, kernel_id: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        KernelTalk(site.url, kernel_id, headers_of(bob))
    assert caught.value.response.status_code == 404
    body = {"path": "mine.ipynb", "type": "notebook", "kernel": {"id": kernel_id}}
    assert bob.post("/api/sessions", json=body).status_code == 404
    assert bob.post("/api/kernels", json={"kernel_id": kernel_id}).status_code == 404


@pytest.mark.parametrize("verb", ["DELETE", "interrupt", "restart"])
def test_a_stranger_cannot_end_interrupt_or_restart(
    ada: httpx.Client, bob: httpx.Client, kernel_id: str, session: dict[str, Any], verb: str
) -> None:
    if verb == "DELETE":
        assert bob.delete(f"/api/kernels/{kernel_id}").status_code == 404
        assert bob.delete(f"/api/sessions/{session['id']}").status_code == 404
        assert bob.patch(f"/api/sessions/{session['id']}", json={"path": "x"}).status_code == 404
    else:
        assert bob.post(f"/api/kernels/{kernel_id}/{verb}").status_code == 404
    assert ada.get(f"/api/kernels/{kernel_id}").status_code == 200


def test_the_same_path_is_another_session(
    site: LiveServer, ada: httpx.Client, bob: httpx.Client, session: dict[str, Any]
) -> None:
    body = {"path": "lab.ipynb", "type": "notebook", "name": "lab.ipynb", "kernel": {"name": "nexus-python"}}
    assert ada.post("/api/sessions", json=body).json()["id"] == session["id"]
    theirs = bob.post("/api/sessions", json=body).json()
    assert theirs["id"] != session["id"]
    assert theirs["kernel"]["id"] != session["kernel"]["id"]
    with KernelTalk(site.url, theirs["kernel"]["id"], headers_of(bob)) as talk:
        assert "NameError" in talk.text_of("x")
    # giving one's session somebody else's kernel would end the own and attach to theirs
    reply = bob.patch(f"/api/sessions/{theirs['id']}", json={"kernel": {"id": session["kernel"]["id"]}})
    assert reply.status_code == 404
    assert bob.delete(f"/api/sessions/{theirs['id']}").status_code == 204
    assert bob.get("/api/kernels").json() == []
    assert ada.get("/api/kernels").json() != []


def test_the_client_does_not_choose_ids(ada: httpx.Client) -> None:
    wanted = "11111111-2222-3333-4444-555555555555"
    assert ada.post("/api/kernels", json={"kernel_id": wanted}).status_code == 404
    body = {"path": "other.ipynb", "type": "notebook", "kernel": {"id": wanted}}
    assert ada.post("/api/sessions", json=body).status_code == 404


def test_a_notebook_from_elsewhere_gets_the_sites_kernel_of_its_language(ada: httpx.Client) -> None:
    for name in ("python3", "Python 3 (ipykernel)"):
        started = ada.post("/api/kernels", json={"name": name})
        assert (started.status_code, started.json()["name"]) == (201, "nexus-python")
        assert ada.delete(f"/api/kernels/{started.json()['id']}").status_code == 204


def test_files_are_shared_with_the_own_kernel_only(
    site: LiveServer, ada: httpx.Client, bob: httpx.Client, kernel_id: str
) -> None:
    body = {"type": "file", "format": "text", "content": "from the page"}
    assert ada.put("/api/contents/shared.txt", json=body).status_code == 201
    with KernelTalk(site.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("print(open('shared.txt').read())") == "from the page\n"
        talk.execute("open('made.txt', 'w').write('from the kernel')")
    assert ada.get("/api/contents/made.txt").json()["content"] == "from the kernel"
    assert ada.get("/files/made.txt").text == "from the kernel"
    assert bob.get("/api/contents/made.txt").status_code == 404
    assert bob.get("/files/made.txt").status_code == 404
    assert bob.get("/api/contents").json()["content"] == []


def test_a_fourth_kernel_is_refused_while_three_are_in_use(site: LiveServer) -> None:
    with closing(site.learner("eve")) as client, jupyter(site, client) as eve:
        ids = [eve.post("/api/kernels").json()["id"] for _ in range(3)]
        talks = [KernelTalk(site.url, each, headers_of(eve)) for each in ids]
        reply = eve.post("/api/kernels")
        assert reply.status_code == 429
        assert "Retry-After" in reply.headers
        assert "shut one down" in reply.json()["message"]
        talks[0].text_of("1")
        talks[0].close()
        deadline = time.monotonic() + TIMEOUT_S
        while eve.get(f"/api/kernels/{ids[0]}").json()["connections"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # nothing to await: the server notices the end of a connection by itself
        # one that no page shows any more makes room by itself
        assert eve.post("/api/kernels").status_code == 201
        left = {kernel["id"] for kernel in eve.get("/api/kernels").json()}
        assert len(left) == 3
        assert ids[0] not in left
        for talk in talks[1:]:
            talk.close()
        for each in left:
            assert eve.delete(f"/api/kernels/{each}").status_code == 204


def test_a_kernel_that_is_no_product_is_not_there(ada: httpx.Client) -> None:
    specs = ada.get("/api/kernelspecs").json()["kernelspecs"]
    assert "python3" not in specs
    assert all(spec["spec"]["argv"] == [] and spec["spec"]["env"] == {} for spec in specs.values())
    assert ada.get("/api/kernelspecs/python3").status_code == 404
    assert ada.post("/api/kernels", json={"name": "cobol"}).status_code == 404
    body = {"path": "x.ipynb", "type": "notebook", "kernel": {"name": "../python3"}}
    assert ada.post("/api/sessions", json=body).status_code == 404
