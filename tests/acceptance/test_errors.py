"""Whatever a client gets wrong, the answer has the contract's shape."""

import pytest

from tests.plugins.server import LiveServer


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
