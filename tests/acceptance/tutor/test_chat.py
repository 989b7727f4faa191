"""The chat over HTTP, against real server processes."""

import json
from contextlib import closing
from uuid import uuid4

import httpx
import pytest

from tests.acceptance.tutor.conftest import GeminiStandIn
from tests.acceptance.tutor.test_hints import events_of, node_id
from tests.plugins.server import LiveServer


def test_a_conversation_is_kept_for_its_owner(live_server: LiveServer) -> None:
    with closing(live_server.learner()) as ada, closing(live_server.learner()) as bob:
        reply = ada.post("/chat/general", json={"message": " What is a KeyError? "})
        history = ada.get("/chat/general").json()
        strange = bob.get("/chat/general").json()
    assert reply.status_code == 200
    answer = reply.json()
    assert (answer["author"], answer["source"], answer["remaining_today"]) == ("tutor", "static", 100), (
        "looking things up costs nothing"
    )
    assert "dictionaries" in answer["text"]
    assert [(m["author"], m["text"]) for m in history["items"]] == [
        ("learner", "What is a KeyError?"),
        ("tutor", answer["text"]),
    ]
    assert history["next"] is None
    assert strange["items"] == []


def test_a_node_has_its_own_room(live_server: LiveServer) -> None:
    first, locked = (node_id(live_server, has_requirements=value) for value in (False, True))
    with closing(live_server.learner()) as ada:
        assert ada.post(f"/chat/{first}", json={"message": "What is this about?"}).status_code == 200
        assert len(ada.get(f"/chat/{first}").json()["items"]) == 2
        assert ada.get("/chat/general").json()["items"] == []
        for method in ("GET", "POST"):
            body = {"message": "hi"} if method == "POST" else None
            assert ada.request(method, f"/chat/{locked}", json=body).status_code == 403
            assert ada.request(method, f"/chat/{uuid4()}", json=body).status_code == 404
            assert ada.request(method, "/chat/nowhere", json=body).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{}", 422), (b'{"message": "  "}', 422), (json.dumps({"message": "x" * 4_001}).encode(), 422)],
)
def test_bad_messages_are_refused(anybody: httpx.Client, body: bytes, status: int) -> None:
    assert anybody.post("/chat/general", content=body).status_code == status


def test_a_cursor_is_an_id(anybody: httpx.Client) -> None:
    assert anybody.get("/chat/general?cursor=x").status_code == 422


def test_nobody_talks_anonymously(live_server: LiveServer) -> None:
    with live_server.client() as client:
        assert client.get("/chat/general").status_code == 401
        assert client.post("/chat/general", json={"message": "hi"}).status_code == 401


def test_an_answer_streams_from_gemini(gemini_server: LiveServer, gemini: GeminiStandIn) -> None:
    with closing(gemini_server.learner()) as ada:
        *deltas, (last, reply) = events_of(ada, "/chat/general", {"message": "Why do names matter?"})
    assert (last, reply["source"], reply["text"]) == ("done", "gemini", gemini.text)
    assert {event for event, _ in deltas} == {"delta"}
