"""Tabs on the events' socket: one that does not read holds up nobody, takes bounded memory, and is cut off."""

import json
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import psutil
import pytest
import redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from nexus_server.events.bus import MAX_TABS
from nexus_server.store.redis_channel import CHANNEL
from tests.plugins.grading_site import until
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]

PATIENCE_S = 30
STALLED_S = 3
#: the flood: what a tab reads between two batches has room in its queue
BATCHES, BATCH, MESSAGE_BYTES = 60, 50, 12_000
#: a server that kept what a tab does not read would grow by almost all of the flood
MOST_GROWTH_BYTES = BATCHES * BATCH * MESSAGE_BYTES // 2


@pytest.fixture(scope="module")
def server(
    start_server: StartServer,
    fresh_postgres: Callable[[], str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> LiveServer:
    """A server of a site that may have others: what these publish comes by Redis."""
    settings = config_dir(tmp_path_factory.mktemp("settings"), {"TenancySettings": {"stalled_tab_s": STALLED_S}})
    return start_server(NEXUS_DATABASE_URL=fresh_postgres(), NEXUS_REDIS_URL=redis_url, JUPYTER_CONFIG_DIR=settings)


@pytest.fixture
def ada(server: LiveServer) -> Iterator[str]:
    """A learner's bearer token."""
    with closing(server.learner("ada")) as client:
        yield client.headers["Authorization"]


@contextmanager
def open_tab(server: LiveServer, bearer: str) -> Iterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    headers = {"Authorization": bearer}
    with connect(address, additional_headers=headers, open_timeout=PATIENCE_S, proxy=None) as tab:
        assert json.loads(tab.recv(PATIENCE_S))["type"] == "hello"
        yield tab


def open_deaf_tab(server: LiveServer, bearer: str) -> socket.socket:
    """Open a tab that never reads."""
    host, port = server.url.removeprefix("http://").split(":")
    tab = socket.socket()
    tab.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    tab.connect((host, int(port)))
    head = [
        "GET /nexus/api/v1/events HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Authorization: {bearer}",
    ]
    tab.sendall("\r\n".join([*head, "", ""]).encode())
    return tab


def holds(server: LiveServer, tab: socket.socket) -> bool:
    """Whether the server still has its end of a tab's connection."""
    port = tab.getsockname()[1]
    connections = psutil.Process(server.process.pid).net_connections("tcp")
    return any(one.raddr and one.raddr.port == port for one in connections)


def memory(server: LiveServer) -> int:
    return int(psutil.Process(server.process.pid).memory_full_info().uss)


def publish(redis_url: str, batch: int) -> None:
    """Tell everybody a batch of news, as another process of the site does."""
    events = [
        [None, {"type": "content.changed", "nodes": [f"{batch}/{n}", "x" * MESSAGE_BYTES]}, ""] for n in range(BATCH)
    ]
    with closing(redis.Redis.from_url(redis_url)) as client:
        client.publish(CHANNEL, json.dumps(["another-process", *events]))


def news(tab: ClientConnection) -> str:
    """Return what the next message of the flood is called; others, of the learner's own doings, are passed over."""
    while True:
        message = json.loads(tab.recv(PATIENCE_S))
        assert message["type"] != "missed", "this tab reads, and misses nothing"
        if message["type"] == "content.changed":
            return str(message["nodes"][0])


def test_a_tab_that_does_not_read_slows_nobody_takes_bounded_memory_and_is_cut_off(
    server: LiveServer, ada: str, redis_url: str
) -> None:
    with ExitStack() as stack:
        bob = stack.enter_context(closing(server.learner("bob"))).headers["Authorization"]
        readers = [stack.enter_context(open_tab(server, bearer)) for bearer in (ada, bob)]
        deaf = stack.enter_context(closing(open_deaf_tab(server, ada)))
        until(lambda: holds(server, deaf), "the tab is open")
        before = memory(server)
        for batch in range(BATCHES):
            publish(redis_url, batch)
            for reader in readers:
                assert [news(reader) for _ in range(BATCH)] == [f"{batch}/{n}" for n in range(BATCH)]
        assert memory(server) - before < MOST_GROWTH_BYTES
        until(lambda: not holds(server, deaf), "the tab is cut off")
        publish(redis_url, BATCHES)
        assert [news(reader) for reader in readers] == [f"{BATCHES}/0"] * 2
        with closing(server.client(headers={"Authorization": ada})) as client:
            assert client.get("/me").status_code == 200, "the learner's login has nothing to do with it"


def test_one_tab_too_many_closes_the_oldest_of_the_same_learner(server: LiveServer, ada: str) -> None:
    with ExitStack() as stack:
        tabs = [stack.enter_context(open_tab(server, ada)) for _ in range(MAX_TABS + 1)]
        with pytest.raises(ConnectionClosed) as closed:
            deque(iter(lambda: tabs[0].recv(PATIENCE_S), None), maxlen=0)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        assert tabs[1].ping().wait(PATIENCE_S), "the others are open"
