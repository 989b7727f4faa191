"""What is due for a learner, under their own terms, on real databases."""

from datetime import timedelta

from nexus_server.learner import Learner, Role
from nexus_server.teaching.overrides import Holder, OverrideIn
from tests.plugins.school import START, School, answer

HOUR = timedelta(hours=1)
DUE = 'deadline: "2026-11-18T13:00:00Z", late_penalty: 0.1'


async def due(school: School, person: Learner) -> list[tuple[str, timedelta, float]]:
    found = await school.roadmaps.due.list_due(person)
    return [(each.slug, each.deadline - START, each.penalty) for each in found.items]


async def give(school: School, person: Learner, terms: OverrideIn) -> None:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    await school.cohorts.join(person, cohort.join_code)
    holder = Holder(kind="learner", id=person.id)
    await school.teaching.overrides.set(teacher, await school.node_id("lab"), holder, terms)


async def test_a_lab_is_due_by_my_own_terms(school: School) -> None:
    await school.change_lab(DUE)
    ada, _ = await school.ready_for_lab("Ada")
    bob, _ = await school.ready_for_lab("Bob")
    await give(school, ada, OverrideIn(deadline=START + 5 * HOUR, note="Was ill."))
    assert await due(school, bob) == [("lab", HOUR, 0.0)]
    assert await due(school, ada) == [("lab", 5 * HOUR, 0.0)]


async def test_what_is_late_says_what_that_costs_until_it_brings_nothing(school: School) -> None:
    await school.change_lab(DUE)
    ada, _ = await school.ready_for_lab("Ada")
    school.pass_time(hours=2)
    assert await due(school, ada) == [("lab", HOUR, 0.1)]
    school.pass_time(hours=240)
    assert await due(school, ada) == []


async def test_what_is_done_is_not_due(school: School) -> None:
    await school.change_lab(DUE)
    ada, lab = await school.ready_for_lab("Ada")
    await school.submissions.service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    assert await due(school, ada) == []


async def test_nothing_is_due_of_a_roadmap_that_nobody_asked_me_to_begin(school: School) -> None:
    await school.change_lab(DUE)
    ada = await school.learner("Ada")
    assert await due(school, ada) == []
    await give(school, ada, OverrideIn(deadline=START + 5 * HOUR, note="For the class."))
    assert await due(school, ada) == [("lab", 5 * HOUR, 0.0)]


async def test_a_lab_without_a_deadline_is_never_due(school: School) -> None:
    ada, _ = await school.ready_for_lab("Ada")
    assert await due(school, ada) == []
