"""Two classes that are compared: one whose next step is chosen, and one that follows the roadmap."""

import pytest

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.mastery.choosing import AdviceKind
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.standing.classes import NextOrder
from tests.integration.mastery.conftest import open_all
from tests.integration.mastery.test_advice import answer_quiz, mastery
from tests.plugins.school import School


async def a_class(school: School, teacher: Learner, name: str, order: NextOrder, *students: Learner) -> None:
    cohort = await school.cohorts.create(teacher, name)
    for student in students:
        await school.cohorts.join(student, cohort.join_code)
    await school.cohorts.change(teacher, cohort.id, {"next_order": order.value})


async def who_failed(school: School, name: str) -> Learner:
    """Return somebody who needs a step back: both answers of the quiz were wrong."""
    learner = await school.learner(name)
    await open_all(school, learner, "quizzed")
    await answer_quiz(school, learner, one="b", two=2.0)
    return learner


async def test_a_class_may_follow_the_roadmap(school: School) -> None:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    ada, bob = await who_failed(school, "Ada"), await who_failed(school, "Bob")
    await a_class(school, teacher, "A", NextOrder.CHOSEN, ada)
    await a_class(school, teacher, "B", NextOrder.FIXED, bob)
    ways = []
    for learner in (ada, bob):
        advice = await mastery(school).advise(learner)
        assert advice is not None
        ways.append(advice.way)
    assert ways == [AdviceKind.BACK, AdviceKind.STEP]


async def test_the_report_compares_the_classes_that_one_teaches(school: School) -> None:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    stranger = await school.learner("Stranger", Role.INSTRUCTOR)
    ada, bob, idle = await who_failed(school, "Ada"), await who_failed(school, "Bob"), await school.learner("Idle")
    await a_class(school, teacher, "A", NextOrder.CHOSEN, ada, idle)
    await a_class(school, teacher, "B", NextOrder.FIXED, bob)
    orders = school.teaching.orders
    report = await orders.read(teacher, "tiny")
    assert [(one.name, one.next_order, one.students, one.answers) for one in report.items] == [
        ("A", NextOrder.CHOSEN, 1, 2),
        ("B", NextOrder.FIXED, 1, 2),
    ]
    assert report.by_order[NextOrder.FIXED].mastered_per_100_answers == 0
    assert (await orders.read(stranger, "tiny")).items == []
    with pytest.raises(ForbiddenError):
        await orders.read(ada, "tiny")
    with pytest.raises(RoadmapNotFoundError):
        await orders.read(teacher, "gone")
