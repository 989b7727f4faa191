"""Proving an address, and passwords: reset by mail, or changed while logged in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from nexus_server.accounts.errors import BadCredentialsError
from nexus_server.accounts.opaque_tokens import hash_token
from nexus_server.errors import UnauthenticatedError
from nexus_server.handlers.account_fields import Email, Password
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.handlers.visitors import network

Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ResetIn(BaseModel):
    """Whose password to reset."""

    email: Email


class NewPasswordIn(BaseModel):
    """A mailed token and the new password."""

    token: Token
    password: Password


class VerifyIn(BaseModel):
    """A mailed token; without one, a logged-in person asks for a new mail."""

    token: Token | None = None


class ChangePasswordIn(BaseModel):
    """The present password and the new one."""

    model_config = ConfigDict(extra="forbid")
    current_password: Password
    new_password: Password


class ResetOut(BaseModel):
    """The same for every address."""

    message: str = "If somebody has this address, a mail with a link is on its way to it."


class PasswordResetHandler(NexusHandler):
    """POST /auth/password-reset."""

    carries_credentials = True

    @operation("Ask for a link to choose a new password", body=ResetIn, reply=ResetOut, status=202, public=True)
    async def post(self, body: ResetIn) -> ResetOut:
        """Answer the same whether or not somebody has this address."""
        limits = self.services.rate_limits
        await limits.hit("password_reset", hash_token(body.email)[:32])
        await limits.hit("password_reset_address", network(self))
        self.services.accounts.recovery.ask_reset(body.email, self.language)
        return ResetOut()


class ConfirmResetHandler(NexusHandler):
    """POST /auth/password-reset/confirm."""

    carries_credentials = True

    @operation("Choose a new password by a mailed token", body=NewPasswordIn, status=204, public=True)
    async def post(self, body: NewPasswordIn) -> None:
        """Set the password and end every session."""
        await self.services.rate_limits.hit("password_reset_address", network(self))
        await self.services.accounts.recovery.reset_password(body.token, body.password)


class VerifyEmailHandler(NexusHandler):
    """POST /auth/verify-email."""

    carries_credentials = True

    @operation(
        "Prove an e-mail address by a mailed token, or ask for the mail again",
        body=VerifyIn,
        body_optional=True,
        status=204,
        public=True,
    )
    async def post(self, body: VerifyIn | None) -> None:
        """Redeem the token; without one, mail a new one to the caller."""
        recovery = self.services.accounts.recovery
        if body is not None and body.token is not None:
            await recovery.verify_email(body.token)
            return
        learner = self.find_learner()
        if learner is None:
            raise UnauthenticatedError
        await self.services.rate_limits.hit("verify_email", learner.id)
        recovery.ask_verification(learner.id, self.language)


class ChangePasswordHandler(NexusHandler):
    """POST /me/password."""

    @operation("Change my password", body=ChangePasswordIn, status=204)
    async def post(self, body: ChangePasswordIn) -> None:
        """Set the new password and end every other session."""
        limits, learner = self.services.rate_limits, self.learner
        await limits.check("change_password", learner.id)
        try:
            await self.services.accounts.recovery.change_password(learner, body.current_password, body.new_password)
        except BadCredentialsError:
            await limits.hit("change_password", learner.id)
            raise


ROUTES = [
    Route("/auth/password-reset", PasswordResetHandler),
    Route("/auth/password-reset/confirm", ConfirmResetHandler),
    Route("/auth/verify-email", VerifyEmailHandler),
    Route("/me/password", ChangePasswordHandler),
]
