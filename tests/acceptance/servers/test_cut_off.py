"""A server is cut off from its site: its kernels stand still, nothing is saved, and what is its own goes on later."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from tests.acceptance.servers.conftest import (
    ALL_PARTS,
    NAMES,
    Settled,
    SharedSite,
    running_site,
    settings_of,
    share,
)
from tests.plugins.cuttable_lines import CuttableLine, running_line
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.kernels import containers
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.timeout(400)]

COUNTING = """
import threading, time
count = 0
def go_on():
    global count
    while True:
        count += 1
        open('count.txt', 'w').write(str(count))
        time.sleep(0.05)
threading.Thread(target=go_on, daemon=True).start()
"""


@dataclass(frozen=True)
class CuttableSite:
    """A site whose servers each reach the database by a line of their own."""

    site: SharedSite
    lines: dict[str, CuttableLine]


@pytest.fixture(scope="module")
def cuttable(
    start_server: StartServer, fresh_postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CuttableSite]:
    url = make_url(fresh_postgres())
    assert url.port is not None
    shared, folders = tmp_path_factory.mktemp("shared"), {name: tmp_path_factory.mktemp(name) for name in NAMES}
    places = {name: share(folder / "data", shared, ALL_PARTS) for name, folder in folders.items()}
    with ExitStack() as stack:
        lines = {name: stack.enter_context(running_line(url.port)) for name in NAMES}

        def variables(name: str) -> dict[str, str]:
            found = url.set(host="127.0.0.1", port=lines[name].port)
            return {"NEXUS_DATABASE_URL": found.render_as_string(hide_password=False)}

        own = url.render_as_string(hide_password=False)
        with running_site(
            start_server, folders, places, {"NEXUS_DATABASE_URL": own}, settings, own_variables=variables
        ) as site:
            yield CuttableSite(site, lines)


def settings(name: str) -> dict[str, dict[str, Any]]:
    return {**settings_of(name), "ServerSettings": {**settings_of(name)["ServerSettings"], "lease_s": 8.0}}


@pytest.fixture
def ada(cuttable: CuttableSite) -> Iterator[Settled]:
    with closing(cuttable.site.servers["one"].learner("ada")) as learner:
        yield cuttable.site.settle(learner)
    for line in cuttable.lines.values():
        line.mend()


def is_frozen(kernel_id: str) -> bool:
    (state,) = containers(kernel_id, what="{{.State}}")
    return state == "paused"


def count(ada: Settled) -> int:
    return int((ada.home.data_dir / "workspaces" / ada.user_id / "count.txt").read_text() or "0")


def test_kernels_stand_still_and_go_on_with_their_variables(cuttable: CuttableSite, ada: Settled) -> None:
    with closing(ada.client(ada.home)) as client:
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.home.url, kernel_id, ada.bearer) as talk:
            talk.text_of(COUNTING)
            for line in cuttable.lines.values():  # from everybody, so that nobody takes the learner
                line.cut()
            until(lambda: is_frozen(kernel_id), "the kernel stands still")
            before = count(ada)
            until(lambda: refusal(client) == "lease_lost", "nothing can be saved")
            assert count(ada) == before, "nothing is written"
            for line in cuttable.lines.values():
                line.mend()
            until(lambda: not is_frozen(kernel_id), "the kernel goes on")
            until(lambda: client.get("/api/contents/").status_code == 200, "files are open again")
            assert int(talk.text_of("print(count)")) >= before, "with its variables"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()


def refusal(client: httpx.Client) -> str:
    body = {"type": "file", "format": "text", "content": "late"}
    try:
        reply = client.put("/api/contents/saved.txt", json=body, timeout=3)
    except httpx.ReadTimeout:  # the lease was held yet, and the database is silent
        return ""
    return str(reply.json()["error"]["code"]) if reply.status_code == 503 else ""


def test_kernels_end_whose_learners_moved(cuttable: CuttableSite, ada: Settled) -> None:
    with closing(ada.client(ada.home)) as client, closing(ada.client(ada.other)) as elsewhere:
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.home.url, kernel_id, ada.bearer) as talk:
            talk.text_of(COUNTING)
        cuttable.lines[ada.name].cut()
        until(lambda: is_frozen(kernel_id), "the kernel stands still")
        until(lambda: elsewhere.get("/api/contents/").status_code == 200, "the learner is at home elsewhere")
        saved = elsewhere.put("/api/contents/new.txt", json={"type": "file", "format": "text", "content": "new"})
        assert saved.status_code == 201, saved.text
        before = count(ada)
        assert is_frozen(kernel_id)
        cuttable.lines[ada.name].mend()
        until(lambda: containers(kernel_id) == [], "the kernel that is nobody's any more ends")
        assert count(ada) == before, "it wrote nothing more"
        until(lambda: client.get("/files/new.txt").status_code == 200, "the server passes requests on")
