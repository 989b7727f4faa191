"""A learner's profile: who they are to themselves, with what gamify knows about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, bindparam, select

from nexus_server.accounts.application import Application, application_of
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.sessions import SessionService
from nexus_server.languages import UserLanguage, find_language
from nexus_server.learner import Learner, Role
from nexus_server.standing.classes import students_without
from nexus_server.standing.standing import Standing, standing_of, with_badges
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, User

#: what a profile takes from its user's row
PROFILE_COLUMNS = (
    User.id,
    User.email,
    User.display_name,
    User.role,
    User.timezone,
    User.language,
    User.xp,
    User.streak_count,
    User.longest_streak,
    User.last_login,
    User.leaderboard_opt_out,
    User.leaderboard_name,
    User.id.not_in(students_without(Cohort.shows_boards, Cohort.shows_xp)).label("shows_boards"),
    User.id.not_in(students_without(Cohort.shows_xp)).label("shows_xp"),
    User.application,
    User.hints_by_themselves,
    User.no_ai,
    User.email_verified_at,
    User.password_hash.is_not(None).label("has_password"),
)
#: what is set as it is given
CHANGEABLE = ("display_name", "timezone", "leaderboard_opt_out", "application", "hints_by_themselves", "no_ai")
#: made once: building a statement costs more than running it
_PROFILE = with_badges(select(*PROFILE_COLUMNS).where(User.id == bindparam("user_id")))

_APPLICATION = select(User.application).where(User.id == bindparam("user_id"))


@dataclass(frozen=True, slots=True)
class Profile:
    """What GET /me shows."""

    id: UUID
    email: str
    display_name: str
    role: Role
    timezone: str
    #: the language that the person chose; None: as the browser asks
    language: UserLanguage | None
    xp: int
    streak_count: int
    longest_streak: int
    last_login: datetime | None
    leaderboard_opt_out: bool
    #: what leaderboards call the learner; empty: the display name
    leaderboard_name: str
    #: whether the learner's classes have leaderboards, and show XP
    shows_boards: bool
    shows_xp: bool
    #: where a login leads that was asked for no page
    application: Application
    #: whether a failed cell is explained without a click
    hints_by_themselves: bool
    no_ai: bool
    email_verified: bool
    #: whether there is one to log in with; people who came through a provider may have none
    has_password: bool
    standing: Standing


class Profiles:
    """Reads and changes profiles."""

    def __init__(self, database: Database, sessions: SessionService, boards: BoardKeeper) -> None:
        """Read and change in `database`; `sessions` and `boards` hear of changes."""
        self._database = database
        self._sessions = sessions
        self._boards = boards

    async def get_profile(self, learner: Learner) -> Profile:
        """Return a learner's own profile.

        Raises:
            UnknownUserError: the account was deleted meanwhile.
        """
        rows = await self._database.read(lambda connection: connection.execute(_PROFILE, {"user_id": learner.id}).all())
        if not rows:
            raise UnknownUserError
        return profile_of(rows)

    async def find_application(self, learner: Learner) -> Application:
        """Return where a learner's login leads; for an account that was deleted meanwhile, what its role says."""
        chosen = await self._database.read(
            lambda connection: connection.execute(_APPLICATION, {"user_id": learner.id}).scalar()
        )
        return application_of(learner.role, chosen)

    async def change(self, learner: Learner, values: Mapping[str, object]) -> Profile:
        """Set what is given of name, time zone, language, boards, application and hints (validated by the caller).

        Raises:
            UnknownUserError: the account was deleted meanwhile.
        """
        async with self._database.transaction() as session:
            user = await session.get(User, learner.id)
            if user is None:
                raise UnknownUserError
            for name in CHANGEABLE:
                if name in values:
                    setattr(user, name, values[name])
            if "language" in values:
                user.language = str(values["language"]) or None
            if "leaderboard_name" in values:
                _rename_on_boards(user, str(values["leaderboard_name"]))
        await self._sessions.forget_user(learner.id)
        if "leaderboard_opt_out" in values or "leaderboard_name" in values:
            await self._boards.put_scores(learner.id)
        return await self.get_profile(learner)


def _rename_on_boards(user: User, name: str) -> None:
    """Give the person another name on leaderboards, with an id that leads to nobody; an empty one ends that."""
    if name != (user.leaderboard_name or ""):
        user.leaderboard_name = name or None
        user.leaderboard_alias = uuid4() if name else None


def profile_of(rows: Sequence[Row[*tuple[Any, ...]]]) -> Profile:
    """Return the profile in the rows of a statement of PROFILE_COLUMNS `with_badges`; there is one at least."""
    user = rows[0]
    standing = standing_of(user.xp, rows)
    role = Role(user.role)
    return Profile(
        id=user.id,
        email=user.email,
        display_name=user.display_name,
        role=role,
        timezone=user.timezone,
        language=find_language(user.language),
        xp=standing.xp,
        streak_count=user.streak_count,
        longest_streak=user.longest_streak,
        last_login=user.last_login,
        leaderboard_opt_out=user.leaderboard_opt_out,
        leaderboard_name=user.leaderboard_name or "",
        shows_boards=user.shows_boards,
        shows_xp=user.shows_xp,
        application=application_of(role, user.application),
        hints_by_themselves=user.hints_by_themselves,
        no_ai=user.no_ai,
        email_verified=user.email_verified_at is not None,
        has_password=user.has_password,
        standing=standing,
    )
