"""Submissions and their queue on real databases, with a scripted grader."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from nexus_server.learner import Role
from nexus_server.notebook_format.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.roadmaps.errors import NodeLockedError
from nexus_server.store.models.accounts import Notification
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.errors import (
    NoSubmissionsLeftError,
    NotALabError,
    NotGradedYetError,
    NothingToSubmitError,
    SubmissionNotFoundError,
    SubmissionsFullError,
)
from tests.plugins.school import School, answer


async def test_a_pass_completes_the_node_and_pays_once(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    receipt = await service.submit(ada, lab, answer(1.0))
    assert (receipt.queue_position, receipt.attempt, receipt.received_at) == (1, 1, school.clock.now())
    assert (await service.get_submission(ada, receipt.id)).status == "queued"
    assert await school.grade_all() == 1
    graded = await service.get_submission(ada, receipt.id)
    assert (graded.status, graded.score, graded.max_score, graded.share) == ("graded", 1.0, 2.0, 0.5)
    assert graded.xp_awarded == 2 * 30
    assert graded.cells[0].grade_id == "test"
    assert await service.get_feedback(ada, receipt.id) == "<p>feedback</p>"
    assert (await school.statuses(ada))["lab"] == "completed"
    better = await service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    assert (await service.get_submission(ada, better.id)).xp_awarded == 0
    assert (await school.user(ada)).xp == 20 + 5 + 60


async def test_too_few_points_complete_nothing(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(0.9))
    await school.grade_all()
    assert (await school.statuses(ada))["lab"] == "in_progress"
    rows = (await school.roadmaps.catalogue.list_progress(ada)).items
    assert next(row.score for row in rows if row.slug == "lab") == 0.45


def with_outputs(notebook: dict[str, Any], megabytes: int) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (megabytes * 1024 * 1024)}
    cell = {"cell_type": "code", "id": "big", "metadata": {}, "source": "draw()", "outputs": [output]}
    return {**notebook, "cells": [*notebook["cells"], cell]}


async def test_outputs_over_the_limit_are_left_out_of_a_submission(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, with_outputs(answer(1.0), 11))
    again = await school.submissions.service.submit(ada, lab, with_outputs(answer(1.0), 12))
    assert again.id == receipt.id
    async with school.database.reading() as session:
        kept = await session.scalar(select(Submission.notebook).where(Submission.id == receipt.id))
    assert kept is not None
    assert len(kept) < 10_000
    assert b"draw()" in kept


async def test_text_over_the_limit_is_refused_in_words(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    text = {"cell_type": "markdown", "id": "long", "metadata": {}, "source": "x" * 11 * 1024 * 1024}
    with pytest.raises(NotebookTooLargeError, match="Without its outputs this notebook is still over 10 MB"):
        await school.submissions.service.submit(ada, lab, {**answer(1.0), "cells": [text]})


async def test_what_a_learner_handed_in_has_room_up_to_a_limit(school: School) -> None:
    service = school.other_process(stored_mb_per_learner=1).service
    ada, lab = await school.ready_for_lab()
    text = {"cell_type": "markdown", "id": "long", "metadata": {}, "source": "x" * 600_000}
    await service.submit(ada, lab, {**answer(1.0, "first"), "cells": [text]})
    with pytest.raises(SubmissionsFullError):
        await service.submit(ada, lab, {**answer(1.0, "second"), "cells": [text]})
    grace, _ = await school.ready_for_lab("Grace")
    assert (await service.submit(grace, lab, {**answer(1.0, "first"), "cells": [text]})).attempt == 1


async def test_an_old_notebook_is_taken(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    sheets = [{"cells": [{"cell_type": "heading", "level": 1, "source": ["Notes"]}]}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    assert (await school.submissions.service.submit(ada, lab, old)).status == "queued"


async def test_the_same_bytes_are_one_attempt_even_at_once(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    receipts = await asyncio.gather(*(service.submit(ada, lab, answer(1.0)) for _ in range(5)))
    assert len({receipt.id for receipt in receipts}) == 1
    await school.grade_all()
    again = await service.submit(ada, lab, answer(1.0))
    assert (again.id, again.status, again.queue_position) == (receipts[0].id, "graded", None)
    other = await service.submit(ada, lab, answer(1.0, "changed"))
    assert other.attempt == 2


async def test_the_notebook_in_the_workspace_is_the_default(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    with pytest.raises(NothingToSubmitError):
        await service.submit(ada, lab, None)
    opened = await school.roadmaps.nodes.open_node(ada, lab)
    receipt = await service.submit(ada, lab, None)
    async with school.database.transaction() as session:
        stored = await session.scalar(select(Submission.notebook).where(Submission.id == receipt.id))
    assert stored == (school.workspace(ada) / str(opened.path)).read_bytes()


async def test_what_cannot_be_submitted_says_why(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    with pytest.raises(NotANotebookError):
        await service.submit(ada, lab, {"cells": 3})
    with pytest.raises(NotALabError):
        await service.submit(ada, await school.node_id("hello"), answer(1.0))
    with pytest.raises(NodeLockedError):
        await service.submit(await school.learner("Bob"), lab, answer(1.0))
    assert (await service.list_submissions(ada, lab)).items == []


async def test_submissions_belong_to_their_learner(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    bob, _ = await school.ready_for_lab("Bob")
    service = school.submissions.service
    receipt = await service.submit(ada, lab, answer(1.0))
    with pytest.raises(SubmissionNotFoundError):
        await service.get_submission(bob, receipt.id)
    with pytest.raises(SubmissionNotFoundError):
        await service.get_feedback(bob, receipt.id)
    with pytest.raises(NotGradedYetError):
        await service.get_feedback(ada, receipt.id)
    assert (await service.list_submissions(bob, lab)).items == []


async def test_attempts_are_limited_but_outages_use_up_none(school: School) -> None:
    await school.change_lab("attempts: 1")
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    school.grader.outages = ["no kernel"] * 5
    receipt = await service.submit(ada, lab, answer(1.0))
    for _ in range(5):
        school.pass_time(minutes=10)
        await school.grade_all()
    failed = await service.get_submission(ada, receipt.id)
    assert failed.status == "failed"
    assert "no attempt was used up" in (failed.reason or "")
    await service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    with pytest.raises(NoSubmissionsLeftError):
        await service.submit(ada, lab, answer(2.0, "again"))


async def test_a_regrade_that_fails_gives_no_attempt_back(school: School) -> None:
    await school.change_lab("attempts: 1")
    ada, lab = await school.ready_for_lab()
    teacher = await school.learner("Grace", role=Role.INSTRUCTOR)
    await school.cohorts.join(ada, (await school.cohorts.create(teacher, "Class")).join_code)
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    await school.grade_all()
    await school.teaching.submissions.regrade(teacher, receipt.id)
    school.grader.outages = ["no kernel"] * 5
    for _ in range(5):
        school.pass_time(minutes=10)
        await school.grade_all()
    kept = await school.submissions.service.get_submission(ada, receipt.id)
    assert (kept.status, kept.score) == ("graded", 1.0)
    with pytest.raises(NoSubmissionsLeftError):
        await school.submissions.service.submit(ada, lab, answer(2.0))


async def test_what_failed_for_good_may_be_sent_again(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    school.grader.outages = ["no kernel"] * 5
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    for _ in range(5):
        school.pass_time(minutes=10)
        await school.grade_all()
    again = await school.submissions.service.submit(ada, lab, answer(1.0))
    assert (again.id, again.status) == (receipt.id, "queued")


async def test_late_work_and_the_policy_decide_the_score(school: School) -> None:
    await school.change_lab('deadline: "2026-11-18T13:00:00Z", late_penalty: 0.25, attempt_policy: last')
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    await service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    school.pass_time(hours=2)
    late = await service.submit(ada, lab, answer(1.8))
    await school.grade_all()
    graded = await service.get_submission(ada, late.id)
    assert (graded.score, graded.late_penalty) == (1.8, 0.25)
    assert graded.share == pytest.approx(0.675)
    rows = (await school.roadmaps.catalogue.list_progress(ada)).items
    assert next(row.score for row in rows if row.slug == "lab") == pytest.approx(0.675)


async def test_an_instructor_may_try_a_locked_lab(school: School) -> None:
    teacher = await school.learner(role=Role.INSTRUCTOR)
    await school.submissions.service.submit(teacher, await school.node_id("lab"), answer(2.0))
    assert await school.grade_all() == 1


async def test_a_wrong_answer_is_not_retried(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(0.0))
    assert await school.grade_all() == 1
    school.pass_time(hours=1)
    assert await school.grade_all() == 0
    graded = await school.submissions.service.get_submission(ada, receipt.id)
    assert (graded.status, graded.score) == ("graded", 0.0)


async def test_learners_are_told_what_their_lab_unlocked(school: School) -> None:
    roadmap = school.content_dir / "tiny/roadmap.yaml"
    after = "  - {slug: after, type: note, title: After, points: 1, file: notes/hello.md, requires: {all: [lab]}}\n"
    roadmap.write_text(roadmap.read_text() + after)
    await school.roadmaps.sync.run()
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(2.0))
    with school.bus.subscribe(ada.id) as messages:
        await school.grade_all()
        told = [messages.get_nowait() for _ in range(messages.qsize())]
    assert [message["slug"] for message in told if message["type"] == "node.unlocked"] == ["after"]


async def test_the_same_bytes_are_graded_anew_after_the_test_was_repaired(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    first = await service.submit(ada, lab, answer(1.0))
    await school.grade_all()
    again = await service.submit(ada, lab, answer(1.0))
    assert (again.id, again.status) == (first.id, "graded")
    await school.repair_the_test()
    third = await service.submit(ada, lab, answer(1.0))
    assert (third.id, third.attempt, third.status) == (first.id, 1, "queued")
    assert await school.grade_all() == 1
    assert await school.count_grades() == 2
    assert (await service.submit(ada, lab, answer(1.0))).status == "graded"


async def test_a_regrade_that_fails_technically_keeps_the_grade(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service, teacher = school.submissions.service, await school.learner("Boss", Role.ADMIN)
    receipt = await service.submit(ada, lab, answer(1.0))
    await school.grade_all()
    await school.teaching.submissions.regrade(teacher, receipt.id)
    school.grader.outages = ["no kernel"] * 5
    for _ in range(5):
        await school.grade_all()
        school.pass_time(minutes=10)
    view = await service.get_submission(ada, receipt.id)
    assert (view.status, view.score, view.reason) == ("graded", 1.0, None)
    async with school.database.transaction() as session:
        told = list(await session.scalars(select(Notification).where(Notification.type == "grading.failed")))
    assert [note.user_id for note in told] == [teacher.id]
    assert "no kernel" in told[0].payload["reason"]
