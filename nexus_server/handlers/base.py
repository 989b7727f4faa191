"""What every API handler shares: who is asking, how it answers, and the shape of its errors."""

import json
from http.client import responses
from typing import Any, ClassVar, Protocol, cast

from jupyter_server import CallContext
from jupyter_server.base.handlers import JupyterHandler
from pydantic import BaseModel
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from nexus_server.errors import NexusError, UnauthenticatedError
from nexus_server.languages import UserLanguage
from nexus_server.learner import Learner
from nexus_server.roadmaps.files.roadmap_file import ExamAid
from nexus_server.services import Services
from nexus_server.web.contract import CODE_OF, STATUS_OF
from nexus_server.web.language import language_of
from nexus_server.web.problems import STATUS_WORDS, problem_of
from nexus_server.web.reply_cache import ReplyCache


class RequestIdentity(Protocol):
    """What a handler asks of Jupyter Server's identity provider."""

    def begin(self, handler: RequestHandler) -> None:
        """Give a request its id."""
        ...

    async def get_user(self, handler: RequestHandler) -> Any:
        """Begin the request, and return who asks; None for an anonymous request."""
        ...


class NexusHandler(JupyterHandler):
    """An API handler: JSON in, JSON out, errors in the contract's shape."""

    #: whether the body itself says who asks (a password, a mailed token), so that cookies give a write no power
    carries_credentials: ClassVar[bool] = False
    #: whether a request waits until the server that starts has taken over the kernels of the one before it
    waits_for_opening: ClassVar[bool] = True
    #: whether it matters who asks; recognising somebody may take a look into the database
    asks_who_calls: ClassVar[bool] = True
    #: what it gives to whoever sits an exam, who may have to do without
    exam_aid: ClassVar[ExamAid | None] = None

    @property
    def services(self) -> Services:
        """The platform's services."""
        return cast("Services", self.settings["nexus_services"])

    @property
    def language(self) -> UserLanguage:
        """The language in which this request is answered."""
        return language_of(self)

    def find_learner(self) -> Learner | None:
        """Return who is asking, or None for an anonymous request."""
        return cast("Learner | None", getattr(self.current_user, "learner", None))

    @property
    def learner(self) -> Learner:
        """Who is asking.

        Raises:
            UnauthenticatedError: nobody is logged in.
        """
        learner = self.find_learner()
        if learner is None:
            raise UnauthenticatedError
        return learner

    @property
    def content_security_policy(self) -> str:
        """What is sent here is data: nothing in it may run, and nobody frames it."""
        return "default-src 'none'; frame-ancestors 'none'"

    def set_default_headers(self) -> None:
        """Let nobody keep personal data, unless the handler says otherwise."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> str | None:
        """Hash files only: other replies are not kept anywhere."""
        return super().compute_etag() if isinstance(self, StaticFileHandler) else None

    async def prepare(self, **_options: bool) -> None:
        """Refuse methods that the resource does not have before asking who calls."""
        method = (self.request.method or "").lower()
        if method not in self._methods():
            raise HTTPError(405)
        # Jupyter's own `prepare` in fewer words: it looks a module up by its file on every request, half our time.
        CallContext.set(CallContext.JUPYTER_HANDLER, self)
        self.current_user = self._jupyter_current_user = None
        if not self.check_host():
            raise HTTPError(403)
        provider = cast("RequestIdentity", self.identity_provider)
        if self.asks_who_calls:
            self.current_user = self._jupyter_current_user = await provider.get_user(self)
        else:
            provider.begin(self)
        if method not in {"get", "head", "options"}:
            self.check_xsrf_cookie()
        if self.current_user is None and not getattr(getattr(self, method), "__allow_unauthenticated", False):
            raise UnauthenticatedError
        if self.waits_for_opening:
            await self.services.opened.wait()
        if self.exam_aid is not None and self.current_user is not None:
            await self.services.roadmaps.exams.require_allowed(self.learner, self.exam_aid)

    @classmethod
    def _methods(cls) -> list[str]:
        """What this resource answers, in lower case."""
        names = [name.lower() for name in cls.SUPPORTED_METHODS]
        return [name for name in names if getattr(cls, name, None) is not getattr(RequestHandler, name, None)]

    def check_xsrf_cookie(self) -> None:
        """Ask for the XSRF token wherever a cookie authenticates; bearer and anonymous requests carry no such power.

        A cross-site page could still log a victim in as somebody else, so an anonymous write must come from our origin
        when the browser says where it comes from.
        """
        if not hasattr(self, "_jupyter_current_user"):
            return  # Tornado asks before `prepare`, which asks again once it is known who calls
        if self.token_authenticated:
            return
        if self.carries_credentials or (self.current_user is None and not self.request.cookies):
            origin = self.request.headers.get("Origin")
            if origin is not None and not self.check_origin(origin):
                raise HTTPError(403, "This request comes from another site.")
            return
        super().check_xsrf_cookie()

    def reply(self, value: BaseModel | dict[str, Any] | None, *, status: int = 200) -> None:
        """Finish with `value` as JSON, or with an empty body."""
        self.set_status(status)
        if value is None:
            self.finish()
            return
        self._finish_json(value.model_dump_json() if isinstance(value, BaseModel) else json.dumps(value))

    def send_kept(self) -> bool:
        """Answer from the reply cache, if it holds this learner's reply to this request and the caller lets it."""
        if self.request.headers.get("Cache-Control") == "no-cache":
            return False
        body = self._replies.find(self.learner.id, self._reply_key)
        if body is not None:
            self._finish_json(body)
        return body is not None

    def reply_and_keep(self, value: BaseModel, *, seconds: float, version: int) -> None:
        """Finish with `value`; the reply cache repeats it for some seconds unless something changed since `version`."""
        body = value.model_dump_json().encode()
        self._replies.keep(self.learner.id, self._reply_key, body, seconds=seconds, version=version)
        self._finish_json(body)

    def _finish_json(self, body: str | bytes) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(body)

    def state_version(self) -> int:
        """Return a number that changes whenever something changes for the caller."""
        learner = self.find_learner()
        return self._replies.version(learner.id) if learner else 0

    def state_changed(self) -> None:
        """Forget the caller's kept replies."""
        learner = self.find_learner()
        if learner is not None:
            self._replies.forget(learner.id)

    @property
    def _replies(self) -> ReplyCache:
        return cast("ReplyCache", self.settings["nexus_replies"])

    @property
    def _reply_key(self) -> str:
        return f"{self.learner.role} {self.language} {self.request.uri}"

    def fail(self, error: NexusError) -> None:
        """Finish with `error` in the contract's shape."""
        self.set_status(STATUS_OF[error.kind])
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            self.set_header("Retry-After", str(max(1, round(retry_after_s))))
        self._finish_json(json.dumps({"error": self.problem_of(error)}, default=str))

    def problem_of(self, error: NexusError) -> dict[str, Any]:
        """Return `error` in the contract's shape, and in the caller's language."""
        return problem_of(error.code, error.message, error.details, self.language)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Shape what Tornado and Jupyter Server raise like our own errors; causes of a 500 go to the log only."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, NexusError):
            self.fail(error)
            return
        if status_code == 405:  # noqa: PLR2004  HTTP asks for the list
            self.set_header("Allow", ", ".join(self._methods()).upper())
        status = STATUS_WORDS.get(status_code, responses.get(status_code, "Error"))
        message = error.log_message if isinstance(error, HTTPError) and error.log_message else status
        code = CODE_OF.get(status_code, "internal" if status_code >= 500 else "error")  # noqa: PLR2004
        self._finish_json(json.dumps({"error": problem_of(code, message, {}, self.language)}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Leave what goes wrong on purpose out of the error log: the reply says it."""
        if not isinstance(value, NexusError):
            super().log_exception(typ, value, tb)

    def get_login_url(self) -> str:
        """Programs get a 401, never a redirect to a page.

        Raises:
            UnauthenticatedError: always.
        """
        raise UnauthenticatedError


class UnknownRouteHandler(NexusHandler):
    """Whatever else is asked for under the API's prefix."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Answer 404 whoever asks, whatever the method.

        Raises:
            HTTPError: always.
        """
        raise HTTPError(404)
