"""Replies that arrive in parts: server-sent events, for those who accept them."""

import json
from collections.abc import AsyncIterator

from pydantic import BaseModel
from tornado.iostream import StreamClosedError

from nexus_server.errors import NexusError
from nexus_server.handlers.base import NexusHandler

EVENT_STREAM = "text/event-stream"


class DeltaOut(BaseModel):
    """A part of a text on its way; the event `done` holds the whole and replaces all parts."""

    text: str


def wants_events(handler: NexusHandler) -> bool:
    """Return whether the client asked for a stream."""
    return EVENT_STREAM in handler.request.headers.get("Accept", "")


async def send_events(handler: NexusHandler, shapes: AsyncIterator[BaseModel]) -> None:
    """Send a `delta` for each part and `done` for the last, whole object; `error` when it breaks off in the middle.

    A reader who leaves ends the work behind the stream too.
    """
    handler.set_header("Content-Type", f"{EVENT_STREAM}; charset=utf-8")
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("X-Accel-Buffering", "no")
    try:
        async for shape in shapes:
            await _send(handler, "delta" if isinstance(shape, DeltaOut) else "done", shape.model_dump_json())
    except NexusError as error:
        problem = {"error": handler.problem_of(error)}
        await _send(handler, "error", json.dumps(problem, default=str))
    except StreamClosedError:
        return
    handler.finish()


async def last_of(shapes: AsyncIterator[BaseModel]) -> BaseModel:
    """Return the whole object that a stream ends with."""
    *_, whole = [shape async for shape in shapes]
    return whole


async def _send(handler: NexusHandler, event: str, data: str) -> None:
    handler.write(f"event: {event}\ndata: {data}\n\n")
    await handler.flush()
