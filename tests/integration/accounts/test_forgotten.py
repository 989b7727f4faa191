"""A deleted account is gone from every table but those in docs/explanation/accounts.md, where its bare id is kept."""

import json
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from nexus_server.accounts.mail import FileOutbox
from nexus_server.events.bus import EventBus
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.leaderboard import Scores
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.rules import iso_week
from nexus_server.installation import SHIPPED
from nexus_server.learner import Learner, Role
from nexus_server.store.dump import tables
from nexus_server.store.models.accounts import AuditEntry, User
from tests.integration.accounts.conftest import People
from tests.plugins.full_database import ROWS, fill, read_all

#: by column, what is kept and why; docs/explanation/accounts.md has a row for each
KEPT = {"audit_log.actor_id", "audit_log.subject_id", "audit_log.data"}
MARK = "zanzibar.quix"


def places_of(rows: Mapping[str, list[dict[str, Any]]], *marks: str) -> set[str]:
    """Return the columns in which one of the marks stands."""
    return {
        f"{table}.{column}"
        for table, found in rows.items()
        for row in found
        for column, value in row.items()
        if any(mark in json.dumps(value) for mark in marks)
    }


async def mark_rows_of(people: People, user_id: UUID) -> None:
    """Write a mark into every text of every row that hangs on the account."""
    async with people.database.transaction() as session:
        for table in tables():
            keys = [key.parent for key in table.foreign_keys if key.column.table.name == "users"]
            owned = [column for column in keys if not column.nullable]
            if not owned or table.name == "users":
                continue
            texts = [c for c in table.columns if not c.foreign_keys and not c.primary_key and _is_free(c)]
            if texts:
                await session.execute(table.update().where(owned[0] == user_id).values(dict.fromkeys(texts, MARK)))


def _is_free(column: Any) -> bool:
    named = column.name in ("state", "status", "role", "type", "email")
    return column.type.python_type is str and not named and (column.type.length or 999) > len(MARK)


async def test_no_table_knows_a_deleted_account(people: People) -> None:
    await fill(people.database)
    async with people.database.reading() as session:
        user = (await session.scalars(select(User).where(User.role == Role.STUDENT))).one()
    await mark_rows_of(people, user.id)
    marks = (str(user.id), user.id.hex, user.email, user.display_name, MARK)
    before = await read_all(people.database)
    knowing = {f"{table.name}" for table in tables() if any(k.column.table.name == "users" for k in table.foreign_keys)}
    assert knowing <= {place.partition(".")[0] for place in places_of(before, *marks)}, "the test looks everywhere"
    await people.accounts.personal_data.delete(Learner(user.id, user.email, user.display_name, Role.STUDENT))
    after = await read_all(people.database)
    assert places_of(after, *marks) <= KEPT
    assert len(after["posts"]) == len(after["threads"]) == ROWS, "what was written in the forum stays, without a name"
    assert places_of(after, str(user.id)) == {"audit_log.actor_id", "audit_log.subject_id"}


async def test_the_tables_of_the_queue_know_nobody(people: People) -> None:
    if people.database.is_sqlite:
        return
    async with people.database.reading() as session:
        query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE 'procrastinate%'"
        columns = {f"{table}.{column}" for table, column in await session.execute(text(query))}
    assert columns
    assert not [name for name in columns if "user" in name or "email" in name]


async def test_the_documentation_has_a_row_for_each_place_where_something_is_kept() -> None:
    page = (SHIPPED / "docs" / "explanation" / "accounts.md").read_text(encoding="utf-8")
    table = page.partition("### What is kept of a deleted account")[2].partition("\n## ")[0]
    nullable = {
        f"{table_.name}.{key.parent.name}"
        for table_ in tables()
        for key in table_.foreign_keys
        if key.column.table.name == "users" and key.parent.nullable and key.ondelete != "CASCADE"
    }
    assert [name for name in sorted(KEPT | nullable) if f"`{name}`" not in table] == []


async def test_mails_to_a_deleted_account_are_deleted(people: People, tmp_path: Path) -> None:
    ada, eve = await people.register(email="Ada@example.org"), await people.register(email="eve@example.org")
    outbox = FileOutbox(people.outbox, "NexusAI <nexusai@localhost>")
    for learner in (ada, eve):
        await outbox.post(learner.email, "Hello", "Hello.")
    refused = EmailMessage()
    refused["To"] = ada.email
    (people.outbox / "1-x.refused").write_bytes(refused.as_bytes())
    await people.accounts.personal_data.delete(ada)
    assert [b"eve@" in path.read_bytes() for path in people.outbox.iterdir()] == [True]


async def test_only_accounts_that_were_deleted_count_as_deleted(people: People) -> None:
    ada, eve = await people.register(), await people.register()
    await people.accounts.personal_data.delete(ada)
    stranger = UUID(int=7)
    assert await people.accounts.personal_data.deleted_among({ada.id, eve.id, stranger}) == {ada.id}
    async with people.database.transaction() as session:
        entry = {"action": "user.delete", "subject_type": "user", "subject_id": str(eve.id), "actor_id": eve.id}
        await session.execute(insert(AuditEntry).values(**entry))
    assert await people.accounts.personal_data.deleted_among({eve.id}) == set(), "who is there was not deleted"


class Boards:
    """A leaderboard that keeps what it is given."""

    def __init__(self) -> None:
        self.given: list[Scores] = []

    async def put(self, scores: Scores) -> bool:
        self.given.append(scores)
        return False


async def test_a_deleted_account_leaves_the_boards_of_past_weeks_too(people: People) -> None:
    boards = Boards()
    announcer = Announcer(people.database, boards, Leagues(people.database), EventBus(), people.clock)  # type: ignore[arg-type]
    await announcer.erase(UUID(int=7))
    weeks = {iso_week(people.clock.now() - timedelta(weeks=past)) for past in range(6)}
    assert {scores.week for scores in boards.given} == weeks
    assert not any(scores.listed for scores in boards.given)
