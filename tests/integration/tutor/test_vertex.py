"""Gemini on Vertex AI: the real SDK, with a service account, against a local server for tokens and answers."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from traitlets.config import Config

from nexus_server.clock import ManualClock
from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.models.gemini import GeminiModel
from nexus_server.tutor.settings import TutorSettings
from tests.integration.tutor.model_server import answer

PARTS = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Look closer."}]}, "finishReason": "STOP"}]}


class _Tokens(RequestHandler):
    def post(self) -> None:
        self.finish({"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"})


class _Answers(RequestHandler):
    def initialize(self, asked: list[dict[str, Any]]) -> None:
        self.asked = asked

    def post(self) -> None:
        headers = self.request.headers
        self.asked.append(
            {"path": self.request.path, "authorization": headers.get("Authorization"), **json.loads(self.request.body)}
        )
        self.set_header("Content-Type", "text/event-stream")
        self.finish(f"data: {json.dumps(PARTS)}\r\n\r\n")


@pytest.fixture
async def vertex() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """The server's address, and what it was asked."""
    asked: list[dict[str, Any]] = []
    server = HTTPServer(Application([("/token", _Tokens), (r"/v1beta1/.*", _Answers, {"asked": asked})]))
    socket, port = bind_unused_port()
    server.add_socket(socket)
    yield f"http://127.0.0.1:{port}", asked
    server.stop()
    await server.close_all_connections()


def _model(url: str, **values: object) -> GeminiModel:
    settings = {"vertex_project": "school-1", "vertex_location": "europe-west4", "gemini_base_url": url, **values}
    return GeminiModel(TutorSettings(config=Config(TutorSettings=settings)), "", ManualClock(datetime.now(UTC)))


def _service_account(folder: Path, token_url: str) -> Path:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "school-1",
        "private_key_id": "1",
        "private_key": key.decode(),
        "client_email": "tutor@school-1.example.org",
        "client_id": "1",
        "token_uri": token_url,
    }
    path = folder / "account.json"
    path.write_text(json.dumps(account))
    return path


async def test_vertex_is_asked_in_the_projects_place_with_its_own_credentials(
    vertex: tuple[str, list[dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = vertex
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(_service_account(tmp_path, f"{url}/token")))
    model = _model(url, gemini_temperature=0.0, gemini_thinking_tokens=64)
    assert await answer(model) == "Look closer."
    await model.close()
    (request,) = asked
    place = "/v1beta1/projects/school-1/locations/europe-west4/publishers/google/models/gemini-2.5-flash"
    assert request["path"] == f"{place}:streamGenerateContent"
    assert request["authorization"] == "Bearer a-token"
    assert request["generationConfig"]["temperature"] == 0
    # The SDK spells the name in either way, and the service reads both.
    assert list(request["generationConfig"]["thinkingConfig"].values()) == [64]


async def test_credentials_that_are_not_there_are_a_model_that_does_not_answer(
    vertex: tuple[str, list[dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = vertex
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    model = _model(url)
    with pytest.raises(ModelUnavailableError):
        await answer(model)
    await model.close()
    assert asked == []
