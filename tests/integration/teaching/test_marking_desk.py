"""Marking a class's answers by rubric and by groups, on real databases."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import nbformat
import pytest
from sqlalchemy import select

from nexus_server.accounts.errors import MarksOnlyError, UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.store.models.accounts import Notification
from nexus_server.store.models.marking import HandAnswer, Mark
from nexus_server.teaching.build import Teaching
from nexus_server.teaching.marking.build import MarkingServices
from nexus_server.teaching.marking.errors import (
    AnswerNotFoundError,
    BadMarkError,
    QuestionNotFoundError,
    RegradeAnsweredError,
    RegradeRequestedError,
    RegradeRequestNotFoundError,
    RubricChangedError,
    RubricItemInUseError,
)
from nexus_server.teaching.marking.questions import Question
from nexus_server.teaching.marking.types import DeskChange, InHand, MarkIn, NextIn, RubricIn, RubricItemIn, RubricView
from nexus_server.teaching.overrides import Holder, OverrideIn
from nexus_server.teaching.submissions import SubmissionFilter
from tests.plugins.school import School, answer

QUESTION = {"grade_id": "why", "grade": True, "solution": True, "locked": False, "task": False, "points": 3}
MARK = {"nbgrader": {**QUESTION, "schema_version": 3, "cell_type": "markdown"}}
RIGHT = "Because of outliers."


def said(text: str, points: float = 1.0) -> dict[str, Any]:
    """Return a notebook that answers the question."""
    cell = {"id": "why", "cell_type": "markdown", "metadata": MARK, "source": text}
    return {**answer(points, waits=True), "cells": [cell]}


async def ask_why(school: School) -> None:
    """Put a question for people into the lab, and sync."""
    path = school.content_dir / "tiny/labs/lab.ipynb"
    notebook = nbformat.from_dict(json.loads(path.read_text()))
    notebook.cells.append(nbformat.v4.new_markdown_cell("## Why?\n\nSay it in a sentence.", id="asks"))
    notebook.cells.append(
        nbformat.v4.new_markdown_cell("### BEGIN SOLUTION\nOutliers.\n### END SOLUTION", id="why", metadata=MARK)
    )
    path.write_text(nbformat.writes(notebook))
    await school.roadmaps.sync.run()


@dataclass
class Class:
    """A class that handed in answers."""

    school: School
    teacher: Learner
    colleague: Learner
    students: list[Learner]
    receipts: list[UUID]
    question: Question

    @property
    def marking(self) -> MarkingServices:
        return self.school.teaching.marking

    @property
    def teaching(self) -> Teaching:
        return self.school.teaching

    async def next(self, who: Learner | None = None, **wanted: Any) -> InHand:
        return await self.marking.marker.take_next(who or self.teacher, self.question, NextIn(**wanted))

    async def rubric(self, *items: tuple[str, float], starts_full: bool = False) -> RubricView:
        wanted = [RubricItemIn(text=text, points=points) for text, points in items]
        return await self.marking.rubrics.set(
            self.teacher, self.question, RubricIn(items=wanted, starts_full=starts_full, version=0)
        )

    async def points(self) -> list[float | None]:
        """Return what each student has for the question; None where it waits."""
        found = []
        for student, receipt in zip(self.students, self.receipts, strict=True):
            view = await self.school.submissions.service.get_submission(student, receipt)
            cell = next(cell for cell in view.cells if cell.grade_id == "why")
            found.append(None if cell.status == "manual" else cell.points)
        return found


async def a_class(school: School, *texts: str) -> Class:
    await ask_why(school)
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    colleague = await school.learner("Colleague", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    await school.members.add(teacher, cohort.id, colleague.email)
    students, receipts = [], []
    for number, text in enumerate(texts):
        student, lab = await school.ready_for_lab(f"Student {number}")
        await school.cohorts.join(student, cohort.join_code)
        receipts.append((await school.submissions.service.submit(student, lab, said(text))).id)
        students.append(student)
        await school.grade_all()
        school.pass_time(seconds=1)
    question = Question(cohort.id, await school.node_id("lab"), "why")
    return Class(school, teacher, colleague, students, receipts, question)


async def test_a_group_is_marked_with_one_action_and_undone_with_one(school: School) -> None:
    course = await a_class(school, RIGHT, "because of outliers", "By luck.", "Becuase of outliers.")
    marker = course.marking.marker
    rubric = await course.rubric(("Names the outliers", 2.0), ("Says how", 1.0))
    shown = await course.marking.desk.question(course.teacher, course.question, "alike")
    assert (shown.task, shown.model_answer.count("Outliers"), shown.max_points) == (
        "## Why?\n\nSay it in a sentence.",
        1,
        3,
    )
    assert [(each.size, each.in_hand) for each in shown.groups] == [(3, 0), (1, 0)]
    held = await course.next()
    assert held.answer is not None
    assert (held.answer.text, held.answer.name, len(held.ids)) == (RIGHT, "Student 0", 3)
    assert held.variants == ["because of outliers", "Becuase of outliers."]
    wanted = MarkIn(answers=held.ids, items=[rubric.items[0].id], comment="Say how, too.")
    out = await marker.mark(course.teacher, course.question, wanted)
    assert (out.marked, out.points, out.left) == (3, 2.0, [])
    assert await course.points() == [2.0, 2.0, None, 2.0]
    view = await school.submissions.service.get_submission(course.students[1], course.receipts[1])
    cell = next(cell for cell in view.cells if cell.grade_id == "why")
    assert ([item.text for item in cell.rubric], cell.comment) == (["Names the outliers"], "Say how, too.")
    page = await school.submissions.service.get_feedback(course.students[1], course.receipts[1])
    assert "Names the outliers (+2) · Say how, too." in page
    desk = await course.marking.desk.desk(course.teacher, course.question.cohort_id, course.question.node_id)
    (progress,) = desk.questions
    assert (progress.waiting, progress.marked, progress.mean_points) == (1, 3, 2.0)
    assert [(each.display_name, each.marked, each.in_hand) for each in progress.people] == [("Teacher", 3, 0)]
    labs = (await course.marking.desk.labs(course.teacher, course.question.cohort_id)).items
    assert [(lab.node_id, lab.waiting, lab.marked) for lab in labs] == [(course.question.node_id, 1, 3)]
    school.pass_time(seconds=1)
    undone = await marker.undo(course.teacher, course.question.cohort_id, out.batch_id)
    assert (undone.undone, undone.changed_since) == (3, 0)
    assert await course.points() == [None, None, None, None]
    seen = await marker.read(course.teacher, course.question, held.answer.id)
    assert [(each.origin, each.is_undone, each.marked_by) for each in seen.history] == [
        ("undo", False, "Teacher"),
        ("group", True, "Teacher"),
    ]
    detail = await course.teaching.submissions.get_submission(course.teacher, course.receipts[0])
    assert [grade.origin for grade in detail.grades] == ["manual", "manual", "autograde"]


async def test_nobody_is_given_what_somebody_else_has_in_hand(school: School) -> None:
    course = await a_class(school, RIGHT, RIGHT, "By luck.")
    marker = course.marking.marker
    mine = await course.next()
    theirs = await course.next(course.colleague)
    assert (len(mine.ids), len(theirs.ids)) == (2, 1)
    assert not set(mine.ids) & set(theirs.ids)
    assert (await course.next(course.colleague, leave=theirs.ids)).answer is None
    (refused,) = (await marker.mark(course.colleague, course.question, MarkIn(answers=mine.ids[:1], points=1))).left
    assert (refused.answer_id, refused.why) == (mine.ids[0], "in_hand")
    with pytest.raises(AnswerNotFoundError):
        await course.next(course.colleague, answer_id=mine.ids[0])
    # whoever took them goes on with them
    assert (await course.next()).ids == mine.ids
    await marker.release(course.colleague, course.question, mine.ids)  # not theirs to give
    assert (await course.next(course.colleague, leave=theirs.ids)).answer is None
    await marker.release(course.teacher, course.question, mine.ids)
    assert (await course.next(course.colleague, leave=theirs.ids)).ids == mine.ids
    school.pass_time(minutes=16)
    assert (await course.next()).ids == mine.ids


async def test_a_mark_never_takes_the_place_of_another_unseen(school: School) -> None:
    course = await a_class(school, RIGHT, RIGHT)
    marker = course.marking.marker
    held = await course.next()
    await marker.mark(course.teacher, course.question, MarkIn(answers=held.ids[:1], points=1))
    out = await marker.mark(course.colleague, course.question, MarkIn(answers=held.ids, points=3))
    # the second one is the teacher's no more: it went back with the mark of the first
    assert [(each.answer_id, each.why) for each in out.left] == [(held.ids[0], "marked"), (held.ids[1], "in_hand")]
    out = await marker.mark(course.teacher, course.question, MarkIn(answers=held.ids, points=3, again=True))
    assert (out.marked, await course.points()) == (2, [3.0, 3.0])
    school.pass_time(seconds=1)
    later = await marker.mark(course.colleague, course.question, MarkIn(answers=held.ids[1:], points=2, again=True))
    undone = await marker.undo(course.teacher, course.question.cohort_id, out.batch_id)
    assert (undone.undone, undone.changed_since) == (1, 1)
    assert await course.points() == [1.0, 2.0]
    # nobody undoes somebody else's
    assert (await marker.undo(course.teacher, course.question.cohort_id, later.batch_id)).undone == 0
    for wrong in (
        MarkIn(answers=held.ids, points=4),
        MarkIn(answers=held.ids, items=[uuid4()]),
        MarkIn(answers=held.ids),
    ):
        with pytest.raises(BadMarkError):
            await marker.mark(course.teacher, course.question, wrong)


async def test_marks_follow_their_rubric_and_an_item_in_use_stays(school: School) -> None:
    course = await a_class(school, RIGHT, "By luck.")
    rubrics, marker = course.marking.rubrics, course.marking.marker
    first = await course.rubric(("No reason", -2.0), ("Not a sentence", -1.0), starts_full=True)
    held = await course.next(answer_id=(await course.next()).ids[0])
    out = await marker.mark(course.teacher, course.question, MarkIn(answers=held.ids, items=[first.items[0].id]))
    assert out.points == 1.0
    items = [RubricItemIn(id=item.id, text=item.text, points=item.points) for item in first.items]
    with pytest.raises(RubricItemInUseError) as refused:
        await rubrics.set(course.teacher, course.question, RubricIn(items=items[1:], starts_full=True, version=1))
    assert refused.value.details == {"item": "No reason", "used": 1}
    with pytest.raises(RubricChangedError):
        await rubrics.set(course.colleague, course.question, RubricIn(items=items, version=0))
    softer = [items[0].model_copy(update={"points": -1.5, "is_retired": True})]
    school.pass_time(seconds=1)
    after = await rubrics.set(course.teacher, course.question, RubricIn(items=softer, starts_full=True, version=1))
    assert [(item.points, item.is_retired, item.used) for item in after.items] == [(-1.5, True, 1)]
    assert sorted(await course.points(), key=str) == [1.5, None]
    # points that somebody gave instead of the sum stay
    again = MarkIn(answers=held.ids, items=[after.items[0].id], points=0.5, again=True)
    await marker.mark(course.teacher, course.question, again)
    milder = [softer[0].model_copy(update={"points": -0.5})]
    await rubrics.set(course.teacher, course.question, RubricIn(items=milder, starts_full=True, version=2))
    assert sorted(await course.points(), key=str) == [0.5, None]
    async with school.database.reading() as session:
        origins = list(await session.scalars(select(Mark.origin).order_by(Mark.marked_at, Mark.id)))
    assert sorted(origins) == ["desk", "desk", "rubric", "rubric"]


async def test_names_are_hidden_where_marking_is_anonymous(school: School) -> None:
    course = await a_class(school, RIGHT)
    desk, at = course.marking.desk, course.question
    assert (await desk.change(course.teacher, at.cohort_id, at.node_id, DeskChange(is_anonymous=True))).is_anonymous
    held = await course.next()
    assert held.answer is not None
    told = held.model_dump_json()
    hidden = (course.students[0].display_name, str(course.students[0].id), str(course.receipts[0]))
    assert not [each for each in hidden if each in told]
    assert not (
        await desk.change(course.teacher, at.cohort_id, at.node_id, DeskChange(is_anonymous=False))
    ).is_anonymous


async def test_a_newer_attempt_is_marked_and_the_older_one_is_gone(school: School) -> None:
    course = await a_class(school, "By luck.")
    held = await course.next()
    receipt = await school.submissions.service.submit(course.students[0], course.question.node_id, said(RIGHT))
    await school.grade_all()
    out = await course.marking.marker.mark(course.teacher, course.question, MarkIn(answers=held.ids, points=0))
    assert [each.why for each in out.left] == ["gone"]
    newer = await course.next()
    assert newer.answer is not None
    assert (newer.answer.text, newer.answer.submission_id) == (RIGHT, receipt.id)
    # a regrade of the older attempt brings nothing back
    await course.teaching.submissions.regrade(course.teacher, course.receipts[0])
    await school.grade_all()
    assert (await course.next()).ids == newer.ids


async def test_what_was_graded_before_there_was_a_desk_is_read_when_one_looks(school: School) -> None:
    course = await a_class(school, RIGHT, "By luck.")
    async with school.database.transaction() as session:
        for row in await session.scalars(select(HandAnswer)):
            await session.delete(row)
    (lab,) = (await course.marking.desk.labs(course.teacher, course.question.cohort_id)).items
    assert (lab.waiting, lab.marked) == (2, 0)
    assert (await course.next()).waiting == 2


async def test_strangers_and_students_mark_nothing(school: School) -> None:
    course = await a_class(school, RIGHT)
    stranger = await school.learner("Stranger", Role.INSTRUCTOR)
    at, marker = course.question, course.marking.marker
    held = await course.next()
    for who, error in ((stranger, UnknownCohortError), (course.students[0], ForbiddenError)):
        for refused in (
            course.marking.desk.labs(who, at.cohort_id),
            course.marking.desk.desk(who, at.cohort_id, at.node_id),
            course.marking.desk.question(who, at, "alike"),
            course.marking.desk.change(who, at.cohort_id, at.node_id, DeskChange(is_anonymous=True)),
            course.marking.rubrics.set(who, at, RubricIn(items=[], version=0)),
            marker.take_next(who, at, NextIn()),
            marker.release(who, at, held.ids),
            marker.read(who, at, held.ids[0]),
            marker.mark(who, at, MarkIn(answers=held.ids, points=1)),
            marker.undo(who, at.cohort_id, uuid4()),
        ):
            with pytest.raises(error):
                await refused
    with pytest.raises(QuestionNotFoundError):
        await marker.take_next(course.teacher, Question(at.cohort_id, at.node_id, "gone"), NextIn())
    assert await course.points() == [None]


async def test_a_request_to_look_again_is_answered_in_place(school: School) -> None:
    course = await a_class(school, RIGHT)
    requests, learner, receipt = course.marking.requests, course.students[0], course.receipts[0]
    with pytest.raises(BadMarkError):
        await requests.ask(learner, receipt, "why", "Too early.")
    held = await course.next()
    mark = MarkIn(answers=held.ids, points=1, comment="Too short.")
    await course.marking.marker.mark(course.teacher, course.question, mark)
    asked = await requests.ask(learner, receipt, "why", "I named the reason.")
    with pytest.raises(RegradeRequestedError):
        await requests.ask(learner, receipt, "why", "Again.")
    (waiting,) = await requests.list_all(course.teacher, is_answered=False)
    assert (waiting.learner, waiting.reason, waiting.points, waiting.max_points) == (
        "Student 0",
        "I named the reason.",
        1.0,
        3.0,
    )
    stranger = await school.learner("Stranger", Role.INSTRUCTOR)
    with pytest.raises(RegradeRequestNotFoundError):
        await requests.answer(stranger, asked.id, "No.", None)
    school.pass_time(seconds=1)
    answered = await requests.answer(course.colleague, asked.id, "You are right.", 2.5)
    assert (answered.answer, answered.points, answered.new_points) == ("You are right.", 1.0, 2.5)
    assert await course.points() == [2.5]
    with pytest.raises(RegradeAnsweredError):
        await requests.answer(course.teacher, asked.id, "Twice.", None)
    (mine,) = await requests.list_own(learner, receipt)
    assert mine.answer == "You are right."
    assert (
        await requests.list_all(course.teacher, is_answered=False),
        len(await requests.list_all(course.teacher, is_answered=True)),
    ) == ([], 1)
    view = await course.school.submissions.service.get_submission(learner, receipt)
    assert next(cell for cell in view.cells if cell.grade_id == "why").comment == "Too short."
    async with school.database.reading() as session:
        note = await session.scalar(select(Notification).where(Notification.type == "regrade.answered"))
        told = list(await session.scalars(select(Notification.type)))
    assert note is not None
    assert told.count("submission.marked") == 1
    assert (note.user_id, note.payload["is_changed"]) == (learner.id, True)


async def test_a_grader_marks_and_changes_nothing_else(school: School) -> None:
    course = await a_class(school, RIGHT)
    rubric = await course.rubric(("Names the outliers", 2.0))
    grader = await school.learner("Grader", Role.INSTRUCTOR)
    await school.members.add(course.teacher, course.question.cohort_id, grader.email, "grader")
    held = await course.next(grader)
    out = await course.marking.marker.mark(
        grader, course.question, MarkIn(answers=held.ids, items=[rubric.items[0].id])
    )
    assert (out.marked, await course.points()) == (1, [2.0])
    (listed,) = (await course.teaching.submissions.list_submissions(grader, SubmissionFilter())).items
    assert (await course.teaching.submissions.get_submission(grader, listed.id)).id == course.receipts[0]
    cohort_id, lab = course.question.cohort_id, course.question.node_id
    for refused in (
        course.marking.rubrics.set(grader, course.question, RubricIn(items=[], version=1)),
        course.marking.desk.change(grader, cohort_id, lab, DeskChange(is_anonymous=True)),
        course.teaching.gradebook.book.read(grader, "tiny", cohort_id),
        course.teaching.exams.release(grader, lab, cohort_id),
        course.teaching.overrides.set(grader, lab, Holder(kind="class", id=cohort_id), OverrideIn(attempts=1)),
    ):
        with pytest.raises(MarksOnlyError):
            await refused
    assert await course.teaching.submissions.regrade_all(grader, lab) == 0
