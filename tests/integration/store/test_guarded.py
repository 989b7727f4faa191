"""A guarded insert on both databases: everything or nothing, in one step."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, event, func, select, update
from sqlalchemy.exc import IntegrityError

from nexus_server.fast_paths.guarded import GuardedInsert
from nexus_server.store.database import Database, DatabaseUnavailableError
from nexus_server.store.models.accounts import AuthSession, RefreshToken, User

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TABLES: list[Any] = [
    (AuthSession.__table__, ("id", "user_id", "created_at", "last_used_at", "expires_at", "user_agent")),
    (RefreshToken.__table__, ("id", "session_id", "token_hash", "created_at", "expires_at")),
]
INSERT = GuardedInsert(
    update(User).where(User.id == bindparam("user_id"), User.disabled_at.is_(None)).values(last_login=bindparam("now")),
    TABLES,
)


async def add_user(database: Database) -> User:
    user = User(email=f"{uuid4().hex}@example.org", display_name="Ada")
    async with database.transaction() as session:
        session.add(user)
    return user


def values_for(user: User, user_agent: str = "", token_hash: str = "") -> dict[str, Any]:
    session_id, until = uuid4(), NOW + timedelta(days=1)
    login = {"id": session_id, "user_id": user.id, "created_at": NOW, "last_used_at": NOW, "expires_at": until}
    token = {"id": uuid4(), "session_id": session_id, "token_hash": token_hash or uuid4().hex, "created_at": NOW}
    return {
        "user_id": user.id,
        "now": NOW,
        **{f"auth_sessions_{name}": value for name, value in {**login, "user_agent": user_agent}.items()},
        **{f"refresh_tokens_{name}": value for name, value in {**token, "expires_at": until}.items()},
    }


async def rows(database: Database, user: User) -> tuple[int, int, datetime | None]:
    """Return how many sessions and tokens a user has, and the last login."""
    async with database.reading() as session:
        sessions = await session.scalar(select(func.count()).where(AuthSession.user_id == user.id))
        tokens = await session.scalar(
            select(func.count(RefreshToken.id)).join(AuthSession).where(AuthSession.user_id == user.id)
        )
        return sessions or 0, tokens or 0, await session.scalar(select(User.last_login).where(User.id == user.id))


async def test_rows_are_written_where_the_guard_finds_its_row(database: Database) -> None:
    user = await add_user(database)
    values = values_for(user, "a browser\x00 of sorts")
    assert await database.write_guarded(INSERT, values)
    assert await rows(database, user) == (1, 1, NOW)
    async with database.reading() as session:
        found = await session.get_one(AuthSession, values["auth_sessions_id"])
    assert (found.user_id, found.user_agent) == (user.id, "a browser\ufffd of sorts")
    assert (found.expires_at, found.revoked_at) == (NOW + timedelta(days=1), None)


async def test_nothing_is_written_where_it_does_not(database: Database) -> None:
    user = await add_user(database)
    async with database.transaction() as session:
        await session.execute(update(User).where(User.id == user.id).values(disabled_at=NOW))
    assert not await database.write_guarded(INSERT, values_for(user))
    assert await rows(database, user) == (0, 0, None)


async def test_nothing_is_written_when_a_later_statement_fails(database: Database) -> None:
    ada, eve = await add_user(database), await add_user(database)
    assert await database.write_guarded(INSERT, values_for(ada, token_hash="same"))
    with pytest.raises(IntegrityError):
        await database.write_guarded(INSERT, values_for(eve, token_hash="same"))
    assert await rows(database, eve) == (0, 0, None)
    assert await database.write_guarded(INSERT, values_for(eve)), "the connection is as good as before"


async def test_it_waits_for_no_transaction_of_its_own(database: Database) -> None:
    user = await add_user(database)
    begun: list[object] = []
    event.listen(database.engine.sync_engine, "begin", begun.append)
    assert await database.write_guarded(INSERT, values_for(user))
    assert bool(begun) == (not database.fast_paths)


async def test_a_database_that_is_away_is_said_to_be(tmp_path: Any) -> None:
    user = User(id=uuid4())
    for url in (f"sqlite:///{tmp_path}", "postgresql://nobody@127.0.0.1:1/nothing"):
        database = Database(url, pool_timeout_s=0.1)
        with pytest.raises(DatabaseUnavailableError):
            await database.write_guarded(INSERT, values_for(user))
        await database.close()
