"""Classes on both databases: who sees whom."""

import asyncio
from uuid import uuid4

import pytest

from nexus_server.accounts.administration import UserChange
from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.errors import (
    BadJoinCodeError,
    LastInstructorError,
    MarksOnlyError,
    UnknownCohortError,
    UnknownUserError,
)
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.store.models.accounts import CohortMember
from tests.integration.accounts.conftest import People


async def test_an_instructor_sees_the_learners_of_own_classes_only(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, other, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.INSTRUCTOR, Role.ADMIN)]
    ada, eve = await people.register(), await people.register()
    cohort = await cohorts.create(teacher, "Python, Tuesdays")
    await cohorts.join(ada, f" {cohort.join_code.lower()[:4]}-{cohort.join_code.lower()[4:]} ")
    await cohorts.join(ada, cohort.join_code)
    assert await cohorts.student_ids(teacher) == {ada.id}
    assert await cohorts.student_ids(teacher, cohort.id) == {ada.id}
    assert await cohorts.student_ids(other) == set()
    assert await cohorts.student_ids(admin) == {ada.id, eve.id}
    seen = {
        who.id: [await cohorts.teaches(who, student.id) for student in (ada, eve)] for who in (teacher, other, admin)
    }
    assert seen == {teacher.id: [True, False], other.id: [False, False], admin.id: [True, True]}
    assert not await cohorts.teaches(eve, ada.id)
    assert [(own.cohort.name, own.students) for own in await cohorts.list_own(teacher)] == [("Python, Tuesdays", 1)]
    assert await cohorts.list_own(other) == []


async def test_another_instructors_class_does_not_exist(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, other = await people.register(Role.INSTRUCTOR), await people.register(Role.INSTRUCTOR)
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Mine")
    for attempt in (
        cohorts.get(other, cohort.id),
        people.accounts.class_members.list_all(other, cohort.id),
        cohorts.change(other, cohort.id, {"name": "Yours"}),
        people.accounts.class_members.add(other, cohort.id, other.email),
        people.accounts.class_members.remove(other, cohort.id, teacher.id),
        cohorts.student_ids(other, cohort.id),
    ):
        with pytest.raises(UnknownCohortError):
            await attempt
    for forbidden in (
        cohorts.create(ada, "No"),
        cohorts.list_own(ada),
        people.accounts.class_members.list_all(ada, cohort.id),
    ):
        with pytest.raises(ForbiddenError):
            await forbidden


async def test_a_code_works_until_it_is_renewed_or_the_class_is_archived(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, ada = await people.register(Role.INSTRUCTOR), await people.register()
    cohort = await cohorts.create(teacher, "Python")
    renewed = await cohorts.change(teacher, cohort.id, {"new_join_code": True})
    with pytest.raises(BadJoinCodeError):
        await cohorts.join(ada, cohort.join_code)
    await cohorts.change(teacher, cohort.id, {"archived": True})
    with pytest.raises(BadJoinCodeError):
        await cohorts.join(ada, renewed.join_code)
    await cohorts.change(teacher, cohort.id, {"archived": False, "name": "Python 2", "holidays": ["2026-12-24"]})
    assert (await cohorts.join(ada, renewed.join_code)).name == "Python 2"


async def test_archived_classes_come_after_those_in_use(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher = await people.register(Role.INSTRUCTOR)
    old, used, ended = [await cohorts.create(teacher, name) for name in ("Old", "Used", "Ended")]
    for cohort in (old, ended):
        await cohorts.change(teacher, cohort.id, {"archived": True})
    listed = [own.cohort.name for own in await cohorts.list_own(teacher)]
    assert listed[0] == used.name
    assert set(listed[1:]) == {old.name, ended.name}


async def test_colleagues_are_added_and_members_removed(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, colleague, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.INSTRUCTOR, Role.ADMIN)]
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Python")
    await people.accounts.class_members.add(teacher, cohort.id, colleague.email)
    with pytest.raises(ForbiddenError):
        await people.accounts.class_members.add(teacher, cohort.id, ada.email)
    with pytest.raises(ForbiddenError):  # the same answer: no oracle for addresses
        await people.accounts.class_members.add(teacher, cohort.id, "nobody@example.org")
    await people.accounts.class_members.add(admin, cohort.id, ada.email)
    roles = {
        member.user_id: member.role for member in await people.accounts.class_members.list_all(colleague, cohort.id)
    }
    assert roles == {teacher.id: "instructor", colleague.id: "instructor", ada.id: "student"}
    await people.accounts.class_members.remove(colleague, cohort.id, ada.id)
    assert await cohorts.student_ids(teacher) == set()


async def test_an_instructor_who_became_a_student_sees_nobody(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, ada, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.STUDENT, Role.ADMIN)]
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.join(ada, cohort.join_code)
    await people.accounts.administration.change_user(admin, teacher.id, UserChange(role=Role.STUDENT))
    demoted = Learner(teacher.id, teacher.email, teacher.display_name, Role.STUDENT)
    assert not await cohorts.teaches(demoted, ada.id)


async def test_a_grader_reads_and_marks_and_an_instructor_runs_the_class(people: People) -> None:
    cohorts, members = people.accounts.cohorts, people.accounts.class_members
    teacher, grader, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.INSTRUCTOR, Role.ADMIN)]
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.join(ada, cohort.join_code)
    await members.add(teacher, cohort.id, grader.email, "grader")
    mark = ClassRight.MARK
    assert (await cohorts.get(grader, cohort.id, mark)).name == "Python"
    assert (
        await cohorts.student_ids(grader, cohort.id, mark) == await cohorts.student_ids(grader, right=mark) == {ada.id}
    )
    assert await cohorts.teaches(grader, ada.id, mark)
    for refused in (
        cohorts.get(grader, cohort.id),
        cohorts.student_ids(grader, cohort.id),
        cohorts.change(grader, cohort.id, {"name": "Mine"}),
        members.add(grader, cohort.id, grader.email),
        members.set_role(grader, cohort.id, grader.id, "instructor"),
        members.remove(grader, cohort.id, teacher.id),
    ):
        with pytest.raises(MarksOnlyError):
            await refused
    assert await cohorts.student_ids(grader) == set()
    assert not await cohorts.teaches(grader, ada.id)
    assert await cohorts.list_own(grader) == []
    seen = {own.my_role for who in (teacher, admin) for own in await cohorts.list_own(who, mark)}
    assert (seen, [own.my_role for own in await cohorts.list_own(grader, mark)]) == ({"instructor"}, ["grader"])
    await members.set_role(teacher, cohort.id, grader.id, "instructor")
    assert await cohorts.student_ids(grader) == {ada.id}


