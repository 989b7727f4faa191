"""Logins: opened with a password, kept by rotating refresh tokens, ended by revoking the whole family."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.access_tokens import AccessClaims, AccessTokens
from nexus_server.accounts.errors import BadRefreshTokenError
from nexus_server.accounts.opaque_tokens import hash_token, new_token
from nexus_server.accounts.session_cache import LiveSession, SessionCache
from nexus_server.accounts.session_watch import SessionWatch
from nexus_server.accounts.settings import AccountSettings
from nexus_server.clock import Clock
from nexus_server.languages import find_language
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuthSession, RefreshToken, User

#: made once: building a statement costs more than running it
_LIVE = (
    select(User.id, User.email, User.display_name, User.role, User.timezone, User.language, AuthSession.expires_at)
    .join(AuthSession, AuthSession.user_id == User.id)
    .where(AuthSession.id == bindparam("session_id"), AuthSession.revoked_at.is_(None), User.disabled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What a login or a refresh hands out."""

    learner: Learner
    access_token: str
    refresh_token: str
    expires_in_s: int
    #: when the session ends unless it is refreshed
    session_expires_at: datetime


#: what a new session's row and its first token's row are made of
LOGIN_COLUMNS = ("id", "user_id", "created_at", "last_used_at", "expires_at", "user_agent")
TOKEN_COLUMNS = ("id", "session_id", "token_hash", "created_at", "expires_at")


@dataclass(frozen=True, slots=True)
class NewSession:
    """A login that is not written down yet: the rows (LOGIN_COLUMNS, TOKEN_COLUMNS), and what to hand out then."""

    login: Mapping[str, Any]
    token: Mapping[str, Any]
    issued: IssuedTokens


@dataclass(frozen=True, slots=True)
class Credential:
    """A valid access token, and whose it is."""

    learner: Learner
    claims: AccessClaims


def learner_of(user: User, session_id: UUID | None = None) -> Learner:
    """Return the identity of a user's row."""
    role, language = Role(user.role), find_language(user.language)
    return Learner(user.id, user.email, user.display_name, role, user.timezone, session_id, language)


