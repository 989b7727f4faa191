"""Accounts: registering, logging in, and the people's roles and states."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from nexus_server.accounts.activity import ActivityTracker
from nexus_server.accounts.errors import (
    AccountDisabledError,
    BadCredentialsError,
    EmailTakenError,
    UnknownUserError,
)
from nexus_server.accounts.fields import clean_name, normalise_email
from nexus_server.accounts.login_guard import LoginGuard, Visitor
from nexus_server.accounts.logins import Account, Login, find_account, open_again
from nexus_server.accounts.passwords import Passwords
from nexus_server.accounts.profile import Profiles
from nexus_server.accounts.sessions import SessionService, learner_of
from nexus_server.clock import Clock
from nexus_server.errors import NotFoundError
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User


@dataclass(frozen=True, slots=True)
class NewUser:
    """What a new account needs; e-mail and time zone are valid already."""

    email: str
    password: str
    display_name: str
    timezone: str = "UTC"
    role: Role = Role.STUDENT


class AccountService:
    """Registers people and lets them in."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionService,
        guard: LoginGuard,
        activity: ActivityTracker,
        *,
        profiles: Profiles,
        clock: Clock,
    ) -> None:
        """Join the parts."""
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._guard = guard
        self._activity = activity
        self._profiles = profiles
        self._clock = clock

    async def register(self, new: NewUser) -> Learner:
        """Make an account.

        Raises:
            WeakPasswordError: the password is too easy to guess.
            EmailTakenError: the address has an account already.
        """
        email = normalise_email(new.email)
        await self._passwords.check(new.password, email=email, display_name=new.display_name)
        user = User(
            email=email,
            password_hash=await self._passwords.hash(new.password),
            display_name=clean_name(new.display_name),
            timezone=new.timezone,
            role=new.role,
            created_at=self._clock.now(),
        )
        try:
            async with self._database.transaction() as session:
                session.add(user)
        except IntegrityError as exc:
            raise EmailTakenError from exc
        return learner_of(user)

    async def log_in(self, email: str, password: str, visitor: Visitor) -> Login:
        """Open a session; an unknown address fails in the same words and time as a wrong password.

        Raises:
            RateLimitedError: too many failures for this account, or from this address.
            BadCredentialsError: the address or the password is wrong.
            AccountDisabledError: both are right, but the account is disabled.
        """
        attempt = self._guard.attempt(normalise_email(email), visitor)
        await attempt.check()
        account = await find_account(self._database, normalise_email(email))
        if not await self._passwords.verify(account.password_hash if account else None, password) or account is None:
            await attempt.failed()
            raise BadCredentialsError
        # Guesses that arrive all at once pass the first look together: one that is right comes too late for them all.
        await attempt.check()
        if account.disabled_at is not None:
            raise AccountDisabledError
        fresh_hash = await self._fresh_hash(account.password_hash, password)
        new, now = self._sessions.draft(account.learner, user_agent=visitor.user_agent), self._clock.now()
        login = await open_again(self._database, account, new, now) if fresh_hash is None else None
        if login is not None:
            self._activity.recorded(account.profile.id, now)
            return login
        try:
            return await self._open_first(account, fresh_hash, visitor)
        except NotFoundError:  # deleted meanwhile
            raise BadCredentialsError from None

    async def _open_first(self, account: Account, fresh_hash: str | None, visitor: Visitor) -> Login:
        """Open the day's first session, or one of an account that changed since it was read."""
        async with self._activity.recording(self._database, account.profile.id) as session:
            user = await session.get_one(User, account.profile.id)
            if user.disabled_at is not None:
                raise AccountDisabledError
            if user.password_hash != account.password_hash:
                raise BadCredentialsError
            if fresh_hash is not None:
                user.password_hash = fresh_hash
            issued = self._sessions.open(session, user, user_agent=visitor.user_agent)
        return Login(issued, await self._profiles.get_profile(issued.learner))

    async def get_user(self, email: str) -> Learner:
        """Return the person with an address.

        Raises:
            UnknownUserError: there is none.
        """
        async with self._database.reading() as session:
            user = await session.scalar(select(User).where(User.email == normalise_email(email)))
        if user is None:
            raise UnknownUserError(f"There is no user {normalise_email(email)}.")
        return learner_of(user)

    async def has_admin(self) -> bool:
        """Whether somebody administers this platform."""
        async with self._database.reading() as session:
            return (await session.scalar(select(User.id).where(User.role == Role.ADMIN).limit(1))) is not None

    async def _fresh_hash(self, password_hash: str | None, password: str) -> str | None:
        if password_hash is None or not self._passwords.needs_rehash(password_hash):
            return None
        return await self._passwords.hash(password)
