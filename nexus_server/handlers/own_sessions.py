"""Where the caller is logged in."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.web.cookies import clear_cookies


class SessionOut(FromAttributes):
    """A login of the caller's."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str
    current: bool


class SessionsOut(BaseModel):
    """Logins, the caller's own first, then by last use."""

    items: list[SessionOut]
    next: None = None


class OwnSessionsHandler(NexusHandler):
    """GET /me/sessions."""

    @operation("Where I am logged in", reply=SessionsOut)
    async def get(self) -> SessionsOut:
        """Return the logins that are not over."""
        found = await self.services.accounts.own_sessions.list_live(self.learner)
        return SessionsOut(items=[SessionOut.model_validate(one) for one in found])


class OwnSessionHandler(NexusHandler):
    """DELETE /me/sessions/{session_id}."""

    @operation("Log out one of my sessions", status=204)
    async def delete(self, session_id: UUID) -> None:
        """End it; the caller's own is a logout."""
        await self.services.accounts.own_sessions.end(self.learner, session_id)
        if session_id == self.learner.session_id:
            clear_cookies(self)


ROUTES = [Route("/me/sessions", OwnSessionsHandler), Route("/me/sessions/{session_id}", OwnSessionHandler)]
