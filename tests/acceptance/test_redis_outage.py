"""Redis goes away under a running server: everything goes on, health says so, and the log says it once."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.plugins.clusters import RedisServer, running_redis
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.redis, pytest.mark.slow]

PATIENCE_S = 30


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def test_nobody_is_logged_out_and_health_says_what_is_missing(start_server: StartServer, redis: RedisServer) -> None:
    server = start_server(NEXUS_REDIS_URL=redis.url)
    ada, probe = server.learner("ada"), server.client()
    until(lambda: redis_of(probe) == "ok")
    redis.stop()
    assert redis_of(probe) == "unavailable"
    for _ in range(20):
        assert ada.get("/me", headers={"Cache-Control": "no-cache"}).status_code == 200
        time.sleep(0.2)  # longer than a session is believed, and than a Redis that failed is left alone
    thread = ada.post("/forum/threads", json={"title": "A question", "body_md": "How does this work?"})
    assert thread.status_code == 201, thread.text
    server.learner("eve")
    redis.start()
    until(lambda: redis_of(probe) == "ok")
    assert ada.get("/me").status_code == 200
    log = server.log.read_text()
    assert (log.count("redis_does_not_answer"), log.count("redis_answers_again")) == (1, 1)


def redis_of(probe: httpx.Client) -> str:
    """Return what `/health/ready` says of Redis; the site as a whole works either way."""
    reply = probe.get("/health/ready")
    assert reply.status_code == 200, reply.text
    found = reply.json()["dependencies"]["redis"]
    assert found == "ok" or reply.json()["status"] == "degraded"
    return str(found)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.2)
