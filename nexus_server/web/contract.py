"""The HTTP API's contract: where it is served, and the one map from causes to statuses and codes."""

from nexus_server.errors import Kind

API = "/nexus/api/v1"

STATUS_OF: dict[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.INVALID: 422,
    Kind.RATE_LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}

#: codes of errors that Tornado or Jupyter Server raise before our code runs
CODE_OF = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
