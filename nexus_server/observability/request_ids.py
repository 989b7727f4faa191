"""One id per request: in its log lines, its audit entries and its reply's `X-Request-ID`."""

import re
from contextvars import ContextVar
from uuid import uuid4

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str | None] = ContextVar("nexus_request_id", default=None)


def begin_request(given: str | None) -> str:
    """Take the proxy's id when it is a plain one, else make one; it holds for the present task."""
    request_id = given if given and _GIVEN.fullmatch(given) else uuid4().hex
    _current.set(request_id)
    return request_id


def find_request_id() -> str | None:
    """Return the id of the request under way, or None outside of one."""
    return _current.get()
