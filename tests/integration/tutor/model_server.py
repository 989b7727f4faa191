"""A local server in place of a model's service, and what both kinds of models are asked of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from nexus_server.tutor.models.model import Prompt, Speaker, Turn, TutorModel

KEY = "a-very-secret-key"
PROMPT = Prompt(
    "Be kind.", (Turn(Speaker.LEARNER, "Hi"), Turn(Speaker.TUTOR, "Hello"), Turn(Speaker.LEARNER, "Why?")), 123
)


@dataclass
class ModelServer:
    """What the server answers next, and what it was asked."""

    #: one step for each request; the last one is repeated
    plan: list[Any]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def next_step(self) -> Any:
        return self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]


class ModelHandler(RequestHandler):
    def initialize(self, server: ModelServer) -> None:
        self.server = server


@asynccontextmanager
async def serving(pattern: str, handler: type[ModelHandler], plan: list[Any]) -> AsyncIterator[ModelServer]:
    """Serve one route on a free port; `url` is the server's root. What hangs is released in the end."""
    state = ModelServer(plan)
    server = HTTPServer(Application([(pattern, handler, {"server": state})]))
    socket, port = bind_unused_port()
    server.add_socket(socket)
    state.url = f"http://127.0.0.1:{port}"
    yield state
    state.released.set()
    server.stop()
    await server.close_all_connections()


async def answer(model: TutorModel) -> str:
    """Ask the prompt, and return the whole answer."""
    return "".join([piece.text async for piece in model.stream(PROMPT)])
