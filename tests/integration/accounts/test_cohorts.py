"""Classes on both databases: who sees whom."""

import pytest

from nexus_server.accounts.administration import UserChange
from nexus_server.accounts.errors import BadJoinCodeError, UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
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
    assert [(c.name, count) for c, count in await cohorts.list_own(teacher)] == [("Python, Tuesdays", 1)]
    assert await cohorts.list_own(other) == []


async def test_another_instructors_class_does_not_exist(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, other = await people.register(Role.INSTRUCTOR), await people.register(Role.INSTRUCTOR)
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Mine")
    for attempt in (
        cohorts.get(other, cohort.id),
        cohorts.members(other, cohort.id),
        cohorts.change(other, cohort.id, {"name": "Yours"}),
        cohorts.add_member(other, cohort.id, other.email),
        cohorts.remove_member(other, cohort.id, teacher.id),
        cohorts.student_ids(other, cohort.id),
    ):
        with pytest.raises(UnknownCohortError):
            await attempt
    for forbidden in (cohorts.create(ada, "No"), cohorts.list_own(ada), cohorts.members(ada, cohort.id)):
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
    listed = [cohort.name for cohort, _ in await cohorts.list_own(teacher)]
    assert listed[0] == used.name
    assert set(listed[1:]) == {old.name, ended.name}


async def test_colleagues_are_added_and_members_removed(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, colleague, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.INSTRUCTOR, Role.ADMIN)]
    ada = await people.register()
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.add_member(teacher, cohort.id, colleague.email)
    with pytest.raises(ForbiddenError):
        await cohorts.add_member(teacher, cohort.id, ada.email)
    with pytest.raises(ForbiddenError):  # the same answer: no oracle for addresses
        await cohorts.add_member(teacher, cohort.id, "nobody@example.org")
    await cohorts.add_member(admin, cohort.id, ada.email)
    roles = {member.user_id: member.role for member in await cohorts.members(colleague, cohort.id)}
    assert roles == {teacher.id: "instructor", colleague.id: "instructor", ada.id: "student"}
    await cohorts.remove_member(colleague, cohort.id, ada.id)
    assert await cohorts.student_ids(teacher) == set()


async def test_an_instructor_who_became_a_student_sees_nobody(people: People) -> None:
    cohorts = people.accounts.cohorts
    teacher, ada, admin = [await people.register(role) for role in (Role.INSTRUCTOR, Role.STUDENT, Role.ADMIN)]
    cohort = await cohorts.create(teacher, "Python")
    await cohorts.join(ada, cohort.join_code)
    await people.accounts.administration.change_user(admin, teacher.id, UserChange(role=Role.STUDENT))
    demoted = Learner(teacher.id, teacher.email, teacher.display_name, Role.STUDENT)
    assert not await cohorts.teaches(demoted, ada.id)
