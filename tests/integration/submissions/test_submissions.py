"""Submissions and their queue on real databases, with a scripted grader."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from nexus_server.errors import ForbiddenError
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.learner import Role
from nexus_server.notebook_format.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.notifications.service import NotificationService
from nexus_server.paging import Position
from nexus_server.roadmaps.errors import NodeLockedError, NodeNotFoundError
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.gamify import XpEntry
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.submissions.claims import claim
from nexus_server.submissions.errors import (
    NoSubmissionsLeftError,
    NotALabError,
    NotGradedYetError,
    NothingToSubmitError,
    SubmissionNotFoundError,
    SubmissionsFullError,
)
from nexus_server.submissions.grade_writer import NewGrade
from nexus_server.teaching.regrade_preview import RegradePreviewFilter
from nexus_server.teaching.submissions import SubmissionFilter
from tests.plugins.school import School, answer

LEASE = timedelta(seconds=30)


async def count_grades(school: School) -> int:
    async with school.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Grade)) or 0


async def count_payments(school: School) -> int:
    async with school.database.transaction() as session:
        query = select(func.count()).select_from(XpEntry).where(XpEntry.award_key.endswith(":completed"))
        return await session.scalar(query) or 0


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


async def test_everybodys_first_comes_before_anybodys_second(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    bob, _ = await school.ready_for_lab("Bob")
    service = school.submissions.service
    for number in range(3):
        await service.submit(ada, lab, answer(1.0, f"ada-{number}"))
        school.pass_time(seconds=1)
    receipt = await service.submit(bob, lab, answer(1.0, "bob-0"))
    assert receipt.queue_position == 2
    await school.grade_all()
    assert school.grader.order == ["ada-0", "bob-0", "ada-1", "ada-2"]


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


async def test_an_outage_is_retried_later_and_by_itself(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    school.grader.outages = ["no kernel"]
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    assert await school.grade_all() == 1
    assert (await school.submissions.service.get_submission(ada, receipt.id)).status == "queued"
    assert await school.grade_all() == 0
    school.pass_time(seconds=6)
    assert await school.grade_all() == 1
    assert (await school.submissions.service.get_submission(ada, receipt.id)).status == "graded"


async def test_what_failed_for_good_may_be_sent_again(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    school.grader.outages = ["no kernel"] * 5
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    for _ in range(5):
        school.pass_time(minutes=10)
        await school.grade_all()
    again = await school.submissions.service.submit(ada, lab, answer(1.0))
    assert (again.id, again.status) == (receipt.id, "queued")


async def test_a_dead_workers_submission_is_taken_over_and_graded_once(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(2.0))
    school.grader.gate.clear()
    silent = asyncio.create_task(school.submissions.worker.work_once("other:1:a"))
    await school.grader.is_running(1)
    school.pass_time(seconds=31)
    assert await school.submissions.worker.sweep() == 1
    school.grader.gate.set()
    assert await school.grade_all("other:2:b") == 1
    # the silent one comes back to life and finds its claim gone
    await silent
    assert await count_grades(school) == 1
    assert await count_payments(school) == 2
    assert (await school.user(ada)).xp == 20 + 5 + 60


async def test_a_claim_that_is_kept_alive_is_not_swept(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(2.0))
    async with school.database.transaction() as session:
        assert await claim(session, "w", school.clock.now(), LEASE) is not None
    school.pass_time(seconds=29)
    assert await school.submissions.worker.sweep() == 0


async def test_two_workers_never_take_the_same_submission(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    for number in range(6):
        await school.submissions.service.submit(ada, lab, answer(1.0, str(number)))
    await asyncio.gather(*(school.grade_all(f"w:{number}:x") for number in range(4)))
    assert sorted(school.grader.order) == [str(number) for number in range(6)]
    assert await count_grades(school) == 6


async def test_the_worker_grades_in_the_background_within_its_slots(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    school.grader.gate.clear()
    with school.bus.subscribe(ada.id) as messages:
        await school.submissions.start()
        receipts = [await school.submissions.service.submit(ada, lab, answer(1.0, str(n))) for n in range(5)]
        await school.grader.is_running(2)
        school.grader.gate.set()
        graded: set[object] = set()
        async with asyncio.timeout(30):
            while len(graded) < 5:
                message = await messages.get()
                if message["type"] == "grading.progress" and message["status"] == "graded":
                    graded.add(message["submission_id"])
    await school.submissions.stop()
    assert graded == {str(receipt.id) for receipt in receipts}
    assert school.grader.most_running == 2
    assert school.grader.is_closed


async def test_stopping_gives_back_what_is_in_hand(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    school.grader.gate.clear()
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    await school.submissions.start()
    await school.grader.is_running(1)
    await school.submissions.stop()
    assert (await school.submissions.service.get_submission(ada, receipt.id)).status == "queued"
    async with school.database.transaction() as session:
        assert await session.scalar(select(Submission.failures)) == 0


async def test_what_a_killed_process_held_is_graded_after_the_restart(school: School) -> None:
    """At once where the database serves one process; elsewhere its worker may live, and the lease decides."""
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    async with school.database.transaction() as session:
        await claim(session, "of the process before:x", school.clock.now(), LEASE)
    school.grader.gate.clear()
    await school.submissions.start()
    if school.database.is_sqlite:
        await school.grader.is_running(1)
    await school.submissions.stop()
    school.grader.gate.set()
    assert await school.grade_all() == int(school.database.is_sqlite)
    school.pass_time(minutes=2)
    await school.submissions.worker.sweep()
    await school.grade_all()
    assert (await school.submissions.service.get_submission(ada, receipt.id)).status == "graded"


async def test_two_workers_of_one_machine_do_not_take_each_others_work(school: School) -> None:
    """In containers both have the same host name and number of process; one that starts or stops leaves the other's."""
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(2.0))
    one, other = school.other_process(), school.other_process()
    async with school.database.transaction() as session:
        claimed = await claim(session, f"{one.worker.name}:x", school.clock.now(), LEASE)
    assert claimed is not None
    assert one.worker.name != other.worker.name
    if not school.database.is_sqlite:
        await other.worker.start()
        await other.worker.stop()
    assert await other.worker.sweep() == 0
    async with school.database.transaction() as session:
        assert await session.scalar(select(Submission.claimed_by)) == f"{one.worker.name}:x"


