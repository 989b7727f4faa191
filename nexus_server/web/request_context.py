"""The border with Jupyter Server: the one place where the current request's learner is read.

Jupyter's managers are called without an identity. They read it here, once, and pass a `Learner` to everything below.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from jupyter_server.base.call_context import CallContext
from tornado.web import HTTPError, RequestHandler

from nexus_server.errors import NexusError, UnauthenticatedError
from nexus_server.languages import UserLanguage, translate
from nexus_server.learner import Learner
from nexus_server.services import Services
from nexus_server.web.contract import STATUS_OF
from nexus_server.web.language import language_of

P = ParamSpec("P")
R = TypeVar("R")


def find_learner() -> Learner | None:
    """Return who makes the current request, or None outside of one and for anonymous requests."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    user = getattr(handler, "_jupyter_current_user", None)
    return cast("Learner | None", getattr(user, "learner", None))


def current_learner() -> Learner:
    """Return who makes the current request.

    Raises:
        UnauthenticatedError: nobody is logged in, or there is no request.
    """
    learner = find_learner()
    if learner is None:
        raise UnauthenticatedError
    return learner


def current_services() -> Services:
    """Return the platform's services, through the current request.

    Raises:
        RuntimeError: there is no request, which is a fault of whoever calls.
    """
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    if handler is None:
        raise RuntimeError("There is no request to read the services from.")
    return cast("Services", handler.settings["nexus_services"])


def http_error(error: NexusError) -> HTTPError:
    """Return what Jupyter's handlers understand; its message is shown to the person."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    language = language_of(handler) if isinstance(handler, RequestHandler) else UserLanguage.ENGLISH
    return HTTPError(STATUS_OF[error.kind], translate(error.message, language).replace("%", "%%"))


def for_jupyter(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Decorate a manager's coroutine method: our errors become Jupyter's."""

    @wraps(method)
    async def run(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return await method(*args, **kwargs)
        except NexusError as error:
            raise http_error(error) from error

    return run
