"""A learner's profile: who they are to themselves, with what gamify knows about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nexus_server.accounts.errors import UnknownUserError
from nexus_server.accounts.sessions import SessionService
from nexus_server.gamify.service import GamifyService, Standing
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User


@dataclass(frozen=True, slots=True)
class Profile:
    """What GET /me shows."""

    id: UUID
    email: str
    display_name: str
    role: Role
    timezone: str
    xp: int
    streak_count: int
    longest_streak: int
    last_login: datetime | None
    leaderboard_opt_out: bool
    email_verified: bool
    standing: Standing


class Profiles:
    """Reads and changes profiles."""

    def __init__(self, database: Database, sessions: SessionService, gamify: GamifyService) -> None:
        """Join the account's row with what `gamify` knows."""
        self._database = database
        self._sessions = sessions
        self._gamify = gamify

    async def get_profile(self, learner: Learner) -> Profile:
        """Return a learner's own profile.

        Raises:
            UnknownUserError: the account was deleted meanwhile.
        """
        async with self._database.transaction() as session:
            user = await session.get(User, learner.id)
        if user is None:
            raise UnknownUserError
        standing = await self._gamify.standing(user.id)
        return Profile(
            id=user.id,
            email=user.email,
            display_name=user.display_name,
            role=Role(user.role),
            timezone=user.timezone,
            xp=standing.xp,
            streak_count=user.streak_count,
            longest_streak=user.longest_streak,
            last_login=user.last_login,
            leaderboard_opt_out=user.leaderboard_opt_out,
            email_verified=user.email_verified_at is not None,
            standing=standing,
        )

    async def change(self, learner: Learner, values: Mapping[str, object]) -> Profile:
        """Set `display_name`, `timezone` and `leaderboard_opt_out` as far as given (validated by the caller).

        Raises:
            UnknownUserError: the account was deleted meanwhile.
        """
        async with self._database.transaction() as session:
            user = await session.get(User, learner.id)
            if user is None:
                raise UnknownUserError
            for name in ("display_name", "timezone", "leaderboard_opt_out"):
                if name in values:
                    setattr(user, name, values[name])
        await self._sessions.forget_user(learner.id)
        return await self.get_profile(learner)
