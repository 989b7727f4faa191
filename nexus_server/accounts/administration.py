"""What admins do with people's accounts; every change is audited and effective at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import LastAdminError, UnknownUserError
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.permissions import Permission, require
from nexus_server.accounts.sessions import SessionService
from nexus_server.clock import Clock
from nexus_server.learner import Learner, Role
from nexus_server.paging import Page, Position, cut
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.paging import newest_first


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which people to list; None means all. `text` is part of a name or an address."""

    text: str | None = None
    role: Role | None = None
    disabled: bool | None = None
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change; None leaves it."""

    role: Role | None = None
    disabled: bool | None = None


class Administration:
    """Lists and changes accounts, for admins and for the command line."""

    def __init__(
        self, database: Database, sessions: SessionService, audit: AuditLog, clock: Clock, boards: BoardKeeper
    ) -> None:
        """Join the parts; `boards` hear of who is disabled."""
        self._boards = boards
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._clock = clock

    async def list_users(self, admin: Learner, wanted: UserFilter, *, limit: int) -> Page[User]:
        """Return people, newest first.

        Raises:
            ForbiddenError: only admins may.
        """
        require(admin, Permission.MANAGE_USERS)
        query = select(User)
        if wanted.text:
            text = wanted.text.lower()
            columns = (User.email, func.lower(User.display_name))
            query = query.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
        if wanted.role is not None:
            query = query.where(User.role == wanted.role)
        if wanted.disabled is not None:
            query = query.where(User.disabled_at.is_not(None) if wanted.disabled else User.disabled_at.is_(None))
        query = newest_first(query, User.created_at, User.id, after=wanted.after, limit=limit)
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
        return cut(rows, limit, lambda row: Position(row.created_at, row.id), lambda row: row)

    async def get_user(self, admin: Learner, user_id: UUID) -> User:
        """Return a person.

        Raises:
            ForbiddenError: only admins may.
            UnknownUserError: there is no such person.
        """
        require(admin, Permission.MANAGE_USERS)
        async with self._database.reading() as session:
            return await _get(session, user_id)

    async def change_user(self, admin: Learner | None, user_id: UUID, change: UserChange) -> User:
        """Change a person's role or state; `admin` is None for the command line.

        Raises:
            ForbiddenError: only admins may.
            UnknownUserError: there is no such person.
            LastAdminError: nobody would be left to undo it.
        """
        if admin is not None:
            require(admin, Permission.MANAGE_USERS)
        actor_id = admin.id if admin else None
        async with self._database.transaction() as session:
            user = await _get(session, user_id, lock=True)
            if await self._removes_last_admin(session, user, change):
                raise LastAdminError
            self._apply(session, actor_id, user, change)
        await self._sessions.forget_user(user_id)
        if change.disabled:
            await self._sessions.revoke_all(user_id, "disabled")
        if change.disabled is not None:
            await self._boards.put_scores(user_id)
        return user

    def _apply(self, session: AsyncSession, actor_id: UUID | None, user: User, change: UserChange) -> None:
        if change.role is not None and change.role != user.role:
            self._audit.write(session, actor_id, "user.role", "user", user.id, before=user.role, after=change.role)
            user.role = change.role
        if change.disabled is not None and change.disabled != (user.disabled_at is not None):
            self._audit.write(session, actor_id, "user.disable" if change.disabled else "user.enable", "user", user.id)
            user.disabled_at = self._clock.now() if change.disabled else None

    async def _removes_last_admin(self, session: AsyncSession, user: User, change: UserChange) -> bool:
        loses_role = change.role is not None and change.role is not Role.ADMIN
        if user.role != Role.ADMIN or not (loses_role or change.disabled):
            return False
        return await count_active_admins(session, but=user.id) == 0


async def count_active_admins(session: AsyncSession, *, but: UUID) -> int:
    """Return how many admins can log in, one person left out; their rows stay locked until the transaction ends."""
    query = select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None), User.id != but)
    return len((await session.scalars(query.order_by(User.id).with_for_update())).all())


async def _get(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> User:
    user = await session.get(User, user_id, with_for_update=True if lock else None)
    if user is None:
        raise UnknownUserError
    return user
