"""The caller's own profile."""

from tempfile import TemporaryFile
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from nexus_server.accounts.application import Application
from nexus_server.handlers.account_fields import DisplayName, Timezone
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.handlers.profile_reply import ProfileOut, profile_out
from nexus_server.languages import UserLanguage
from nexus_server.web.cookies import clear_cookies

#: bytes of an export that are sent at a time
CHUNK_BYTES = 256 * 1024


class ProfileIn(BaseModel):
    """What a person may change of their profile; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    display_name: DisplayName | None = None
    timezone: Timezone | None = None
    #: of the pages and mails; empty: as the browser asks
    language: UserLanguage | Literal[""] | None = None
    leaderboard_opt_out: bool | None = None
    #: a pseudonym for leaderboards; empty: the display name
    leaderboard_name: DisplayName | Literal[""] | None = None
    application: Application | None = None
    hints_by_themselves: bool | None = None
    no_ai: bool | None = None

    @model_validator(mode="after")
    def _check_not_null(self) -> "ProfileIn":
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("A field that is given may not be null.")
        return self


class MeHandler(NexusHandler):
    """GET and PATCH /me."""

    @operation("Read my profile", reply=ProfileOut, cache_s=2)
    async def get(self) -> ProfileOut:
        """Return the caller's profile."""
        accounts = self.services.accounts
        await accounts.activity.settle(self.learner)
        return profile_out(await accounts.profiles.get_profile(self.learner))

    @operation("Change my profile", body=ProfileIn, reply=ProfileOut)
    async def patch(self, body: ProfileIn) -> ProfileOut:
        """Change what is given and return the profile."""
        await self.services.rate_limits.hit("profile", self.learner.id)
        values = body.model_dump(exclude_unset=True)
        return profile_out(await self.services.accounts.profiles.change(self.learner, values))

    @operation("Delete my account and everything that hangs on it", status=204)
    async def delete(self) -> None:
        """Delete; what the learner wrote in the forum stays, without an author."""
        await self.services.accounts.personal_data.delete(self.learner)
        clear_cookies(self)


class ExportHandler(NexusHandler):
    """GET /me/export."""

    @operation("Take my data along: every row that knows me, as JSON")
    async def get(self) -> None:
        """Stream a file."""
        await self.services.rate_limits.hit("export", self.learner.id)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="nexusai-export.json"')
        self.set_header("Cache-Control", "no-store")
        # Gathered first: a reader at the far end who takes an hour must not hold a database connection for so long.
        with TemporaryFile() as spool:
            async for piece in self.services.accounts.personal_data.export(self.learner):
                spool.write(piece.encode())
            spool.seek(0)
            while chunk := spool.read(CHUNK_BYTES):
                self.write(chunk)
                await self.flush()
        self.finish()


ROUTES = [Route("/me", MeHandler), Route("/me/export", ExportHandler)]
