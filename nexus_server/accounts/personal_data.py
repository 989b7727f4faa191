"""A person's right to take their data along, and to be forgotten."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Column, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.administration import count_active_admins
from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import LastAdminError, UnknownUserError
from nexus_server.accounts.mail import Mailer
from nexus_server.accounts.sessions import SessionService
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models import Base
from nexus_server.store.models.accounts import AuditEntry, User
from nexus_server.store.models.exams import ExamSitting

#: what the audit log calls it
DELETION = "user.delete"
#: what proves identity is not personal data to take along
SECRET_COLUMNS = frozenset({"password_hash", "token_hash"})
#: rows in which somebody else's person is the point
OTHERS_TABLES = frozenset({"reports"})
#: what says how an exam went, in the rows of its lab; left out until its results are released
RESULT_COLUMNS: Mapping[str, frozenset[str]] = {
    "submissions": frozenset(
        {
            "score",
            "max_score",
            "needs_manual",
            "reason",
            "late_penalty",
            "results",
            "feedback",
            "provenance",
            "xp_awarded",
        }
    ),
    "hand_answers": frozenset({"points", "max_points", "comment", "items"}),
    "step_marks": frozenset({"share"}),
}


#: reads what is worked out for a person and kept in no table: dataclasses
SummaryReader = Callable[[Learner], Awaitable[Sequence[Any]]]


class Eraser(Protocol):
    """Forgets a person outside the database: workspaces, kernels, leaderboards."""

    async def erase(self, user_id: UUID) -> None:
        """Forget; called after the account's rows are gone."""
        ...


class PersonalData:
    """Exports and deletes."""

    def __init__(
        self,
        database: Database,
        sessions: SessionService,
        audit: AuditLog,
        mailer: Mailer,
        erasers: Iterable[Eraser] = (),
    ) -> None:
        """`erasers` remove what other domains keep of a deleted account."""
        self._mailer = mailer
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._erasers = list(erasers)
        self._summaries: dict[str, SummaryReader] = {}

    def add_eraser(self, eraser: Eraser) -> None:
        """Let one more domain remove what it keeps: Jupyter's managers are joined after the accounts are built."""
        self._erasers.append(eraser)

    def add_summary(self, name: str, read: SummaryReader) -> None:
        """Let one more domain add to exports what it works out from the rows, by a name of its own."""
        self._summaries[name] = read

    async def export(self, learner: Learner) -> AsyncIterator[str]:
        """Yield the pieces of one JSON object: a list of rows for each table that knows the learner, and the summaries.

        Results of exams that are not released are left out; `not_released` names the fields.
        """
        opening = "{\n"
        async with self._database.snapshot() as session:
            held = await _held_labs(session, learner.id)
            for table, column in personal_columns():
                yield f'{opening}"{table.name}.{column.name}": ['
                opening = ",\n"
                separator = ""
                async for row in _rows(session, table, column, learner.id):
                    if table.name in RESULT_COLUMNS and row["node_id"] in held:
                        _withhold(row, RESULT_COLUMNS[table.name])
                    yield f"{separator}\n{json.dumps(row, default=_plain)}"
                    separator = ","
                yield "]"
        for name, read in self._summaries.items():
            rows = [asdict(row) for row in await read(learner)]
            yield f'{opening}"{name}": {json.dumps(rows, default=_plain)}'
        yield "\n}\n"

    async def delete(self, learner: Learner) -> None:
        """Delete an account and everything that hangs on it. What stays: docs/explanation/accounts.md.

        Raises:
            UnknownUserError: it is gone already.
            LastAdminError: nobody would be left to administer the site.
        """
        async with self._database.transaction() as session:
            await _get_deletable(session, learner)  # who is refused stays logged in
        await self._sessions.revoke_all(learner.id, "deleted")
        async with self._database.transaction() as session:
            user = await _get_deletable(session, learner)
            self._audit.write(session, user.id, DELETION, "user", user.id)
            email = user.email
            await session.delete(user)
        await self._mailer.forget(email)
        for eraser in self._erasers:
            await eraser.erase(learner.id)
        await self._database.scrub()

    async def deleted_among(self, user_ids: Collection[UUID]) -> set[UUID]:
        """Return which of these accounts were deleted; ids that nobody ever had are not among them."""
        if not user_ids:
            return set()
        names = [str(user_id) for user_id in user_ids]
        deletions = select(AuditEntry.subject_id).where(
            AuditEntry.action == DELETION, AuditEntry.subject_type == "user", AuditEntry.subject_id.in_(names)
        )
        async with self._database.reading() as session:
            deleted = {UUID(name) for name in await session.scalars(deletions)}
            return deleted - set(await session.scalars(select(User.id).where(User.id.in_(deleted))))


async def _get_deletable(session: AsyncSession, learner: Learner) -> User:
    user = await session.get(User, learner.id, with_for_update=True)
    if user is None:
        raise UnknownUserError
    if user.role == Role.ADMIN and await count_active_admins(session, but=user.id) == 0:
        raise LastAdminError
    return user


def personal_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Return each table with the column that says whose a row is: the users' own, and every foreign key to it."""
    users = Base.metadata.tables["users"]
    yield users, users.c.id
    for table in Base.metadata.sorted_tables:
        if table.name in OTHERS_TABLES:
            continue
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            if key.column is users.c.id:
                yield table, key.parent


async def _rows(
    session: AsyncSession, table: Table, column: Column[Any], user_id: UUID
) -> AsyncIterator[dict[str, Any]]:
    columns = [c for c in table.columns if c.name not in SECRET_COLUMNS]
    result = await session.stream(select(*columns).where(column == user_id).execution_options(yield_per=50))
    async for row in result.mappings():
        yield dict(row)


async def _held_labs(session: AsyncSession, user_id: UUID) -> set[UUID]:
    query = select(ExamSitting.node_id).where(ExamSitting.user_id == user_id, ExamSitting.released_at.is_(None))
    return set(await session.scalars(query))


def _withhold(row: dict[str, Any], names: Collection[str]) -> None:
    for name in names:
        del row[name]
    row["not_released"] = sorted(names)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
