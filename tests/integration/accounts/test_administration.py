"""Roles, states, the audit log and deletion, on both databases."""

import json
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from nexus_server.accounts.administration import UserChange, UserFilter
from nexus_server.accounts.audit import AuditFilter
from nexus_server.accounts.errors import LastAdminError, UnknownUserError
from nexus_server.accounts.personal_data import OTHERS_TABLES, RESULT_COLUMNS, personal_columns
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.store.models import Base
from nexus_server.store.models.accounts import AuditEntry, AuthSession, User
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from tests.integration.accounts.conftest import START, People


async def test_a_role_changes_at_once_and_leaves_a_trace(people: People) -> None:
    boss, ada = await people.register(Role.ADMIN), await people.register()
    issued = await people.log_in(ada)
    await people.accounts.administration.change_user(boss, ada.id, UserChange(role=Role.INSTRUCTOR))
    credential = await people.accounts.sessions.find_credential(issued.access_token)
    assert credential is not None
    assert credential.learner.role is Role.INSTRUCTOR
    (entry,) = (await people.accounts.audit.read(boss, AuditFilter(subject_id=str(ada.id)), limit=10)).items
    assert (entry.actor_id, entry.action, entry.data) == (
        boss.id,
        "user.role",
        {"before": "student", "after": "instructor"},
    )


async def test_people_who_came_in_the_same_moment_are_all_listed(people: People) -> None:
    boss = await people.register(Role.ADMIN)
    everybody = {boss.id} | {(await people.register()).id for _ in range(4)}  # the clock stands still
    page = await people.accounts.administration.list_users(boss, UserFilter(), limit=2)
    found = [user.id for user in page.items]
    while page.next:
        page = await people.accounts.administration.list_users(boss, UserFilter(after=page.next), limit=2)
        found += [user.id for user in page.items]
    assert (len(found), set(found)) == (5, everybody)


@pytest.mark.parametrize("role", [Role.STUDENT, Role.INSTRUCTOR])
async def test_only_admins_administer(people: People, role: Role) -> None:
    who = await people.register(role)
    administration = people.accounts.administration
    with pytest.raises(ForbiddenError):
        await administration.list_users(who, UserFilter(), limit=10)
    with pytest.raises(ForbiddenError):
        await administration.get_user(who, who.id)
    with pytest.raises(ForbiddenError):
        await administration.change_user(who, who.id, UserChange(role=Role.ADMIN))
    with pytest.raises(ForbiddenError):
        await people.accounts.audit.read(who, AuditFilter(), limit=10)


async def test_the_last_admin_stays(people: People) -> None:
    boss = await people.register(Role.ADMIN)
    for change in (UserChange(role=Role.STUDENT), UserChange(disabled=True)):
        with pytest.raises(LastAdminError):
            await people.accounts.administration.change_user(boss, boss.id, change)
    issued = await people.log_in(boss)
    with pytest.raises(LastAdminError):
        await people.accounts.personal_data.delete(boss)
    assert await people.is_in(issued), "a refused deletion ends no login"
    other = await people.register(Role.ADMIN)
    await people.accounts.administration.change_user(other, boss.id, UserChange(disabled=True))


async def test_people_are_found_by_part_of_a_name_or_address(people: People) -> None:
    boss = await people.register(Role.ADMIN, "Boss")
    await people.register(name="Grace Hopper", email="grace_100%@example.org")
    await people.register(name="Ada Lovelace")
    await people.register(name="Anna Weiß")

    async def names(wanted: UserFilter) -> list[str]:
        users = await people.accounts.administration.list_users(boss, wanted, limit=10)
        return sorted(user.display_name for user in users.items)

    assert await names(UserFilter(text="HOPP")) == ["Grace Hopper"]
    assert await names(UserFilter(text="Weiß")) == ["Anna Weiß"]
    assert await names(UserFilter(text="_100%@")) == ["Grace Hopper"]
    assert await names(UserFilter(text="%")) == ["Grace Hopper"]
    assert await names(UserFilter(role=Role.ADMIN)) == ["Boss"]
    assert await names(UserFilter(disabled=True)) == []


COPY = "SELECT id, at, actor_id, 'nothing', subject_type, subject_id, data, request_id, note FROM audit_log WHERE true"
TAMPERING = {
    "update": "UPDATE audit_log SET action = 'nothing'",
    "delete": "DELETE FROM audit_log",
    "upsert": f"INSERT INTO audit_log {COPY} ON CONFLICT (id) DO UPDATE SET action = 'nothing'",
    "sqlite only: replace": f"INSERT OR REPLACE INTO audit_log {COPY}",
    "postgresql only: truncate": "TRUNCATE audit_log",
}


