"""Whose an external identity is: found again by issuer and subject, linked by verified e-mail address only."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import (
    AccountDisabledError,
    ClosedRegistrationError,
    EmailTakenError,
    LastCredentialError,
    OtherPersonError,
    UnconfirmedAccountError,
    UnknownIdentityError,
    UnknownUserError,
    UnverifiedEmailError,
)
from nexus_server.accounts.fields import clean_name, is_email, is_timezone, normalise_email
from nexus_server.accounts.oidc.proven_identity import ProvenIdentity
from nexus_server.accounts.oidc.settings import Provider
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.lookalikes import skeleton
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import ExternalIdentity, User

MAX_NAME_CHARS = 80


class Identities:
    """Links external identities to accounts, and finds the accounts by them."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock) -> None:
        """Join the parts."""
        self._database = database
        self._audit = audit
        self._clock = clock

    async def find_or_link(self, identity: ProvenIdentity, provider: Provider) -> User:
        """Return the account of a proven identity, which is linked or made when this is the first time.

        Raises:
            UnverifiedEmailError: it is not known yet, and the provider did not verify its e-mail address.
            AccountDisabledError: the address's account is disabled.
            UnconfirmedAccountError: the address's account never proved to own the address: it may be a trap.
            ClosedRegistrationError: the provider's newcomers get no accounts.
            EmailTakenError: an account has an address that looks the same.
        """
        user = await self._find(identity)
        if user is not None:
            return user
        email = _email_of(identity)
        try:
            return await self._link_by_email(identity, provider, email)
        except IntegrityError:
            # The same person came in twice at the same moment; the other one's row stands now.
            return await self._find(identity) or await self._link_by_email(identity, provider, email)

    async def link(self, learner: Learner, identity: ProvenIdentity, provider: Provider) -> None:
        """Link a proven identity to the account that somebody is logged in to; proves the account's address, too.

        Raises:
            UnverifiedEmailError: the provider did not verify its e-mail address.
            OtherPersonError: the address is not the account's, or the identity is linked to another account.
            UnknownUserError: the account was deleted meanwhile.
        """
        owner = await self._find(identity)
        if owner is not None and owner.id == learner.id:
            return
        if owner is not None or _email_of(identity) != learner.email:
            raise OtherPersonError
        try:
            async with self._database.transaction() as session:
                user = await session.get(User, learner.id)
                if user is None:
                    raise UnknownUserError
                user.email_verified_at = user.email_verified_at or self._clock.now()
                self._add(session, user, identity, provider)
        except IntegrityError as exc:
            raise OtherPersonError from exc

    async def list_own(self, learner: Learner) -> Sequence[ExternalIdentity]:
        """Return what is linked to an account, oldest first."""
        query = select(ExternalIdentity).where(ExternalIdentity.user_id == learner.id)
        async with self._database.transaction() as session:
            return (await session.scalars(query.order_by(ExternalIdentity.created_at, ExternalIdentity.id))).all()

    async def unlink(self, learner: Learner, identity_id: UUID) -> None:
        """Take an identity off an account.

        Raises:
            UnknownIdentityError: it is not linked to this account.
            LastCredentialError: there is neither a password nor another identity to log in with.
        """
        async with self._database.transaction() as session:
            user = await session.get(User, learner.id, with_for_update=True)
            identity = await session.get(ExternalIdentity, identity_id)
            if user is None or identity is None or identity.user_id != learner.id:
                raise UnknownIdentityError
            own = select(func.count()).where(ExternalIdentity.user_id == learner.id)
            if user.password_hash is None and await session.scalar(own) == 1:
                raise LastCredentialError
            self._audit.write(session, learner.id, "identity.unlink", "user", learner.id, provider=identity.provider)
            await session.delete(identity)

    async def _find(self, identity: ProvenIdentity) -> User | None:
        query = (
            select(User)
            .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
            .where(ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject)
        )
        async with self._database.transaction() as session:
            user: User | None = await session.scalar(query)
        return user

    async def _link_by_email(self, identity: ProvenIdentity, provider: Provider, email: str) -> User:
        async with self._database.transaction() as session:
            user = await session.scalar(select(User).where(User.email == email).with_for_update())
            if user is None:
                await _require_unlike(session, email)
                user = self._newcomer(identity, provider, email)
                session.add(user)
                await session.flush()
            elif user.disabled_at is not None:
                raise AccountDisabledError
            elif user.email_verified_at is None:
                raise UnconfirmedAccountError
            self._add(session, user, identity, provider)
        return user

    def _newcomer(self, identity: ProvenIdentity, provider: Provider, email: str) -> User:
        if not provider.register:
            raise ClosedRegistrationError
        now = self._clock.now()
        return User(
            id=uuid4(),
            email=email,
            display_name=clean_name(identity.name)[:MAX_NAME_CHARS].strip() or email.partition("@")[0],
            timezone=identity.timezone if is_timezone(identity.timezone) else "UTC",
            email_verified_at=now,
            created_at=now,
        )

    def _add(self, session: AsyncSession, user: User, identity: ProvenIdentity, provider: Provider) -> None:
        session.add(
            ExternalIdentity(
                user_id=user.id,
                provider=provider.name,
                issuer=identity.issuer,
                subject=identity.subject,
                created_at=self._clock.now(),
            )
        )
        self._audit.write(session, user.id, "identity.link", "user", user.id, provider=provider.name)


async def _require_unlike(session: AsyncSession, email: str) -> None:
    """Refuse a new address that looks like that of an account: one of them would be taken for the other.

    An account with the very address came in meanwhile: the same person's, whose row the caller finds by its conflict.
    """
    query = select(User.id).where(User.email_skeleton == skeleton(email), User.email != email)
    if await session.scalar(query) is not None:
        raise EmailTakenError("An account has an address that looks like this one.")


def _email_of(identity: ProvenIdentity) -> str:
    email = normalise_email(identity.email or "")
    if not is_email(email):
        raise UnverifiedEmailError
    return email