async def test_a_class_keeps_an_instructor(people: People) -> None:
    cohorts, members = people.accounts.cohorts, people.accounts.class_members
    teacher, colleague, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.INSTRUCTOR, Role.ADMIN)]
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.join(ada, cohort.join_code)
    await members.add(teacher, cohort.id, colleague.email, "grader")
    for refused in (
        members.remove(teacher, cohort.id, teacher.id),
        members.set_role(teacher, cohort.id, teacher.id, "grader"),
    ):
        with pytest.raises(LastInstructorError):
            await refused
    for nobody in (ada.id, uuid4()):
        with pytest.raises(UnknownUserError):
            await members.set_role(teacher, cohort.id, nobody, "grader")
    await members.set_role(teacher, cohort.id, colleague.id, "instructor")
    left = await asyncio.gather(
        *(members.remove(who, cohort.id, who.id) for who in (teacher, colleague)), return_exceptions=True
    )
    assert [type(each) for each in left if each is not None] == [LastInstructorError]
    for who in (teacher, colleague):
        await members.remove(admin, cohort.id, who.id)
    assert [each.role for each in await members.list_all(admin, cohort.id)] == ["student"]


async def test_graders_do_not_see_accommodations(people: People) -> None:
    cohorts, members = people.accounts.cohorts, people.accounts.class_members
    teacher, grader = await people.register(Role.INSTRUCTOR), await people.register(Role.INSTRUCTOR)
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.join(ada, cohort.join_code)
    await members.add(teacher, cohort.id, grader.email, "grader")
    async with people.database.transaction() as session:
        member = await session.get_one(CohortMember, (cohort.id, ada.id))
        member.labels = ["+25% time"]
    seen = {who.id: [each.labels for each in await members.list_all(who, cohort.id)] for who in (teacher, grader)}
    assert seen == {teacher.id: [[], [], ["+25% time"]], grader.id: [[], [], []]}
