"""The gate before every route: at start the router is walked; what is not on the allow-list is closed.

A guarded handler is Jupyter's own class, or ours instead of it, with `Guard` in front. It refuses methods that are not
open, people who may not, and kernels that belong to somebody else, before any code of the handler runs. This does not
lean on `@authorized`, which many of JupyterLab's handlers do not use and which knows types, not ids.
"""

import re
from collections.abc import Iterator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar, cast

import structlog
from tornado.routing import PathMatches, Rule, RuleRouter
from tornado.web import Application, HTTPError, RedirectHandler, RequestHandler, StaticFileHandler

from nexus_server.characters import UNENCODABLE, may_hold_unstorable, without
from nexus_server.errors import NexusError
from nexus_server.fast_paths.direct_routes import DirectRoutes
from nexus_server.json_scan import check_size
from nexus_server.jupyter.front_door.allow_list import OPENINGS, Audience, Opening
from nexus_server.jupyter.front_door.body_limits import BodyLimits
from nexus_server.learner import Learner, Role
from nexus_server.web.compression import CompressedFiles
from nexus_server.web.contract import API
from nexus_server.web.json_body import MAX_JSON_DEPTH, MAX_JSON_VALUES, check_body
from nexus_server.web.nobody_yet import NobodyYet
from nexus_server.web.not_found import NotFoundHandler
from nexus_server.web.request_context import http_error

if TYPE_CHECKING:
    from jupyter_server.base.handlers import JupyterHandler

log = structlog.get_logger()

#: everything below is ours
OWN_PREFIX = API.split("/api", maxsplit=1)[0]


class ClosedHandler(NotFoundHandler):
    """A route of Jupyter's that this product does not have: there is nothing here, for nobody."""


class Guard(NobodyYet):
    """Mixed in before a handler's class."""

    opening: ClassVar[Opening]
    _retry_after_s: float | None = None

    async def prepare(self, **options: Any) -> None:
        """Let in whom the opening is for; the rest is refused before the handler's own method runs."""
        handler = cast("JupyterHandler", self)
        if handler.request.method not in self.opening.methods:
            raise HTTPError(405)
        prepared = super().prepare(**options)  # type: ignore[misc]
        if isawaitable(prepared):
            await prepared
        if handler._finished or self.opening.audience is Audience.PUBLIC:  # noqa: SLF001  Tornado's own flag
            return
        learner = getattr(handler.current_user, "learner", None)
        if learner is None:
            raise HTTPError(403)
        await handler.settings["nexus_services"].opened.wait()
        admit(learner, self.opening, handler)

    def _handle_request_exception(self, error: BaseException) -> None:
        """Answer our own causes with their status and sentence; Jupyter's handlers know nothing of them."""
        if not isinstance(error, NexusError):
            super()._handle_request_exception(error)  # type: ignore[misc]
            return
        handler = cast("JupyterHandler", self)
        if not handler._finished:  # noqa: SLF001  Tornado's own flag
            self._retry_after_s = getattr(error, "retry_after_s", None)
            translated = http_error(error)
            handler.send_error(translated.status_code, exc_info=(HTTPError, translated, error.__traceback__))

    def write_error(self, status_code: int, **details: Any) -> None:
        """Say when it makes sense to try again."""
        if self._retry_after_s is not None:
            cast("JupyterHandler", self).set_header("Retry-After", str(max(1, round(self._retry_after_s))))
        super().write_error(status_code, **details)  # type: ignore[misc]

    def get_json_body(self) -> dict[str, Any] | None:
        """Return the body, when it is an object whose known fields have the right types; all its text is UTF-8."""
        handler = cast("JupyterHandler", self)
        check_size(handler.request.body, max_values=MAX_JSON_VALUES, max_depth=MAX_JSON_DEPTH)
        try:
            body = super().get_json_body()  # type: ignore[misc]
            if may_hold_unstorable(handler.request.body):
                body = without(UNENCODABLE, body)
        except (UnicodeDecodeError, RecursionError):
            raise HTTPError(400, "The body is not JSON in UTF-8, or it is nested too deeply.") from None
        return check_body(body)


def admit(learner: Learner, opening: Opening, handler: RequestHandler) -> None:
    """Let the learner in.

    Raises:
        HTTPError: 403 the route is for others; 404 the kernel is somebody else's, or does not exist.
    """
    if opening.audience is Audience.ADMIN and learner.role is not Role.ADMIN:
        raise HTTPError(403)
    kernel_id = handler.path_kwargs.get("kernel_id")
    if kernel_id is not None and not handler.settings["kernel_manager"].owns(learner, kernel_id):
        raise HTTPError(404, f"Kernel does not exist: {kernel_id}")


def close_the_rest(application: Application, base_url: str = "/", *, fast_paths: bool = True) -> list[str]:
    """Guard what is on the allow-list, close everything else; returns the closed routes.

    With `fast_paths` the API's plain paths are looked up from then on.
    """
    closed = []
    for rule in _rules(application.default_router):
        pattern = _pattern_of(rule, base_url)
        if pattern is not None and pattern.startswith(OWN_PREFIX) and _is_ours(rule.target):
            continue
        opening = OPENINGS.get(pattern) if pattern is not None else None
        if opening is None:
            rule.target, rule.target_kwargs = ClosedHandler, {}
            closed.append(pattern or repr(rule.matcher))
        else:
            _guard(rule, opening)
    log.info("routes_closed", count=len(closed))
    if fast_paths:
        direct = DirectRoutes(application, _rules(application.default_router), base_url.rstrip("/") + OWN_PREFIX)
        application.default_router.rules.insert(0, direct.rule)
    return closed


def _rules(router: RuleRouter) -> Iterator[Rule]:
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            yield from _rules(rule.target)
        elif not isinstance(rule.target, DirectRoutes | BodyLimits):  # they lead to the same rules, or nowhere
            yield rule


def routes_of(application: Application, base_url: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield every route's regular expression and handler class, in the order in which they are tried."""
    for rule in _rules(application.default_router):
        yield _pattern_of(rule, base_url) or repr(rule.matcher), rule.target


def _pattern_of(rule: Rule, base_url: str) -> str | None:
    if not isinstance(rule.matcher, PathMatches):
        return None
    pattern = rule.matcher.regex.pattern.removesuffix("$")
    prefix = re.escape(base_url.rstrip("/")) if base_url != "/" else ""
    return pattern.removeprefix(prefix)


def _is_ours(target: Any) -> bool:
    return isinstance(target, type) and target.__module__.startswith("nexus_server.handlers.")


def _guard(rule: Rule, opening: Opening) -> None:
    target = opening.instead or rule.target
    if issubclass(target, RedirectHandler):
        return  # where `/` leads to; it knows nobody
    is_shared_file = issubclass(target, StaticFileHandler) and opening.audience is Audience.PUBLIC
    bases = (Guard, CompressedFiles, target) if is_shared_file else (Guard, target)
    rule.target = type(target.__name__, bases, {"opening": opening, "__module__": target.__module__})
