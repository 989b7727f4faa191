"""Single-use tokens sent by mail: to prove an address, or to choose a new password."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.errors import BadOneTimeTokenError
from nexus_server.accounts.opaque_tokens import hash_token, new_token
from nexus_server.clock import Clock
from nexus_server.store.models.accounts import OneTimeToken


class Purpose(StrEnum):
    """What a token is good for; it is good for nothing else."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a purpose


LIFETIME = {Purpose.VERIFY_EMAIL: timedelta(days=3), Purpose.RESET_PASSWORD: timedelta(hours=1)}


class OneTimeTokens:
    """Makes and redeems tokens in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        """Take the time from `clock`."""
        self._clock = clock

    async def make(self, session: AsyncSession, user_id: UUID, purpose: Purpose) -> str:
        """Return a new token; earlier ones for the same purpose are worthless from now on."""
        now = self._clock.now()
        await session.execute(
            delete(OneTimeToken).where(OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose)
        )
        token = new_token()
        session.add(
            OneTimeToken(
                user_id=user_id,
                purpose=purpose,
                token_hash=hash_token(token),
                created_at=now,
                expires_at=now + LIFETIME[purpose],
            )
        )
        return token

    async def redeem(self, session: AsyncSession, token: str, purpose: Purpose) -> UUID:
        """Use a token up and return whose it was.

        Raises:
            BadOneTimeTokenError: it is unknown, used, over, or for another purpose.
        """
        now = self._clock.now()
        user_id: UUID | None = await session.scalar(
            update(OneTimeToken)
            .where(
                OneTimeToken.token_hash == hash_token(token),
                OneTimeToken.purpose == purpose,
                OneTimeToken.used_at.is_(None),
                OneTimeToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(OneTimeToken.user_id)
        )
        if user_id is None:
            raise BadOneTimeTokenError
        return user_id