async def test_the_audit_log_cannot_be_changed(people: People) -> None:
    boss, ada = await people.register(Role.ADMIN), await people.register()
    await people.accounts.administration.change_user(boss, ada.id, UserChange(disabled=True))
    other = "postgresql" if people.database.is_sqlite else "sqlite"
    for statement in [statement for name, statement in TAMPERING.items() if not name.startswith(other)]:
        with pytest.raises(DBAPIError, match="append-only"):
            async with people.database.engine.begin() as connection:
                await connection.execute(text(statement))
        async with people.database.transaction() as session:
            (entry,) = (await session.scalars(select(AuditEntry))).all()
        assert entry.action == "user.disable"


async def test_an_export_holds_what_is_known_and_no_secrets(people: People) -> None:
    ada, eve = await people.register(), await people.register(name="Eve")
    await people.log_in(ada)
    await people.log_in(eve)
    data = json.loads("".join([piece async for piece in people.accounts.personal_data.export(ada)]))
    assert [row["email"] for row in data["users.id"]] == [ada.email]
    assert len(data["auth_sessions.user_id"]) == 1
    assert "password_hash" not in data["users.id"][0]
    assert "Eve" not in json.dumps(data)


async def test_an_export_leaves_out_results_that_are_not_released(people: People) -> None:
    ada = await people.register()
    sittings = {"hidden": ExamSitting(user_id=ada.id, started_at=START)}
    sittings["shown"] = ExamSitting(user_id=ada.id, started_at=START, released_at=START)
    async with people.database.transaction() as session:
        roadmap = Roadmap(slug="exams", title="Exams", difficulty="beginner")
        session.add(roadmap)
        await session.flush()
        for order, (slug, sitting) in enumerate(sittings.items()):
            node = Node(roadmap_id=roadmap.id, slug=slug, title=slug, order_index=order, type="lab")
            session.add(node)
            await session.flush()
            sitting.node_id = node.id
            session.add_all([sitting, _graded(ada.id, node.id, slug)])
    data = json.loads("".join([piece async for piece in people.accounts.personal_data.export(ada)]))
    rows = {row["sha256"]: row for row in data["submissions.user_id"]}
    assert (rows["shown"]["score"], "not_released" in rows["shown"]) == (1.25, False)
    assert rows["hidden"]["not_released"] == sorted(RESULT_COLUMNS["submissions"])
    assert not RESULT_COLUMNS["submissions"] & set(rows["hidden"])
    assert "1.25" not in json.dumps(rows["hidden"])


def _graded(user_id: UUID, node_id: UUID, sha256: str) -> Submission:
    results = [{"grade_id": "mean", "points": 1.25}]
    return Submission(
        user_id=user_id,
        node_id=node_id,
        notebook=b"{}",
        sha256=sha256,
        attempt=1,
        received_at=START,
        status="graded",
        score=1.25,
        max_score=2.0,
        results=results,
        is_held=True,
    )


def test_what_says_how_an_exam_went_is_known_to_the_export() -> None:
    """A new table that says of a learner's lab how it went is left out as well, or is not written before a release."""
    saying = {"score", "points", "share", "results", "feedback", "grade"}
    written_when_released = {"learning_events", "user_progress"}
    columns = {table.name: set(table.columns.keys()) for table in Base.metadata.tables.values()}
    knowing = {name for name, names in columns.items() if {"user_id", "node_id"} <= names and names & saying}
    assert knowing - written_when_released == set(RESULT_COLUMNS)
    assert all(names <= columns[table] for table, names in RESULT_COLUMNS.items())


async def test_a_deleted_person_is_forgotten(people: People) -> None:
    ada = await people.register()
    issued = await people.log_in(ada)
    erased: list[object] = []

    class Eraser:
        async def erase(self, user_id: object) -> None:
            erased.append(user_id)

    people.accounts.personal_data.add_eraser(Eraser())
    await people.accounts.personal_data.delete(issued.learner)
    assert erased == [ada.id]
    assert not await people.is_in(issued)
    async with people.database.transaction() as session:
        for model in (User, AuthSession):
            assert await session.scalar(select(func.count()).select_from(model)) == 0
    with pytest.raises(UnknownUserError):
        await people.accounts.profiles.get_profile(ada)


def test_every_table_that_knows_people_is_exported() -> None:
    exported = {table.name for table, _ in personal_columns()}
    knowing = {t.name for t in Base.metadata.tables.values() for c in t.columns if c.name == "user_id"}
    assert knowing <= exported | OTHERS_TABLES
