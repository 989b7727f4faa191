"""``/api/sessions``: Jupyter's routes; every one of them asks for the learner."""

from typing import Any, cast
from uuid import UUID

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from nexus_server.jupyter.sessions.manager import LearnerSessionManager
from nexus_server.web.replies import answer
from nexus_server.web.request_context import current_learner


class _SessionHandler(APIHandler):
    auth_resource = "sessions"

    @property
    def sessions(self) -> LearnerSessionManager:
        """The session manager."""
        return cast("LearnerSessionManager", self.session_manager)

    def session_id_of(self, text: str) -> UUID:
        """Return the id of a session.

        Raises:
            HTTPError: 404 it is none.
        """
        try:
            return UUID(text)
        except ValueError:
            raise HTTPError(404, "There is no such session.") from None

    def fields(self) -> dict[str, Any]:
        """Return the body, with the field `notebook` of old clients spelled out.

        Raises:
            HTTPError: 400 there is none.
        """
        body = self.get_json_body()
        if body is None:
            raise HTTPError(400, "No JSON data provided")
        notebook = body.pop("notebook", None)
        if notebook:
            body = {"path": notebook.get("path") or notebook.get("name"), "type": "notebook", **body}
        kernel = body.get("kernel") or {}
        if not all(isinstance(body.get(name) or "", str) for name in ("path", "name", "type")) or not all(
            isinstance(kernel.get(name) or "", str) for name in ("id", "name")
        ):
            raise HTTPError(400, "A field has the wrong type.")
        return dict(body)


class SessionsHandler(_SessionHandler):
    """GET and POST /api/sessions."""

    @authenticated
    @authorized(action="read", resource="sessions")
    async def get(self) -> None:
        """List the learner's sessions."""
        answer(self, await self.sessions.list_for(current_learner()))

    @authenticated
    @authorized(action="write", resource="sessions")
    async def post(self) -> None:
        """Open a document's session."""
        wanted = self.fields()
        for name in ("path", "type"):
            if not wanted.get(name):
                raise HTTPError(400, f"Missing field in JSON data: {name}")
        kernel = wanted.get("kernel") or {}
        record = await self.sessions.open_for(
            current_learner(),
            path=wanted["path"],
            kind=wanted["type"],
            name=wanted.get("name") or "",
            kernel_name=kernel.get("name") or None,
            kernel_id=kernel.get("id") or None,
        )
        self.set_header("Location", url_path_join(self.base_url, "api", "sessions", str(record.id)))
        answer(self, self.sessions.model_of(record), status=201)


class SessionHandler(_SessionHandler):
    """GET, PATCH and DELETE /api/sessions/{id}."""

    @authenticated
    @authorized(action="read", resource="sessions")
    async def get(self, session_id: str) -> None:
        """Show a session."""
        record = await self.sessions.get_for(current_learner(), self.session_id_of(session_id))
        answer(self, self.sessions.model_of(record))

    @authenticated
    @authorized(action="write", resource="sessions")
    async def patch(self, session_id: str) -> None:
        """Rename a session or change its kernel."""
        changes = self.fields()
        record = await self.sessions.change(current_learner(), self.session_id_of(session_id), changes)
        answer(self, self.sessions.model_of(record))

    @authenticated
    @authorized(action="write", resource="sessions")
    async def delete(self, session_id: str) -> None:
        """End a session and its kernel."""
        await self.sessions.end(current_learner(), self.session_id_of(session_id))
        self.set_status(204)
        self.finish()
