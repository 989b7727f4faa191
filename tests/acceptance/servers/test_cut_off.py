"""A server is cut off from its site: its kernels stand still, nothing is saved, and what is its own goes on later."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import httpx
import pytest

from tests.acceptance.servers.conftest import Settled
from tests.acceptance.servers.cuttable import CUT_LEASE_S, CuttableSite, is_ready, running_cuttable_site
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.kernels import containers
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]

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


@pytest.fixture(scope="module")
def cuttable(
    start_server: StartServer,
    fresh_postgres: Callable[[], str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[CuttableSite]:
    with running_cuttable_site(start_server, fresh_postgres(), redis_url, tmp_path_factory.mktemp) as site:
        yield site


@pytest.fixture
def ada(cuttable: CuttableSite) -> Iterator[Settled]:
    with closing(cuttable.site.servers["one"].learner("ada")) as learner:
        yield cuttable.site.settle(learner)
    cuttable.mend()
    for server in cuttable.site.servers.values():
        until(partial(is_ready, server.url), "the server works again")


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
            for line in cuttable.all:  # from everybody, so that nobody takes the learner
                line.cut()
            until(lambda: is_frozen(kernel_id), "the kernel stands still")
            before = count(ada)
            until(lambda: refusal(client) == "lease_lost", "nothing can be saved")
            assert count(ada) == before, "nothing is written"
            cuttable.mend()
            until(lambda: not is_frozen(kernel_id), "the kernel goes on")
            until(lambda: is_open(client), "files are open again")
            assert int(talk.text_of("print(count)")) >= before, "with its variables"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()


def is_open(client: httpx.Client, path: str = "/api/contents/") -> bool:
    try:
        return client.get(path, timeout=3).status_code == 200
    except httpx.ReadTimeout:  # it waits for a database that is silent
        return False


def refusal(client: httpx.Client) -> str:
    body = {"type": "file", "format": "text", "content": "late"}
    try:
        reply = client.put("/api/contents/saved.txt", json=body, timeout=3)
    except httpx.ReadTimeout:  # the lease was held yet, and the database is silent
        return ""
    return str(reply.json()["error"]["code"]) if reply.status_code == 503 else ""


@pytest.mark.parametrize("witness", ["postgres", "redis"])
def test_either_witness_is_away_and_nobody_notices(cuttable: CuttableSite, ada: Settled, witness: str) -> None:
    lines = cuttable.postgres if witness == "postgres" else cuttable.redis
    with closing(ada.client(ada.home)) as client:
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.home.url, kernel_id, ada.bearer) as talk:
            talk.text_of(COUNTING)
            for line in lines.values():
                line.cut()
            began = time.monotonic()
            until(lambda: time.monotonic() - began > 2 * CUT_LEASE_S, "two leases have passed")
            assert not is_frozen(kernel_id)
            before = count(ada)
            until(lambda: count(ada) > before, "the kernel works on")
            assert int(talk.text_of("print(count)")) >= before
            if witness == "postgres":
                assert cuttable.silence_s() > CUT_LEASE_S
            for line in lines.values():
                line.mend()
            until(lambda: cuttable.silence_s() < CUT_LEASE_S / 2, "the database hears of the servers")
            until(lambda: is_open(client), "files are open")
            assert int(talk.text_of("print(count)")) >= before
        assert cuttable.site.home_of(ada.user_id)[0] == ada.name, "nobody took the learner"
        client.delete(f"/api/kernels/{kernel_id}").raise_for_status()


def test_kernels_end_whose_learners_moved(cuttable: CuttableSite, ada: Settled) -> None:
    with closing(ada.client(ada.home)) as client, closing(ada.client(ada.other)) as elsewhere:
        kernel_id = client.post("/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(ada.home.url, kernel_id, ada.bearer) as talk:
            talk.text_of(COUNTING)
        mine = [cuttable.postgres[ada.name], cuttable.redis[ada.name]]
        for line in mine:
            line.cut()
        until(lambda: is_frozen(kernel_id), "the kernel stands still")
        until(lambda: is_open(elsewhere), "the learner is at home elsewhere")
        saved = elsewhere.put("/api/contents/new.txt", json={"type": "file", "format": "text", "content": "new"})
        assert saved.status_code == 201, saved.text
        before = count(ada)
        assert is_frozen(kernel_id)
        for line in mine:
            line.mend()
        until(lambda: containers(kernel_id) == [], "the kernel that is nobody's any more ends")
        assert count(ada) == before, "it wrote nothing more"
        until(lambda: is_open(client, "/files/new.txt"), "the server passes requests on")
