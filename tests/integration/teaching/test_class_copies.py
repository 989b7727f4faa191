"""A class copied for the next term, on real databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from nexus_server.accounts.errors import MarksOnlyError, UnknownCohortError
from nexus_server.errors import ForbiddenError, InvalidError
from nexus_server.learner import Role
from nexus_server.store.models.marking import Rubric
from nexus_server.store.models.terms import TermsOverrideRow
from nexus_server.teaching.gradebook.final_grade import GradingScheme
from nexus_server.teaching.overrides import Holder, OverrideIn
from nexus_server.teaching.tutor_policies import TutorPolicyIn
from tests.integration.teaching.test_marking_desk import a_class
from tests.plugins.school import START, School

YEAR = timedelta(days=364)


async def test_a_copy_is_taught_as_the_original_a_year_later(school: School) -> None:
    course = await a_class(school, "Because.")
    teacher, lab, original = course.teacher, course.question.node_id, course.question.cohort_id
    grader = await school.learner("Grader", Role.INSTRUCTOR)
    await school.members.add(teacher, original, grader.email, "grader")
    await school.cohorts.change(teacher, original, {"holidays": ["2026-12-24"], "shows_boards": False})
    await course.rubric(("Names the outliers", 2.0))
    await school.teaching.gradebook.schemes.set(
        teacher,
        original,
        "tiny",
        GradingScheme.model_validate({"categories": [{"name": "All", "weight": 1, "steps": ["lab"]}]}),
    )
    overrides, student = school.teaching.overrides, course.students[0]
    await overrides.set(teacher, lab, Holder(kind="class", id=original), OverrideIn(deadline=START, attempts=2))
    label = Holder(kind="label", id=original, label="+25% time")
    await overrides.set(teacher, lab, label, OverrideIn(extra_time=0.25))
    await overrides.set(teacher, lab, Holder(kind="learner", id=student.id), OverrideIn(attempts=9))
    exam = {"begins_at": START, "ends_at": START + timedelta(hours=1)}
    said = TutorPolicyIn.model_validate({"mode": "hints", "exams": [exam]})
    await school.teaching.tutor_policies.set(teacher, original, said)

    copy = await school.teaching.class_copies.copy(teacher, original, "Next year", 364)

    assert (copy.name, copy.holidays, copy.shows_boards) == ("Next year", ["2027-12-23"], False)
    assert copy.join_code != (await school.cohorts.get(teacher, original)).join_code
    staff = {each.user_id: each.role for each in await school.members.list_all(teacher, copy.id)}
    assert staff == {teacher.id: "instructor", course.colleague.id: "instructor", grader.id: "grader"}
    async with school.database.reading() as session:
        terms = (await session.scalars(select(TermsOverrideRow).where(TermsOverrideRow.cohort_id == copy.id))).all()
        rubric = await session.scalar(select(Rubric).where(Rubric.cohort_id == copy.id))
    moved = {row.label: OverrideIn.model_validate({**row.terms}) for row in terms}
    assert (moved[""].deadline, moved[""].attempts) == (START + YEAR, 2)
    assert moved["+25% time"].extra_time == 0.25
    assert rubric is not None
    assert rubric.items[0]["text"] == "Names the outliers"
    policies = (await school.teaching.tutor_policies.list_all(teacher)).items
    (policy,) = [each for each in policies if each.cohort_id == copy.id]
    assert [window.begins_at for window in policy.exams] == [START + YEAR]
    assert policy.mode == "hints"
    book = await school.teaching.gradebook.book.read(teacher, "tiny", copy.id)
    assert book.items == []


async def test_only_who_runs_a_class_copies_it(school: School) -> None:
    teacher, other = await school.learner("T", Role.INSTRUCTOR), await school.learner("O", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    copies = school.teaching.class_copies
    with pytest.raises(UnknownCohortError):
        await copies.copy(other, cohort.id, "Mine", 0)
    await school.members.add(teacher, cohort.id, other.email, "grader")
    with pytest.raises(MarksOnlyError):
        await copies.copy(other, cohort.id, "Mine", 0)
    with pytest.raises(ForbiddenError):
        await copies.copy(await school.learner(), cohort.id, "Mine", 0)
    await school.cohorts.change(teacher, cohort.id, {"holidays": ["9999-12-24"]})
    with pytest.raises(InvalidError):
        await copies.copy(teacher, cohort.id, "Too late", 3_660)
    assert [own.cohort.name for own in await school.cohorts.list_own(teacher)] == ["Class"]
