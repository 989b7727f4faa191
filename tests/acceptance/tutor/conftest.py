"""A server whose tutor asks a local stand-in for Gemini."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.plugins.server import LiveServer, StartServer
from tests.security.people import log_in_admin

KEY = "test-key-that-must-stay-secret"


@dataclass
class GeminiStandIn:
    """Answers every question with `text`, and keeps what it was asked."""

    url: str = ""
    text: str = "Compare the two spellings. Which letters differ?"
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="session")
def gemini() -> Iterator[GeminiStandIn]:
    state = GeminiStandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append({"path": self.path, "key": self.headers["x-goog-api-key"], "body": json.loads(body)})
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for start in range(0, len(state.text), 10):
                parts = [{"text": state.text[start : start + 10]}]
                ending = {"finishReason": "STOP"} if start + 10 >= len(state.text) else {}
                chunk = {"candidates": [{"content": {"role": "model", "parts": parts}, **ending}]}
                self.wfile.write(f"data: {json.dumps(chunk)}\r\n\r\n".encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def gemini_server(start_lasting_server: StartServer, gemini: GeminiStandIn) -> LiveServer:
    return start_lasting_server(GEMINI_API_KEY=KEY, GOOGLE_GEMINI_BASE_URL=gemini.url)


@pytest.fixture(scope="module")
def anybody(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A learner whose counts no test looks at."""
    with closing(live_server.learner()) as client:
        yield client


@dataclass
class Classroom:
    """An instructor, a learner of the instructor's class, and that class."""

    instructor: httpx.Client
    ada: httpx.Client
    cohort_id: str

    def say(self, **said: object) -> httpx.Response:
        return self.instructor.put(f"/teaching/tutor/policies/cohorts/{self.cohort_id}", json=said)


@pytest.fixture(scope="module")
def people(live_server: LiveServer) -> Iterator[Classroom]:
    with (
        closing(log_in_admin(live_server)) as admin,
        closing(live_server.learner("ina")) as ina,
        closing(live_server.learner("ada")) as ada,
    ):
        ina_id = ina.get("/me").json()["id"]
        admin.base_url = ina.base_url
        admin.patch(f"/admin/users/{ina_id}", json={"role": "instructor"}).raise_for_status()
        cohort = ina.post("/teaching/cohorts", json={"name": "4b"}).json()
        ada.post("/cohorts/join", json={"code": cohort["join_code"]}).raise_for_status()
        yield Classroom(ina, ada, cohort["id"])
