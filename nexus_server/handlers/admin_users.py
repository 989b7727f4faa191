"""Accounts and the audit log, for admins."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.accounts.administration import UserChange, UserFilter
from nexus_server.accounts.audit import AuditFilter
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes, PageOut, PageQuery
from nexus_server.handlers.operation import Route, operation
from nexus_server.learner import Role


class UserOut(FromAttributes):
    """A person, to an admin."""

    id: UUID
    email: str
    display_name: str
    role: Role
    timezone: str
    xp: int
    streak_count: int
    last_login: datetime | None
    email_verified_at: datetime | None
    created_at: datetime
    disabled_at: datetime | None


class UsersOut(PageOut[UserOut]):
    """People, newest first."""


class UsersQuery(PageQuery):
    """Which people: `q` is part of a name or an address."""

    q: str | None = Field(None, max_length=200)
    role: Role | None = None
    disabled: bool | None = None


class UserChangeIn(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    role: Role | None = None
    disabled: bool | None = None


class AuditEntryOut(FromAttributes):
    """Who changed what."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    request_id: str | None


class AuditOut(PageOut[AuditEntryOut]):
    """Entries, newest first."""


class AuditQuery(PageQuery):
    """Which entries."""

    action: str | None = Field(None, max_length=64)
    actor_id: UUID | None = None
    subject_id: str | None = Field(None, max_length=64)


class UsersHandler(NexusHandler):
    """GET /admin/users."""

    @operation("List accounts", query=UsersQuery, reply=UsersOut)
    async def get(self, query: UsersQuery) -> UsersOut:
        """Return people, newest first."""
        wanted = UserFilter(query.q, query.role, query.disabled, query.cursor)
        page = await self.services.accounts.administration.list_users(self.learner, wanted, limit=query.limit)
        return UsersOut.model_validate(page)


class UserHandler(NexusHandler):
    """GET and PATCH /admin/users/{id}."""

    @operation("Read an account", reply=UserOut)
    async def get(self, user_id: UUID) -> UserOut:
        """Return one person."""
        return UserOut.model_validate(await self.services.accounts.administration.get_user(self.learner, user_id))

    @operation("Change a role, disable or enable an account", body=UserChangeIn, reply=UserOut)
    async def patch(self, user_id: UUID, body: UserChangeIn) -> UserOut:
        """Change what is given, at once."""
        change = UserChange(body.role, body.disabled)
        user = await self.services.accounts.administration.change_user(self.learner, user_id, change)
        return UserOut.model_validate(user)


class ResetOfferedOut(BaseModel):
    """Where the link went. Without an SMTP server mails stay in the data directory, and somebody has to pass it on."""

    email: str
    is_sent: bool


class UserResetHandler(NexusHandler):
    """POST /admin/users/{id}/password-reset."""

    @operation("Mail somebody a link to choose a new password", reply=ResetOfferedOut, status=202)
    async def post(self, user_id: UUID) -> ResetOfferedOut:
        """Mail it."""
        accounts = self.services.accounts
        email = await accounts.recovery.offer_reset(self.learner, user_id)
        return ResetOfferedOut(email=email, is_sent=accounts.sends_mail)


class AuditHandler(NexusHandler):
    """GET /admin/audit."""

    @operation("Read the audit log", query=AuditQuery, reply=AuditOut)
    async def get(self, query: AuditQuery) -> AuditOut:
        """Return entries, newest first."""
        wanted = AuditFilter(query.action, query.actor_id, query.subject_id, query.cursor)
        page = await self.services.accounts.audit.read(self.learner, wanted, limit=query.limit)
        return AuditOut.model_validate(page)


ROUTES = [
    Route("/admin/users", UsersHandler),
    Route("/admin/users/{user_id}", UserHandler),
    Route("/admin/users/{user_id}/password-reset", UserResetHandler),
    Route("/admin/audit", AuditHandler),
]
