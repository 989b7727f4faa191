"""Proving an address, choosing a new password by mail, and changing it while logged in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import AccountDisabledError, BadCredentialsError, UnknownUserError
from nexus_server.accounts.fields import normalise_email
from nexus_server.accounts.mail import Mailer
from nexus_server.accounts.one_time_tokens import OneTimeTokens, Purpose
from nexus_server.accounts.passwords import Passwords
from nexus_server.accounts.permissions import Permission, require
from nexus_server.accounts.sessions import SessionService
from nexus_server.clock import Clock
from nexus_server.languages import UserLanguage, find_language, translate
from nexus_server.learner import Learner
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.tasks import once

VERIFY_SUBJECT = gettext_noop("Confirm your e-mail address")
VERIFY_TEXT = gettext_noop("""\
Hello {name},

please confirm that this is your e-mail address:

{link}

The link works once, for three days. If you did not register at NexusAI, ignore this mail.
""")
RESET_SUBJECT = gettext_noop("Choose a new password")
RESET_TEXT = gettext_noop("""\
Hello {name},

somebody, hopefully you, asked for a new password. Choose it here:

{link}

The link works once, for one hour. If you did not ask for it, ignore this mail: nothing has changed.
""")
CHANGED_SUBJECT = gettext_noop("Your password was changed")
CHANGED_TEXT = gettext_noop("""\
Hello {name},

the password of your NexusAI account was just changed. If that was not you, reset it at once:

{link}
""")


class Recovery:
    """Everything that goes through somebody's mailbox. A `Background`."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionService,
        mailer: Mailer,
        audit: AuditLog,
        *,
        clock: Clock,
        public_url: str,
    ) -> None:
        """Join the parts; links in mails begin with `public_url`."""
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._mailer = mailer
        self._audit = audit
        self._clock = clock
        self._tokens = OneTimeTokens(clock)
        self._public_url = public_url.rstrip("/")
        self._under_way: set[asyncio.Task[None]] = set()

    def ask_verification(self, user_id: UUID, language: UserLanguage = UserLanguage.ENGLISH) -> None:
        """Send a link that proves the address, in the background, unless it is proven already."""
        self._soon(lambda: self._send_verification(user_id, language))

    def ask_reset(self, email: str, language: UserLanguage = UserLanguage.ENGLISH) -> None:
        """Send a link to choose a new password, if somebody has this address.

        All of it happens in the background: neither the reply nor its time tells whether the address is known.
        """
        self._soon(lambda: self._send_reset(normalise_email(email), language))

    async def offer_reset(self, admin: Learner, user_id: UUID) -> str:
        """Mail a person a link to choose a new password, because an admin says so; return the address.

        Raises:
            ForbiddenError: only admins may.
            UnknownUserError: there is no such person.
            AccountDisabledError: a new password would not let this person in.
        """
        require(admin, Permission.MANAGE_USERS)
        async with self._database.transaction() as session:
            user = await self._user_of(session, user_id)
            if user.disabled_at is not None:
                raise AccountDisabledError("This account is disabled: enable it first.")
            token = await self._tokens.make(session, user.id, Purpose.RESET_PASSWORD)
            self._audit.write(session, admin.id, "password.reset_offered", "user", user.id)
        await self._post(user, RESET_SUBJECT, RESET_TEXT, f"/nexus/reset-password#token={token}")
        return user.email

    async def verify_email(self, token: str) -> None:
        """Mark the address of a mailed token as proven.

        Raises:
            BadOneTimeTokenError: the token is unknown, used or over.
        """
        async with self._database.transaction() as session:
            user_id = await self._tokens.redeem(session, token, Purpose.VERIFY_EMAIL)
            await session.execute(
                update(User)
                .where(User.id == user_id, User.email_verified_at.is_(None))
                .values(email_verified_at=self._clock.now())
            )

    async def reset_password(self, token: str, password: str) -> None:
        """Set a new password by a mailed token, which proves the address too, and end every session.

        Raises:
            BadOneTimeTokenError: the token is unknown, used or over.
            WeakPasswordError: the password is too easy to guess; the token may be used again.
        """
        async with self._database.transaction() as session:
            user = await self._user_of(session, await self._tokens.redeem(session, token, Purpose.RESET_PASSWORD))
            # rolled back together with the token when the password is refused
            await self._passwords.check(password, email=user.email, display_name=user.display_name)
        password_hash = await self._passwords.hash(password)
        async with self._database.transaction() as session:
            now = self._clock.now()
            await session.execute(
                update(User)
                .where(User.id == user.id)
                .values(password_hash=password_hash, email_verified_at=user.email_verified_at or now)
            )
            self._audit.write(session, user.id, "password.reset", "user", user.id)
        await self._sessions.revoke_all(user.id, "password_reset")
        await self._tell_changed(user)

    async def change_password(self, learner: Learner, current: str, new: str) -> None:
        """Set a new password and end every other session.

        Raises:
            BadCredentialsError: the current password is wrong.
            WeakPasswordError: the new one is too easy to guess.
        """
        async with self._database.reading() as session:
            user = await self._user_of(session, learner.id)
        if not await self._passwords.verify(user.password_hash, current):
            raise BadCredentialsError("The current password is wrong.")
        await self._passwords.check(new, email=user.email, display_name=user.display_name)
        password_hash = await self._passwords.hash(new)
        async with self._database.transaction() as session:
            await session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
            self._audit.write(session, user.id, "password.change", "user", user.id)
        await self._sessions.revoke_all(user.id, "password_change", keep=learner.session_id)
        await self._tell_changed(user)

    async def start(self) -> None:
        """Begin to send mail."""
        await self._mailer.start()

    async def stop(self) -> None:
        """Finish the mails under way, then stop."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._mailer.stop()

    def _soon(self, work: Callable[[], Awaitable[None]]) -> None:
        task = once("recovery-mail", work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send_verification(self, user_id: UUID, language: UserLanguage) -> None:
        async with self._database.transaction() as session:
            user = await session.get(User, user_id)
            if user is None or user.email_verified_at is not None:
                return
            token = await self._tokens.make(session, user.id, Purpose.VERIFY_EMAIL)
        await self._post(user, VERIFY_SUBJECT, VERIFY_TEXT, f"/nexus/verify-email#token={token}", language)

    async def _send_reset(self, email: str, language: UserLanguage) -> None:
        async with self._database.transaction() as session:
            user = await session.scalar(select(User).where(User.email == email))
            if user is None or user.disabled_at is not None:
                return
            token = await self._tokens.make(session, user.id, Purpose.RESET_PASSWORD)
        await self._post(user, RESET_SUBJECT, RESET_TEXT, f"/nexus/reset-password#token={token}", language)

    async def _tell_changed(self, user: User) -> None:
        with suppress(OSError):  # a full disk must not undo what is done already
            await self._post(user, CHANGED_SUBJECT, CHANGED_TEXT, "/nexus/reset-password")

    async def _post(
        self, user: User, subject: str, text: str, path: str, language: UserLanguage = UserLanguage.ENGLISH
    ) -> None:
        """Send a mail in the language that its reader chose, else in that of who asked for it."""
        said = find_language(user.language) or language
        # The token is in the fragment, which browsers do not send: it never reaches a log or a proxy.
        link = f"{self._public_url}{path}"
        words = phrase(text, name=user.display_name, link=link)
        await self._mailer.post(user.email, translate(subject, said), translate(words, said))

    async def _user_of(self, session: AsyncSession, user_id: UUID) -> User:
        user = await session.get(User, user_id)
        if user is None:
            raise UnknownUserError
        return user
