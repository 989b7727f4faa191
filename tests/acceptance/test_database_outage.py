"""PostgreSQL restarts under load: everybody is asked to come back, comes back, and finds what was acknowledged."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import httpx
import pytest

from tests.plugins.clusters import Postgres, running_postgres
from tests.plugins.server import LiveServer, StartServer

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300)]

LEARNERS = 8
PATIENCE_S = 100.0
#: after which a server asks the database again whether a session still is one
SESSION_CACHE_S = 1.0
LIMITS = json.dumps({"forum_posts": "100000 per minute"})


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def server(start_server: StartServer, cluster: Postgres) -> LiveServer:
    return start_server(NEXUS_DATABASE_URL=cluster.url, NEXUS_RATE_LIMITS=LIMITS)


@dataclass
class Load:
    """What learners do all the time, and what they were answered."""

    server: LiveServer
    acknowledged: list[str] = field(default_factory=list)
    is_working: threading.Event = field(default_factory=threading.Event)
    is_refused: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def learn(self, client: httpx.Client) -> int:
        """Write and read until it is over; return how often that was done after the outage."""
        done = 0
        while not (self.over.is_set() and done):
            replies = [
                client.post("/forum/threads", json={"title": "A question", "body_md": "How does this work?"}),
                client.get("/me", headers={"Cache-Control": "no-cache"}),
                client.get(f"{self.server.url}/api/contents"),
            ]
            if replies[0].status_code == 201:
                self.acknowledged.append(replies[0].json()["id"])
                self.is_working.set()
                done += self.over.is_set()
            for reply in replies:
                if reply.status_code == 503:
                    assert int(reply.headers["Retry-After"]) >= 1, f"{reply.url}: {reply.text}"
                    self.over.wait(0.05)  # a client that comes back a little later
                else:
                    assert reply.is_success, f"{reply.url}: {reply.status_code} {reply.text}"
            if replies[-1].status_code == 503:  # the last one to notice: it asks for the session only
                self.is_refused.set()
        return done


def test_postgres_restarts_under_load(server: LiveServer, cluster: Postgres) -> None:
    load = Load(server)
    with ExitStack() as stack, ThreadPoolExecutor(LEARNERS) as threads:
        clients = [stack.enter_context(closing(server.learner(f"learner-{number}"))) for number in range(LEARNERS)]
        work = [threads.submit(load.learn, client) for client in clients]
        assert load.is_working.wait(PATIENCE_S)
        probe = server.client()
        cluster.stop()
        try:
            assert load.is_refused.wait(PATIENCE_S)
            ready = probe.get("/health/ready")
            assert (ready.status_code, ready.json()["error"]["code"]) == (503, "not_ready")
            assert int(ready.headers["Retry-After"]) >= 1
            assert probe.get("/health/live").status_code == 200
        finally:
            cluster.start()
            load.over.set()
        assert min(learner.result(PATIENCE_S) for learner in work) >= 1
        assert clients[0].get("/health/ready").json()["status"] in ("ok", "degraded")
        kept = [clients[0].get(f"/forum/threads/{thread}").status_code for thread in load.acknowledged]
    assert set(kept) == {200}
    assert len(kept) > LEARNERS


def test_the_process_lives_for_people_with_credentials_too_while_the_database_is_away(
    server: LiveServer, cluster: Postgres
) -> None:
    program = server.learner()
    browser = server.client(cookies={"nexus_access": program.headers["Authorization"].split()[1]})
    assert browser.get("/me").status_code == 200
    cluster.stop()
    try:
        time.sleep(SESSION_CACHE_S)
        for client in (program, browser):
            assert client.get("/me").status_code == 503
            reply = client.get("/health/live")
            assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
            assert reply.headers["X-Request-ID"]
    finally:
        cluster.start()
