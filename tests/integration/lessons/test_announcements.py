"""Instructors announce lessons, and kernels are expected for them, on real databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.errors import UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.lessons.announcements import FURTHEST, LATE, LEAD, MOST_TO_COME, Announcements, LessonIn
from nexus_server.lessons.errors import (
    AnnouncedLessonNotFoundError,
    LessonLabError,
    LessonTimeError,
    TooManyLessonsError,
)
from nexus_server.roadmaps.errors import NodeNotFoundError
from tests.integration.lessons.test_kernel_forecast import PYTHON, Site
from tests.integration.teaching.test_overrides import a_class
from tests.plugins.school import School

HOUR = timedelta(hours=1)


def announcements(school: School) -> Announcements:
    return Announcements(school.database, school.cohorts, AuditLog(school.database, school.clock), school.clock)


async def test_kernels_are_expected_from_before_a_lesson_until_the_latecomers(school: School) -> None:
    site, lessons = Site(school), announcements(school)
    students = [await school.learner(f"Student {number}") for number in range(3)]
    teacher, cohort = await a_class(school, *students)
    lesson = LessonIn(node_id=await school.node_id("lab"), starts_at=school.clock.now() + HOUR)
    (announced,) = (await lessons.announce(teacher, cohort.id, lesson)).items
    assert (announced.title, announced.roadmap, announced.starts_at) == ("Lab", "Tiny", lesson.starts_at)
    assert await site.look() == {}, "an hour before is early"
    school.clock.time = lesson.starts_at - LEAD
    assert await site.look() == {PYTHON: 3}, "also for those who are not here yet"
    await site.start_kernel(students[0])
    assert await site.look() == {PYTHON: 2}
    school.clock.time = lesson.starts_at + LATE + timedelta(seconds=1)
    assert await site.look() == {}
    assert (await lessons.list_coming(teacher, cohort.id)).items == []


async def test_a_withdrawn_lesson_and_an_archived_class_need_nothing(school: School) -> None:
    site, lessons = Site(school), announcements(school)
    teacher, cohort = await a_class(school, await school.learner())
    lesson = LessonIn(node_id=await school.node_id("lab"), starts_at=school.clock.now())
    (first,) = (await lessons.announce(teacher, cohort.id, lesson)).items
    assert await site.look() == {PYTHON: 1}
    assert (await lessons.withdraw(teacher, cohort.id, first.id)).items == []
    assert await site.look() == {}
    with pytest.raises(AnnouncedLessonNotFoundError):
        await lessons.withdraw(teacher, cohort.id, first.id)
    await lessons.announce(teacher, cohort.id, lesson)
    await school.cohorts.change(teacher, cohort.id, {"archived": True})
    assert await site.look() == {}


async def test_who_may_announce_and_what(school: School) -> None:
    lessons = announcements(school)
    ada = await school.learner()
    teacher, cohort = await a_class(school, ada)
    stranger = await school.learner("Stranger", Role.INSTRUCTOR)
    now, lab = school.clock.now(), await school.node_id("lab")
    lesson = LessonIn(node_id=lab, starts_at=now + HOUR)
    with pytest.raises(ForbiddenError):
        await lessons.announce(ada, cohort.id, lesson)
    with pytest.raises(UnknownCohortError):
        await lessons.announce(stranger, cohort.id, lesson)
    with pytest.raises(LessonLabError):
        await lessons.announce(teacher, cohort.id, LessonIn(node_id=await school.node_id("hello"), starts_at=now))
    with pytest.raises(NodeNotFoundError):
        await lessons.announce(teacher, cohort.id, LessonIn(node_id=uuid4(), starts_at=now))
    for wrong in (now - HOUR, now + FURTHEST + HOUR):
        with pytest.raises(LessonTimeError):
            await lessons.announce(teacher, cohort.id, LessonIn(node_id=lab, starts_at=wrong))
    (announced,) = (await lessons.announce(teacher, cohort.id, lesson)).items
    _, other_cohort = await a_class(school)
    for person, where in ((stranger, cohort), (teacher, other_cohort)):
        with pytest.raises(UnknownCohortError):
            await lessons.withdraw(person, where.id, announced.id)
    for _ in range(MOST_TO_COME - 1):
        await lessons.announce(teacher, cohort.id, lesson)
    with pytest.raises(TooManyLessonsError):
        await lessons.announce(teacher, cohort.id, lesson)
