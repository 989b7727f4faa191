"""Answers that two people mark without seeing each other's marks, on real databases."""

import asyncio

import pytest
from sqlalchemy import select

from nexus_server.accounts.errors import MarksOnlyError
from nexus_server.learner import Learner, Role
from nexus_server.store.models.marking import Mark
from nexus_server.teaching.marking.errors import AnswerNotFoundError, BadMarkError
from nexus_server.teaching.marking.second import FinalMarkIn
from nexus_server.teaching.marking.types import DeskChange, MarkIn, MarkOut
from tests.integration.teaching.test_marking_desk import RIGHT, Class, a_class
from tests.plugins.school import School


async def marked_twice(school: School, *texts: str) -> tuple[Class, Learner]:
    """Return a class whose answers two people mark, and a grader of it."""
    course = await a_class(school, *texts)
    at = course.question
    await course.marking.desk.change(course.teacher, at.cohort_id, at.node_id, DeskChange(takes_two=True))
    grader = await school.learner("Grader", Role.INSTRUCTOR)
    await school.members.add(course.teacher, at.cohort_id, grader.email, "grader")
    return course, grader


async def give(course: Class, who: Learner, points: float, comment: str = "") -> MarkOut:
    held = await course.next(who)
    return await course.marking.marker.mark(
        who, course.question, MarkIn(answers=held.ids, points=points, comment=comment)
    )


async def test_what_two_people_agree_on_counts(school: School) -> None:
    course, grader = await marked_twice(school, RIGHT, RIGHT)
    assert (await give(course, course.teacher, 2.0, "Say how.")).marked == 2
    assert await course.points() == [None, None], "one mark is none yet"
    assert (await course.next()).answer is None, "nobody marks twice"
    held = await course.next(grader)
    assert held.answer is not None
    assert (held.answer.points, held.answer.comment, held.answer.history) == (None, None, []), "it is blind"
    shown = await course.marking.desk.question(grader, course.question, "alike")
    assert (shown.snippets, [each.size for each in shown.groups]) == ([], [2])
    await give(course, grader, 2.0, "And why.")
    assert await course.points() == [2.0, 2.0]
    view = await school.submissions.service.get_submission(course.students[0], course.receipts[0])
    assert next(cell.comment for cell in view.cells if cell.grade_id == "why") == "Say how.\n\nAnd why."
    (question,) = (await course.marking.desk.desk(grader, course.question.cohort_id, course.question.node_id)).questions
    assert (question.waiting, question.marked) == (0, 2)


async def test_what_differs_is_settled_by_who_runs_the_class(school: School) -> None:
    course, grader = await marked_twice(school, RIGHT)
    at, second = course.question, course.marking.second
    await give(course, grader, 1.0, "Thin.")
    assert (await second.differences(course.teacher, at.cohort_id, at.node_id)).items == []
    school.pass_time(seconds=1)
    await give(course, course.colleague, 3.0)
    assert await course.points() == [None]
    assert (await course.next()).answer is None, "two are enough"
    (open_one,) = (await second.differences(course.teacher, at.cohort_id, at.node_id)).items
    assert [(mark.marked_by, mark.points, mark.comment) for mark in open_one.marks] == [
        ("Grader", 1.0, "Thin."),
        ("Colleague", 3.0, None),
    ]
    with pytest.raises(MarksOnlyError):
        await second.differences(grader, at.cohort_id, at.node_id)
    with pytest.raises(BadMarkError):
        await second.settle(course.teacher, at.cohort_id, at.node_id, open_one.answer_id, FinalMarkIn(points=4.0))
    final = FinalMarkIn(points=2.5, comment="Good, and short.")
    left = await second.settle(course.teacher, at.cohort_id, at.node_id, open_one.answer_id, final)
    assert (left.items, await course.points()) == ([], [2.5])
    with pytest.raises(AnswerNotFoundError):
        await second.settle(course.teacher, at.cohort_id, at.node_id, open_one.answer_id, final)
    async with school.database.reading() as session:
        assert [mark.origin for mark in await session.scalars(select(Mark))] == ["settled"]


async def test_an_undone_mark_waits_again_and_may_be_another(school: School) -> None:
    course, grader = await marked_twice(school, RIGHT)
    marker, at = course.marking.marker, course.question
    first = await give(course, grader, 1.0)
    assert (await marker.undo(grader, at.cohort_id, first.batch_id)).undone == 1
    await give(course, grader, 2.0)
    second = await give(course, course.teacher, 2.0)
    assert await course.points() == [2.0]
    assert (await marker.undo(course.teacher, at.cohort_id, second.batch_id)).undone == 1
    assert await course.points() == [None]
    await give(course, course.teacher, 2.0)
    assert await course.points() == [2.0]


async def test_two_who_mark_at_the_same_moment_make_one_final_mark(school: School) -> None:
    course, grader = await marked_twice(school, RIGHT)
    held = await course.next(grader)
    await course.marking.marker.release(grader, course.question, held.ids)
    wanted = MarkIn(answers=held.ids, points=2.0)
    people = (grader, course.teacher, course.colleague)
    outs = await asyncio.gather(*(course.marking.marker.mark(who, course.question, wanted) for who in people))
    assert sorted(out.marked for out in outs) == [0, 1, 1]
    assert await course.points() == [2.0]


async def test_a_lab_is_marked_by_one_again_when_that_is_said(school: School) -> None:
    course, grader = await marked_twice(school, RIGHT)
    at, desk = course.question, course.marking.desk
    shown = await desk.change(course.teacher, at.cohort_id, at.node_id, DeskChange(is_anonymous=True))
    assert (shown.is_anonymous, shown.takes_two) == (True, True)
    await give(course, grader, 1.0)
    await desk.change(course.teacher, at.cohort_id, at.node_id, DeskChange(takes_two=False))
    await give(course, course.teacher, 3.0)
    assert await course.points() == [3.0]
