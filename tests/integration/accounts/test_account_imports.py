"""Accounts from a CSV file, on real databases."""

import pytest
from sqlalchemy import select

from nexus_server.accounts.errors import AccountListChangedError, BadAccountListError, UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.store.models.accounts import User
from tests.integration.accounts.conftest import HOME, PASSWORD, People


async def test_a_list_is_seen_and_then_makes_accounts_in_a_class(people: People) -> None:
    admin = await people.register(Role.ADMIN, "Boss")
    known = await people.register(name="Known")
    teacher = await people.register(Role.INSTRUCTOR, "Teacher")
    cohorts, imports = people.accounts.cohorts, people.accounts.imports
    cohort = await cohorts.create(teacher, "Class")
    lines = f"email,name,role\nzoe@example.org,Zoë,\n{known.email},Another name,\ntom@example.org,Tom,instructor\n"
    data = lines.encode("utf-16")
    seen = await imports.preview(admin, data, cohort.id)
    assert seen.encoding == "utf-16"
    assert [(each.display_name, each.role, each.is_new, each.joins) for each in seen.items] == [
        ("Zoë", Role.STUDENT, True, True),
        ("Known", Role.STUDENT, False, True),
        ("Tom", Role.INSTRUCTOR, True, True),
    ]
    assert len(await people.accounts.class_members.list_all(teacher, cohort.id)) == 1
    await imports.write(admin, data, cohort.id, seen.seen)
    members = {
        each.display_name: each.role for each in await people.accounts.class_members.list_all(teacher, cohort.id)
    }
    assert members == {"Teacher": "instructor", "Tom": "instructor", "Known": "student", "Zoë": "student"}
    # what is there already is not made again; and this is not what was seen
    again = await imports.preview(admin, data, cohort.id)
    assert not any(each.is_new or each.joins for each in again.items)
    with pytest.raises(AccountListChangedError):
        await imports.write(admin, data, cohort.id, seen.seen)
    people.accounts.recovery.ask_reset("zoe@example.org")
    (token,) = await people.mailed_tokens()
    await people.accounts.recovery.reset_password(token, PASSWORD)
    assert (await people.accounts.service.log_in("zoe@example.org", PASSWORD, HOME)).profile.display_name == "Zoë"


async def test_a_list_with_mistakes_makes_nobody(people: People) -> None:
    admin, student = await people.register(Role.ADMIN, "Boss"), await people.register(name="Known")
    imports = people.accounts.imports
    data = f"email,name,role\nnew@example.org,,\n{student.email},,instructor\nfine@example.org,Fine,\n".encode()
    seen = await imports.preview(admin, data, None)
    assert [(each.line, each.column) for each in seen.problems] == [(2, "name"), (3, "role")]
    with pytest.raises(BadAccountListError):
        await imports.write(admin, data, None, seen.seen)
    async with people.database.reading() as session:
        assert await session.scalar(select(User.id).where(User.email == "fine@example.org")) is None


async def test_only_administrators_make_accounts(people: People) -> None:
    teacher = await people.register(Role.INSTRUCTOR)
    with pytest.raises(ForbiddenError):
        await people.accounts.imports.preview(teacher, b"email\nx@example.org\n", None)
    with pytest.raises(ForbiddenError):
        await people.accounts.imports.write(teacher, b"email\nx@example.org\n", None, "")
    admin = await people.register(Role.ADMIN)
    with pytest.raises(UnknownCohortError):
        await people.accounts.imports.preview(admin, b"email\nx@example.org\n", teacher.id)
