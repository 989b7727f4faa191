"""A learner with a kernel, on the shared server or on the one that a module starts with settings of its own."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.plugins.server import LiveServer


@pytest.fixture
def server(live_server: LiveServer) -> LiveServer:
    return live_server


@pytest.fixture
def ada(server: LiveServer) -> Iterator[httpx.Client]:
    with closing(server.learner("ada")) as client:
        client.base_url = httpx.URL(server.url)
        yield client


@pytest.fixture
def kernel_id(ada: httpx.Client) -> Iterator[str]:
    reply = ada.post("/api/kernels")
    assert reply.status_code == 201, reply.text
    yield str(reply.json()["id"])
    ada.delete(f"/api/kernels/{reply.json()['id']}")
