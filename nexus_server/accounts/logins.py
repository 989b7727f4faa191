"""What logging in reads and writes: one statement before the password is hashed, one transaction after it.

Nothing but hashing should cost a server much when a class logs in at once. So what is usual, a learner who was here
today already, is one guarded insert; the day's first login, which moves the streak, goes the long way.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, select, update

from nexus_server.accounts.profile import PROFILE_COLUMNS, Profile, profile_of
from nexus_server.accounts.sessions import LOGIN_COLUMNS, TOKEN_COLUMNS, IssuedTokens, NewSession
from nexus_server.fast_paths.guarded import GuardedInsert
from nexus_server.learner import Learner
from nexus_server.standing.standing import with_badges
from nexus_server.standing.streaks import DAY, Streak, holds_unchanged, local_day
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuthSession, RefreshToken, User

#: made once: building a statement costs more than running it
_ACCOUNT = with_badges(
    select(*PROFILE_COLUMNS, User.password_hash, User.disabled_at, User.streak_day, User.streak_freezes).where(
        User.email == bindparam("email")
    )
)
_NOW = bindparam("now", type_=User.__table__.c.last_login.type)
#: what the password was compared with must still be so, and the streak as it was found must still hold
_OPEN = GuardedInsert(
    update(User)
    .where(
        User.id == bindparam("user_id"),
        User.password_hash == bindparam("hash"),
        User.disabled_at.is_(None),
        User.timezone == bindparam("zone"),
        User.streak_day >= bindparam("today"),
        User.last_login >= bindparam("a_day_ago"),
    )
    .values(last_login=case((User.last_login < _NOW, _NOW), else_=User.last_login)),
    [(AuthSession.__table__, LOGIN_COLUMNS), (RefreshToken.__table__, TOKEN_COLUMNS)],  # type: ignore[list-item]
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's row as a login needs it."""

    profile: Profile
    password_hash: str | None
    disabled_at: datetime | None
    streak: Streak

    @property
    def learner(self) -> Learner:
        """Whose it is; no session yet."""
        person = self.profile
        name, zone = person.display_name, person.timezone
        return Learner(person.id, person.email, name, person.role, zone, language=person.language)


@dataclass(frozen=True, slots=True)
class Login:
    """A session that was just opened; the profile is as it was when the password was asked for, or newer."""

    issued: IssuedTokens
    profile: Profile


async def find_account(database: Database, email: str) -> Account | None:
    """Return the account with an address (normalised), or None.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    rows = await database.read(lambda connection: connection.execute(_ACCOUNT, {"email": email}).all())
    if not rows:
        return None
    row: Any = rows[0]
    streak = Streak(row.streak_count, row.longest_streak, row.streak_day, row.last_login, row.streak_freezes)
    return Account(profile_of(rows), row.password_hash, row.disabled_at, streak)


async def open_again(database: Database, account: Account, new: NewSession, now: datetime) -> Login | None:
    """Write down the login of somebody who was here today already; None when more than that changes, or changed.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    person = account.profile
    if not holds_unchanged(account.streak, now, person.timezone):
        return None
    values = {
        "user_id": person.id,
        "hash": account.password_hash,
        "zone": person.timezone,
        "today": local_day(now, person.timezone),
        "a_day_ago": now - DAY,
        "now": now,
        **{f"auth_sessions_{name}": value for name, value in new.login.items()},
        **{f"refresh_tokens_{name}": value for name, value in new.token.items()},
    }
    if not await database.write_guarded(_OPEN, values):
        return None
    seen = max(now, person.last_login) if person.last_login else now
    return Login(new.issued, replace(person, last_login=seen))
