"""GET /openapi.json: the OpenAPI 3.1 document, made from the operations that validate requests and shape replies."""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from nexus_server.events.messages import Event
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Operation, Route, operation
from nexus_server.version import __version__
from nexus_server.web.contract import API

Mode = Literal["validation", "serialization"]

METHODS = ("get", "post", "put", "patch", "delete")
REF = "#/components/schemas/{model}"


class ErrorBody(BaseModel):
    """What went wrong: `code` for programs, `message` for a person."""

    code: str
    message: str
    details: dict[str, Any]


class ErrorOut(BaseModel):
    """Every reply that is not a success."""

    error: ErrorBody


class CompleteReplies(GenerateJsonSchema):
    """Says of what we send that each field is there: defaults are sent too."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001  Pydantic's own signature
        """Whether the field is always there."""
        return self.mode == "serialization" or super().field_is_required(field, total)


#: statuses of failure and what they mean; which of them an operation may give is decided in `_failures`
FAILURES = {
    400: "The request could not be read.",
    401: "Nobody is logged in, or the credential is not valid (any more).",
    403: "The caller may not do this, or the XSRF token is missing.",
    404: "There is nothing here that the caller may know of.",
    409: "It does not fit the present state.",
    413: "The body is too large.",
    422: "Some fields are not valid; `details.fields` says which.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "A dependency is away; `Retry-After` says when to come back.",
}
_RETRYABLE = (429, 503)


def operations(routes: Sequence[Route]) -> Iterator[tuple[Route, str, Operation]]:
    """Yield each operation with its route and method."""
    for route in routes:
        for method in METHODS:
            spec = getattr(getattr(route.handler, method, None), "operation", None)
            if spec is not None:
                yield route, method, spec


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of `routes`."""
    schemas, components = models_json_schema(_models(routes), ref_template=REF, schema_generator=CompleteReplies)
    paths: dict[str, dict[str, Any]] = {}
    for route, method, spec in operations(routes):
        path = API + re.sub(r"\{(\w+)\*\}", r"{\1}", route.path)
        paths.setdefault(path, {})[method] = _describe(route, method, spec, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "NexusAI", "version": __version__, "description": (__doc__ or "").split(": ", 1)[0]},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components["$defs"],
            "responses": {str(status): _failure(status, text) for status, text in FAILURES.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "nexus_access"},
            },
        },
    }


def _models(routes: Sequence[Route]) -> list[tuple[type[BaseModel], Mode]]:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {
        (ErrorOut, "serialization"): None,
        (Event, "serialization"): None,
    }
    for _, _, spec in operations(routes):
        for model in (spec.body, spec.query):
            if model is not None:
                wanted[model, "validation"] = None
        if spec.reply is not None:
            wanted[spec.reply, "serialization"] = None
    return list(wanted)


def _describe(route: Route, method: str, spec: Operation, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{method}{re.sub(r'[^a-zA-Z0-9]+', '_', route.path).rstrip('_')}",
        "summary": spec.summary,
        "tags": [route.path.split("/")[1]],
        "security": [{}] if spec.public else [{"bearer": []}, {"cookie": []}],
        "parameters": [*_path_parameters(route, method), *_query_parameters(spec)],
        "responses": {str(spec.status): _success(spec, schemas)},
    }
    for status in _failures(spec):
        described["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}
    if spec.body is not None:
        content = {"application/json": {"schema": schemas[spec.body, "validation"]}}
        described["requestBody"] = {"required": not spec.body_optional, "content": content}
    return described


def _path_parameters(route: Route, method: str) -> Iterator[dict[str, Any]]:
    signature = inspect.signature(getattr(route.handler, method), eval_str=True)
    for name in re.findall(r"\{(\w+)\*?\}", route.path):
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if signature.parameters[name].annotation is UUID:
            schema["format"] = "uuid"
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(spec: Operation) -> Iterator[dict[str, Any]]:
    if spec.query is None:
        return
    schema = spec.query.model_json_schema(ref_template=REF)
    required = schema.get("required", [])
    for name, described in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in required, "schema": _inline(described, schema)}


def _inline(described: Any, schema: dict[str, Any]) -> Any:
    """Replace references to the model's own definitions: a query parameter's schema stands alone."""
    if isinstance(described, dict):
        if "$ref" in described:
            return schema["$defs"][described["$ref"].rsplit("/", 1)[1]]
        return {key: _inline(value, schema) for key, value in described.items()}
    if isinstance(described, list):
        return [_inline(value, schema) for value in described]
    return described


def _success(spec: Operation, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    reply: dict[str, Any] = {"description": spec.summary}
    if spec.reply is not None:
        reply["content"] = {"application/json": {"schema": schemas[spec.reply, "serialization"]}}
    elif spec.status == 200:  # noqa: PLR2004  a file or a stream, which the handler sends itself
        reply["content"] = {}
    for media_type in spec.media_types:
        if "content" in reply:
            reply["content"].setdefault(media_type, {})
    return reply


def _failures(spec: Operation) -> list[int]:
    needless = set()
    if spec.public and spec.body is None and spec.query is None:
        needless |= {401, 409}
    if spec.body is None:
        needless.add(413)
        if spec.query is None:
            needless.add(422)
    return [status for status in FAILURES if status not in needless]


def _failure(status: int, text: str) -> dict[str, Any]:
    reply: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": {"$ref": REF.format(model="ErrorOut")}}},
    }
    if status in _RETRYABLE:
        reply["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer"}, "description": "Seconds."}}
    return reply


def openapi_route(routes: Sequence[Route]) -> Route:
    """Return the route of the document of `routes`, which are read at the first request: they may hold this one."""

    class OpenApiHandler(NexusHandler):
        """GET /openapi.json."""

        made: ClassVar[dict[str, Any] | None] = None

        @operation("The OpenAPI document of this API", public=True)
        async def get(self) -> None:
            """Send the document; it is made once."""
            if OpenApiHandler.made is None:
                OpenApiHandler.made = document(routes)
            self.set_header("Cache-Control", "public, max-age=300")
            self.reply(OpenApiHandler.made)

    return Route("/openapi.json", OpenApiHandler)