class SessionService:
    """Opens, refreshes, reads and ends sessions."""

    def __init__(
        self,
        database: Database,
        tokens: AccessTokens,
        cache: SessionCache,
        watch: SessionWatch,
        *,
        settings: AccountSettings,
        clock: Clock,
    ) -> None:
        """Join the parts."""
        self._database = database
        self._tokens = tokens
        self._cache = cache
        self._watch = watch
        self._clock = clock
        self._idle = timedelta(days=settings.session_idle_days)
        self._lifetime = timedelta(days=settings.session_lifetime_days)
        self._grace = timedelta(seconds=settings.refresh_grace_s)

    def draft(self, learner: Learner, *, user_agent: str = "") -> NewSession:
        """Return a new login of a learner, for whoever writes its rows."""
        now, login_id = self._clock.now(), uuid4()
        login = {
            "id": login_id,
            "user_id": learner.id,
            "created_at": now,
            "last_used_at": now,
            "expires_at": now + self._idle,
            "user_agent": user_agent[:200],
        }
        token, issued = self._issue(replace(learner, session_id=login_id), login_id, now + self._idle)
        return NewSession(login, token, issued)

    def open(self, session: AsyncSession, user: User, *, user_agent: str = "") -> IssuedTokens:
        """Begin a login of `user` in the caller's transaction."""
        new = self.draft(learner_of(user), user_agent=user_agent)
        session.add_all([AuthSession(**new.login), RefreshToken(**new.token)])
        return new.issued

    async def refresh(self, refresh_token: str) -> IssuedTokens:
        """Exchange a refresh token for its child and a fresh access token.

        A token used before is taken again only within the grace and only while no child of it was used; anything else
        means that two parties hold the family, and ends it.

        Raises:
            BadRefreshTokenError: the token is unknown, used up, or its session is over.
        """
        async with self._database.transaction() as session:
            found = await self._find_token(session, refresh_token)
            if found is None:
                raise BadRefreshTokenError
            token, login, user = found
            if await self._may_refresh(session, token):
                return self._rotate(session, token, login, user)
            self._mark_revoked(login, "refresh_token_reused")
        await self._announce_end(login.id)
        raise BadRefreshTokenError

    async def enter(self, refresh_token: str) -> IssuedTokens | None:
        """Let somebody in again by a refresh token, which stays theirs; only the stamps of activity move.

        None: the token is unknown or used up, or its session is over. Nothing ends by that.
        """
        async with self._database.transaction() as session:
            found = await self._find_token(session, refresh_token)
            if found is None or not await self._may_refresh(session, found[0]):
                return None
            token, login, user = found
            token.expires_at = self._stamp(login)
            learner = learner_of(user, login.id)
        return IssuedTokens(
            learner=learner,
            access_token=self._tokens.issue(learner.id, login.id),
            refresh_token=refresh_token,
            expires_in_s=int(self._tokens.lifetime.total_seconds()),
            session_expires_at=login.expires_at,
        )

    def find_user_id(self, access_token: str) -> UUID | None:
        """Return whose token it is by its signature alone, for counting; the login may have ended meanwhile."""
        claims = self._tokens.read(access_token)
        return claims.user_id if claims is not None else None

    async def find_credential(self, access_token: str) -> Credential | None:
        """Return who presents an access token, or None when the token or its session is not valid."""
        claims = self._tokens.read(access_token)
        if claims is None:
            return None
        live = await self.find_live(claims.session_id)
        if live is None or live.learner.id != claims.user_id:
            return None
        return Credential(live.learner, claims)

    async def find_live(self, session_id: UUID) -> LiveSession | None:
        """Return a session that is neither revoked nor over, and whose user is not disabled."""
        live = await self._cache.find(session_id)
        if live is None:
            live = await self._read(session_id)
            if live is None:
                return None
            await self._cache.remember(session_id, live)
        return live if live.expires_at > self._clock.now() else None

    def renew(self, claims: AccessClaims) -> str:
        """Return a fresh access token for a credential that was just found valid."""
        return self._tokens.issue(claims.user_id, claims.session_id)

    def wants_renewal(self, claims: AccessClaims) -> bool:
        """Whether more than half of an access token's life is over."""
        return claims.expires_at - self._clock.now() < self._tokens.lifetime / 2

    async def revoke(self, session_id: UUID, reason: str) -> None:
        """End one session; effective within a second everywhere."""
        async with self._database.transaction() as session:
            await session.execute(
                update(AuthSession)
                .where(AuthSession.id == session_id, AuthSession.revoked_at.is_(None))
                .values(revoked_at=self._clock.now(), revoked_reason=reason)
            )
        await self._announce_end(session_id)

    async def revoke_by_token(self, refresh_token: str, reason: str) -> None:
        """End the session that a refresh token belongs to, if there is one."""
        async with self._database.reading() as session:
            session_id = await session.scalar(
                select(RefreshToken.session_id).where(RefreshToken.token_hash == hash_token(refresh_token))
            )
        if session_id is not None:
            await self.revoke(session_id, reason)

    async def revoke_all(self, user_id: UUID, reason: str, *, keep: UUID | None = None) -> None:
        """End every session of a user, `keep` excepted."""
        async with self._database.transaction() as session:
            ended = await session.scalars(
                update(AuthSession)
                .where(AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None), AuthSession.id != keep)
                .values(revoked_at=self._clock.now(), revoked_reason=reason)
                .returning(AuthSession.id)
            )
            ids = list(ended)
        for session_id in ids:
            await self._announce_end(session_id)

    async def forget_user(self, user_id: UUID) -> None:
        """Make a change of a user's role, name or state visible to their open sessions at once."""
        async with self._database.reading() as session:
            ids = await session.scalars(
                select(AuthSession.id).where(AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None))
            )
        for session_id in ids.all():
            await self._cache.forget(session_id)

    async def _find_token(
        self, session: AsyncSession, refresh_token: str
    ) -> tuple[RefreshToken, AuthSession, User] | None:
        now = self._clock.now()
        row = (
            await session.execute(
                select(RefreshToken, AuthSession, User)
                .join(AuthSession, AuthSession.id == RefreshToken.session_id)
                .join(User, User.id == AuthSession.user_id)
                .where(RefreshToken.token_hash == hash_token(refresh_token))
                .with_for_update(of=AuthSession)
            )
        ).one_or_none()
        if row is None:
            return None
        token, login, user = row
        # A second refresh waited for the first one's lock: what it read before may be old.
        await session.refresh(token)
        is_over = login.revoked_at is not None or login.expires_at <= now or token.expires_at <= now
        return None if is_over or user.disabled_at is not None else (token, login, user)

    async def _may_refresh(self, session: AsyncSession, token: RefreshToken) -> bool:
        if token.used_at is None:
            return True
        if self._clock.now() - token.used_at > self._grace:
            return False
        used_child = await session.scalar(
            select(RefreshToken.id)
            .where(RefreshToken.parent_id == token.id, RefreshToken.used_at.is_not(None))
            .limit(1)
        )
        return used_child is None

    def _stamp(self, login: AuthSession) -> datetime:
        """Note that a session is used now, and return until when it lives."""
        login.last_used_at = now = self._clock.now()
        login.expires_at = min(now + self._idle, login.created_at + self._lifetime)
        return login.expires_at

    def _rotate(self, session: AsyncSession, token: RefreshToken, login: AuthSession, user: User) -> IssuedTokens:
        token.used_at = token.used_at or self._clock.now()
        self._stamp(login)
        child, issued = self._issue(learner_of(user, login.id), login.id, login.expires_at)
        session.add(RefreshToken(**child, parent_id=token.id))
        return issued

    def _issue(
        self, learner: Learner, session_id: UUID, expires_at: datetime
    ) -> tuple[Mapping[str, Any], IssuedTokens]:
        """Return the row of a new refresh token, and what to hand out with it."""
        refresh_token = new_token()
        row = {
            "id": uuid4(),
            "session_id": session_id,
            "token_hash": hash_token(refresh_token),
            "created_at": self._clock.now(),
            "expires_at": expires_at,
        }
        return row, IssuedTokens(
            learner=learner,
            access_token=self._tokens.issue(learner.id, session_id),
            refresh_token=refresh_token,
            expires_in_s=int(self._tokens.lifetime.total_seconds()),
            session_expires_at=expires_at,
        )

    def _mark_revoked(self, login: AuthSession, reason: str) -> None:
        login.revoked_at = self._clock.now()
        login.revoked_reason = reason

    async def _announce_end(self, session_id: UUID) -> None:
        await self._cache.forget(session_id)
        self._watch.end(session_id)

    async def _read(self, session_id: UUID) -> LiveSession | None:
        row = await self._database.read(
            lambda connection: connection.execute(_LIVE, {"session_id": session_id}).one_or_none()
        )
        if row is None:
            return None
        user_id, email, name, role, timezone, language, expires_at = row
        learner = Learner(user_id, email, name, Role(role), timezone, session_id, find_language(language))
        return LiveSession(learner, expires_at)