async def test_a_grading_whose_claim_was_lost_is_ended(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    await school.submissions.service.submit(ada, lab, answer(2.0))
    school.grader.gate.clear()
    hasty = school.other_process(lease_s=0.03)
    grading = asyncio.create_task(hasty.worker.work_once("slow"))
    await school.grader.is_running(1)
    async with school.database.transaction() as session:
        await session.execute(update(Submission).values(claimed_by="somebody else"))
    async with asyncio.timeout(60):
        assert await grading
    assert school.grader.running == 0
    async with school.database.transaction() as session:
        assert await session.scalar(select(Submission.status)) == "running"


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


async def test_a_grade_that_nobody_was_told_of_is_announced_by_the_sweeper(school: School) -> None:
    async with school.database.transaction() as session:
        await store_catalogue(session)
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    async with school.database.transaction() as session:
        row = await session.get_one(Submission, receipt.id)
        # the process that writes this dies before it tells anybody
        await school.submissions.writer.write(session, row, NewGrade("autograde", 2.0, 2.0, False, [], {}, "<p></p>"))  # noqa: FBT003
    with school.bus.subscribe(ada.id) as messages:
        await school.submissions.worker.sweep()
        assert messages.empty()  # it may only be about to tell
        school.pass_time(seconds=31)
        await school.submissions.worker.sweep()
        told = [messages.get_nowait() for _ in range(messages.qsize())]
    assert {(m["type"], m.get("slug") or m.get("status")) for m in told} >= {
        ("grading.progress", "graded"),
        ("badge.earned", "first-lab"),
    }
    with school.bus.subscribe(ada.id) as messages:
        await school.submissions.worker.sweep()
        assert messages.empty()
    assert await count_payments(school) == 2


async def test_instructors_are_told_of_what_could_not_be_graded(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await school.learner("Grace", role=Role.INSTRUCTOR)
    stranger = await school.learner("Eve", role=Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    await school.cohorts.join(ada, cohort.join_code)
    school.grader.outages = ["no kernel"] * 5
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    for _ in range(5):
        school.pass_time(minutes=10)
        await school.grade_all()
    bell = NotificationService(school.database, school.clock)
    (notice,) = (await bell.newest(teacher, limit=10)).items
    assert notice.payload["submission_id"] == str(receipt.id)
    assert "Ada could not be graded" in notice.payload["message"]
    assert "no kernel" in notice.payload["reason"]
    assert (await bell.newest(stranger, limit=10)).items == []
    failed = await school.teaching.submissions.list_submissions(teacher, SubmissionFilter(status="failed"))
    assert [(item.id, "no kernel" in (item.reason or "")) for item in failed.items] == [(receipt.id, True)]


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


async def test_a_lab_whose_data_is_missing_stops_nobody_and_is_tried_again(school: School) -> None:
    file = school.content_dir / "tiny/data/numbers.csv"
    text = file.read_text()
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    file.unlink()
    assert await school.grade_all() == 1
    assert (await school.submissions.service.get_submission(ada, receipt.id)).status == "queued"
    file.write_text(text)
    school.pass_time(minutes=1)
    assert await school.grade_all() == 1
    graded = await school.submissions.service.get_submission(ada, receipt.id)
    assert (graded.status, graded.score, graded.attempt) == ("graded", 2.0, 1)


async def repair_the_test(school: School) -> None:
    """Change what the lab's test asserts, and sync."""
    path = school.content_dir / "tiny/labs/lab.ipynb"
    text = path.read_text()
    assert "assert" in text
    path.write_text(text.replace("assert", "assert True and", 1))
    await school.roadmaps.sync.run()


async def test_the_same_bytes_are_graded_anew_after_the_test_was_repaired(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    service = school.submissions.service
    first = await service.submit(ada, lab, answer(1.0))
    await school.grade_all()
    again = await service.submit(ada, lab, answer(1.0))
    assert (again.id, again.status) == (first.id, "graded")
    await repair_the_test(school)
    third = await service.submit(ada, lab, answer(1.0))
    assert (third.id, third.attempt, third.status) == (first.id, 1, "queued")
    assert await school.grade_all() == 1
    assert await count_grades(school) == 2
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


async def test_an_engine_that_is_away_is_waited_for_however_long(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    school.grader.outages, school.grader.is_engine_away = ["the engine is away"] * 20, True
    for _ in range(20):
        assert await school.grade_all() == 1
        school.pass_time(minutes=10)
    assert await school.grade_all() == 1
    view = await school.submissions.service.get_submission(ada, receipt.id)
    assert (view.status, view.score, view.attempt) == ("graded", 2.0, 1)


async def test_a_preview_tells_whose_points_a_repair_would_change_and_writes_nothing(school: School) -> None:
    service, preview = school.submissions.service, school.teaching.preview
    ada, lab = await school.ready_for_lab()
    bob, _ = await school.ready_for_lab("Bob")
    for learner in (ada, bob):
        await service.submit(learner, lab, answer(1.0, str(learner.id)))
    await school.grade_all()
    assert [each async for each in preview.outcomes("tiny", "lab")] == []
    await repair_the_test(school)
    school.grader.points_now = {str(bob.id): 2.0}
    found = [
        (each.display_name, each.before, each.after, each.is_change) async for each in preview.outcomes("tiny", "lab")
    ]
    assert sorted(found) == [("Ada", 1.0, 1.0, False), ("Bob", 1.0, 2.0, True)]
    assert await count_grades(school) == 2
    assert {view.score for view in (await service.list_submissions(bob, lab)).items} == {1.0}
    with pytest.raises(NodeNotFoundError):
        _ = [each async for each in preview.outcomes("tiny", "hello")]


async def test_an_instructor_sees_whose_points_of_their_own_students_would_change(school: School) -> None:
    service, preview = school.submissions.service, school.teaching.preview
    (ada, lab), (bob, _), (eve, _) = [await school.ready_for_lab(name) for name in ("Ada", "Bob", "Eve")]
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    for learner in (ada, bob):
        await school.cohorts.join(learner, cohort.join_code)
    for learner in (ada, bob, eve):
        await service.submit(learner, lab, answer(1.0, str(learner.id)))
        school.pass_time(minutes=1)
    await school.grade_all()
    assert (await preview.page(teacher, lab, RegradePreviewFilter())).items == []
    await repair_the_test(school)
    school.grader.points_now = {str(bob.id): 2.0}
    first = await preview.page(teacher, lab, RegradePreviewFilter())
    assert first.next is not None
    second = await preview.page(teacher, lab, RegradePreviewFilter(cursor=Position.parse(first.next)))
    found = [(one.display_name, one.before, one.after, one.is_change) for one in first.items + second.items]
    assert found == [("Bob", 1.0, 2.0, True), ("Ada", 1.0, 1.0, False)]
    assert [(page.left, page.next is None) for page in (first, second)] == [(1, False), (0, True)]
    assert await count_grades(school) == 3
    with pytest.raises(ForbiddenError):
        await preview.page(ada, lab, RegradePreviewFilter())


async def test_an_account_that_is_deleted_while_its_grade_is_announced_stops_nothing(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    async with school.database.transaction() as session:
        await session.execute(delete(User).where(User.id == ada.id))
    await school.submissions.writer.announce_late(receipt.id, ada.id)
