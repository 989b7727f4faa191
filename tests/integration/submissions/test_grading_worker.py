"""The queue and its workers on real databases, with a scripted grader: each submission is graded once."""

import asyncio
from datetime import timedelta

from sqlalchemy import delete, select, update

from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.learner import Role
from nexus_server.notifications.service import NotificationService
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.submissions.claims import claim
from nexus_server.submissions.grade_writer import NewGrade
from nexus_server.teaching.submissions import SubmissionFilter
from tests.plugins.school import School, answer, graded_job

LEASE = timedelta(seconds=30)


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
    assert await school.count_grades() == 1
    assert await school.count_payments() == 2
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
    assert await school.count_grades() == 6


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


async def test_a_grade_that_nobody_was_told_of_is_announced_by_the_sweeper(school: School) -> None:
    async with school.database.transaction() as session:
        await store_catalogue(session)
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    async with school.database.transaction() as session:
        row = await session.get_one(Submission, receipt.id)
        # the process that writes this dies before it tells anybody
        await school.submissions.writer.write(session, row, NewGrade("autograde", graded_job(2.0)))
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
    assert await school.count_payments() == 2


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


async def test_an_account_that_is_deleted_while_its_grade_is_announced_stops_nothing(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    async with school.database.transaction() as session:
        await session.execute(delete(User).where(User.id == ada.id))
    with school.bus.subscribe(ada.id) as messages:
        await school.submissions.writer.announce_late(receipt.id, ada.id)
        assert messages.empty()
