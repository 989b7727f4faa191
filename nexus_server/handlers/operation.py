"""Declare an HTTP operation once: the same schemas validate the request, shape the reply and make the OpenAPI document.

    class ThreadHandler(NexusHandler):
        @operation("Read a thread", reply=ThreadOut)
        async def get(self, thread_id: UUID) -> ThreadOut:
            return await self.services.forum.get_thread(self.learner, thread_id)

    ROUTES = [Route("/forum/threads/{thread_id}", ThreadHandler)]

Path parameters are keyword arguments, converted by their annotation (UUID or str; a malformed id is a 404). `body` and
`query` arrive as validated Pydantic models. An operation that has finished the reply itself (a stream, a file) returns
None.
"""

import asyncio
import inspect
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import UUID

from jupyter_server.auth.decorator import allow_unauthenticated
from pydantic import BaseModel, ValidationError

from nexus_server.characters import UNSTORABLE, may_hold_unstorable, without
from nexus_server.errors import (
    InvalidError,
    MalformedError,
    NexusError,
    NotFoundError,
    TooLargeError,
    WriteConflictError,
)
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.field_errors import field_errors
from nexus_server.json_scan import check_size
from nexus_server.phrases import phrase

#: bytes of a JSON body, unless the operation says otherwise
MAX_BODY_BYTES = 1_000_000
#: times that an operation is tried when its transaction loses against another one
MAX_ATTEMPTS = 4
#: levels of nesting in a JSON body
MAX_JSON_DEPTH = 50
#: values in a JSON body: this many are parsed in a few milliseconds
MAX_JSON_VALUES = 20_000


#: reads the body of a request that was found to be of the right length
Reader = Callable[[NexusHandler, bytes], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """A path template below the API's prefix, and its handler."""

    path: str
    handler: type[NexusHandler]


@dataclass(frozen=True)
class Operation:
    """What an HTTP method takes and gives."""

    summary: str
    body: type[BaseModel] | None = None
    #: what reads the body instead of the schema, in a process of its own: for bodies that take long to read
    reader: Reader | None = None
    query: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    status: int = 200
    #: whether anonymous requests are let in
    public: bool = False
    #: whether the body may be missing altogether
    body_optional: bool = False
    max_body_bytes: int = MAX_BODY_BYTES
    #: seconds for which the caller's next equal request may get the same reply, unless something changed for them
    cache_s: float = 0
    #: media types of replies that are not JSON
    media_types: tuple[str, ...] = field(default=("application/json",))
    #: whether it opens the caller's files or kernels, which are at their home among the servers of a site
    needs_home: bool = False


def operation(
    summary: str,
    *,
    body: type[BaseModel] | None = None,
    reader: Reader | None = None,
    query: type[BaseModel] | None = None,
    reply: type[BaseModel] | None = None,
    status: int = 200,
    public: bool = False,
    body_optional: bool = False,
    max_body_bytes: int = MAX_BODY_BYTES,
    cache_s: float = 0,
    media_types: tuple[str, ...] = ("application/json",),
    needs_home: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[None]]]:
    """Make an HTTP method of a handler's coroutine; see the module's docstring."""
    spec = Operation(
        summary,
        body,
        reader,
        query,
        reply,
        status,
        public,
        body_optional,
        max_body_bytes,
        cache_s,
        media_types,
        needs_home,
    )

    def decorate(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        signature = inspect.signature(method, eval_str=True)
        converters = {name: parameter.annotation for name, parameter in signature.parameters.items()}

        @wraps(method)
        async def run(self: NexusHandler, **path: str) -> None:
            try:
                if not spec.public:
                    _ = self.learner  # raises for anonymous requests before anything is parsed
                if spec.cache_s and self.send_kept():
                    return
                version = self.state_version()
                arguments: dict[str, Any] = {n: _convert(value, converters.get(n)) for n, value in path.items()}
                arguments |= await _parse(self, spec)
                result = await attempt(self, lambda: method(self, **arguments))
                if spec.cache_s:
                    self.reply_and_keep(result, seconds=spec.cache_s, version=version)
                elif not self._finished:
                    self.reply(result, status=spec.status)
            except NexusError as error:
                self.fail(error)
            finally:
                if self.request.method != "GET":
                    self.state_changed()

        run.operation = spec  # type: ignore[attr-defined]
        # Jupyter would answer anonymous requests with a redirect; the check above answers with a 401 in our shape.
        return allow_unauthenticated(run)

    return decorate


async def attempt(handler: NexusHandler, method: Callable[[], Awaitable[Any]]) -> Any:
    """Run an operation, again when its transaction lost against another one: nothing was changed by it then."""
    for number in range(MAX_ATTEMPTS):
        try:
            return await method()
        except WriteConflictError:
            if number == MAX_ATTEMPTS - 1 or handler._headers_written:  # noqa: SLF001  Tornado's own flag
                raise
            await asyncio.sleep(random.uniform(0, 0.05) * 2**number)  # noqa: S311  spreads those who collided
    raise AssertionError("unreachable")


def _convert(value: str, annotation: Any) -> Any:
    if annotation is UUID:
        try:
            return UUID(value)
        except ValueError:
            raise NotFoundError from None
    return UNSTORABLE.sub("\ufffd", value)


async def _parse(handler: NexusHandler, spec: Operation) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if spec.query is not None:
        values = {name: handler.get_query_argument(name) for name in handler.request.query_arguments}
        arguments["query"] = _validate(spec.query, without(UNSTORABLE, values))
    if spec.body is not None:
        raw = _checked_body(handler.request.body, spec)
        if spec.reader is not None:
            handler.request.body = b""  # what is large is kept once
            arguments["body"] = await spec.reader(handler, raw)
        else:
            arguments["body"] = _parse_body(raw, spec.body) if raw else None
    return arguments


def _checked_body(raw: bytes, spec: Operation) -> bytes:
    """Return the body, empty where it may be missing."""
    if len(raw) > spec.max_body_bytes:
        text = phrase("The body may have {bytes} bytes at most.", bytes=spec.max_body_bytes)
        raise TooLargeError(text, max_bytes=spec.max_body_bytes)
    if not raw.strip():
        if spec.body_optional:
            return b""
        raise MalformedError("A JSON body is needed.")
    return raw


def _parse_body(raw: bytes, model: type[BaseModel]) -> BaseModel:
    check_size(raw, max_values=MAX_JSON_VALUES, max_depth=MAX_JSON_DEPTH)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedError("The body is not JSON.") from None
    return _validate(model, without(UNSTORABLE, value) if may_hold_unstorable(raw) else value)


def _validate(model: type[BaseModel], value: Any) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidError(fields=field_errors(error)) from None
