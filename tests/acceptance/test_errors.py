"""Whatever a client gets wrong, the answer has the contract's shape."""

from contextlib import closing

import pytest

from tests.plugins.server import LiveServer

NOBODY = "00000000-0000-4000-8000-000000000000"
#: what would show that a mistake changed something
LOOKED_AT = ("/me/xp", "/me/activity", "/forum/threads")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/no/such/thing", 404, "not_found"),
        ("POST", "/health/ready", 405, "method_not_allowed"),
    ],
)
def test_an_error_has_the_contracts_shape(
    live_server: LiveServer, method: str, path: str, status: int, code: str
) -> None:
    with live_server.client() as client:
        reply = client.request(method, path)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message", "details"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/leaderboards/most_charming", None, 404),
        ("GET", "/leaderboards/weekly_xp?around=me&span=51", None, 422),
        ("GET", "/leaderboards/weekly_xp?around=me&span=-1", None, 422),
        ("GET", "/leaderboards/weekly_xp?cohort=00000000-0000-4000-8000-000000000000", None, 404),
        ("POST", "/forum/threads", {"title": "Long", "body_md": "x" * 1_000_000}, 413),
        ("POST", "/forum/threads", {"title": "Long", "body_md": "x" * 20_001}, 422),
        ("PUT", "/me/goal", {"kind": "days", "target": 8}, 422),
        ("POST", "/me/practice/code", {"node_id": "no-id", "item": "test-a", "code": "x"}, 422),
        ("POST", "/me/practice/answers", {"node_id": NOBODY, "item": "a", "answer": 1}, 404),
    ],
)
def test_what_a_learner_gets_wrong_is_said_and_changes_nothing(
    live_server: LiveServer, method: str, path: str, body: object, status: int
) -> None:
    with closing(live_server.learner()) as client:
        before = [client.get(address).json() for address in LOOKED_AT]
        reply = client.request(method, path, json=body)
        assert reply.status_code == status, reply.text
        assert set(reply.json()["error"]) == {"code", "message", "details"}
        assert [client.get(address).json() for address in LOOKED_AT] == before
