"""Where a login leads that was asked for no page: as the role says, until somebody chooses."""

import httpx
import pytest

from tests.plugins.server import LiveServer


def arrives_at(server: LiveServer, learner: httpx.Client, path: str) -> str:
    reply = learner.get(f"{server.url}{path}")
    assert reply.status_code == 302
    return reply.headers["Location"]


@pytest.mark.parametrize("path", ["/", "/nexus"])
def test_a_student_learns_in_the_learning_pages_and_may_choose_jupyterlab(live_server: LiveServer, path: str) -> None:
    learner = live_server.learner()
    assert learner.get("/me").json()["application"] == "learn"
    assert arrives_at(live_server, learner, path) == "/nexus/learn"
    chosen = learner.patch("/me", json={"application": "lab"})
    assert chosen.json()["application"] == "lab"
    assert learner.get("/me").json()["application"] == "lab"
    assert arrives_at(live_server, learner, path) == "/lab"


def test_there_are_two_applications(live_server: LiveServer) -> None:
    refused = live_server.learner().patch("/me", json={"application": "notebook"})
    assert refused.status_code == 422
