"""What instructors do with submissions, on real databases."""

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.paging import Position
from nexus_server.store.models.accounts import Notification
from nexus_server.submissions.errors import BadManualScoreError, NotGradedYetError, SubmissionNotFoundError
from nexus_server.teaching.gradebook.csv_file import as_csv
from nexus_server.teaching.hand_marking import ManualCell
from nexus_server.teaching.submissions import SubmissionFilter
from tests.plugins.sampling import sampled
from tests.plugins.school import School, answer


async def a_class(school: School, *students: Learner) -> Learner:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    for student in students:
        await school.cohorts.join(student, cohort.join_code)
    return teacher


async def test_the_gradebook_shows_only_ones_own_students(school: School) -> None:
    ada, lab = await school.ready_for_lab("=Ada")
    await school.ready_for_lab("Stranger")
    teacher = await a_class(school, ada)
    await school.submissions.service.submit(ada, lab, answer(1.5))
    await school.grade_all()
    book = await school.teaching.gradebook.book.read(teacher, "tiny")
    (row,) = book.items
    assert (row.user_id, row.completed, row.xp) == (ada.id, 2, 85)
    cells = {node.slug: cell for node, cell in zip(book.nodes, row.cells, strict=True)}
    assert (cells["lab"].score, cells["lab"].attempts, cells["lab"].status) == (0.75, 1, "completed")
    assert (cells["clip"].score, cells["clip"].status) == (None, None)
    assert row.score == pytest.approx((10 * 1.0 + 30 * 0.75) / 65)
    (line,) = csv.DictReader(StringIO(as_csv(book)))
    assert (line["name"], line["lab"], line["clip"]) == ("'=Ada", "0.7500", "")


async def test_students_see_nothing_of_it(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    teaching = school.teaching.submissions
    for refused in (
        school.teaching.gradebook.book.read(ada, "tiny"),
        school.teaching.analytics.read(ada, lab),
        teaching.list_submissions(ada, SubmissionFilter()),
        teaching.regrade_all(ada, lab),
        school.roadmaps.administration.status(ada),
        school.roadmaps.administration.sync(ada),
        school.roadmaps.previews.preview(ada, lab, files_url="/f"),
    ):
        with pytest.raises(ForbiddenError):
            await refused
    with pytest.raises(SubmissionNotFoundError):
        await teaching.get_submission(ada, receipt.id)


async def test_another_instructors_students_do_not_exist(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    await school.grade_all()
    stranger = await a_class(school)
    teaching = school.teaching.submissions
    assert (await teaching.list_submissions(stranger, SubmissionFilter())).items == []
    with pytest.raises(SubmissionNotFoundError):
        await teaching.regrade(stranger, receipt.id)
    with pytest.raises(SubmissionNotFoundError):
        await teaching.get_feedback(stranger, receipt.id)
    with pytest.raises(SubmissionNotFoundError):
        await school.teaching.hand_marking.score(stranger, receipt.id, {"test": ManualCell(points=1)}, None)


async def test_a_regrade_keeps_the_history_and_pays_nothing_again(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    receipt = await school.submissions.service.submit(ada, lab, answer(1.0))
    teaching = school.teaching.submissions
    with pytest.raises(NotGradedYetError):
        await teaching.regrade(teacher, receipt.id)
    await school.grade_all()
    school.pass_time(minutes=1)
    await teaching.regrade(teacher, receipt.id)
    await school.grade_all()
    detail = await teaching.get_submission(teacher, receipt.id)
    assert [grade.origin for grade in detail.grades] == ["regrade", "autograde"]
    assert detail.notebook["metadata"]["points"] == 1.0
    assert detail.xp_awarded == 60
    assert (await school.user(ada)).xp == 85


async def test_only_what_other_tests_graded_is_graded_again(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    for number in range(3):
        await school.submissions.service.submit(ada, lab, answer(1.0, str(number)))
    await school.grade_all()
    teaching = school.teaching.submissions
    assert await teaching.regrade_all(teacher, lab) == 3
    assert await school.grade_all() == 3
    assert await teaching.regrade_all(teacher, lab, only_changed=True) == 0
    # data that the tests read decides points as the tests do
    (school.content_dir / "tiny/data/numbers.csv").write_text("n\n0\n")
    assert await teaching.regrade_all(teacher, lab, only_changed=True) == 3
    assert await school.grade_all() == 3
    assert await teaching.regrade_all(teacher, lab, only_changed=True) == 0


async def test_points_by_hand_count_are_shown_and_survive_as_history(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    receipt = await school.submissions.service.submit(ada, lab, answer(0.5))
    await school.grade_all()
    assert (await school.statuses(ada))["lab"] == "in_progress"
    teaching = school.teaching.submissions
    for cells in ({"gone": ManualCell(points=1)}, {"test": ManualCell(points=3)}):
        with pytest.raises(BadManualScoreError):
            await school.teaching.hand_marking.score(teacher, receipt.id, cells, None)
    school.pass_time(minutes=1)
    cells = {"test": ManualCell(points=2, comment="Well <b>said</b>.")}
    scored = await school.teaching.hand_marking.score(teacher, receipt.id, cells, "Good.")
    assert (scored.score, scored.needs_manual, scored.cells[0].comment) == (2.0, False, "Well <b>said</b>.")
    assert (await school.statuses(ada))["lab"] == "completed"
    detail = await teaching.get_submission(teacher, receipt.id)
    assert [(grade.origin, grade.graded_by, grade.comment) for grade in detail.grades] == [
        ("manual", teacher.id, "Good."),
        ("autograde", None, None),
    ]
    async with school.database.reading() as session:
        told = (await session.scalars(select(Notification).where(Notification.user_id == ada.id))).all()
    marked = next(each for each in told if each.type == "submission.marked")
    assert marked.payload == {"submission_id": str(receipt.id), "node_id": str(lab), "title": "Lab"}
    page = await school.submissions.service.get_feedback(ada, receipt.id)
    assert "Well &lt;b&gt;said&lt;/b&gt;." in page
    assert await teaching.get_feedback(teacher, receipt.id) == page


async def test_a_regrade_keeps_marks_comments_and_what_the_learner_reads_of_them(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    service, teaching = school.submissions.service, school.teaching.submissions
    receipt = await service.submit(ada, lab, answer(1.0, waits=True))
    await school.grade_all()
    cells = {"why": ManualCell(points=2.5, comment="Name a reason.")}
    marked = await school.teaching.hand_marking.score(teacher, receipt.id, cells, "Nearly there.")
    assert (marked.score, marked.needs_manual) == (3.5, False)
    school.pass_time(minutes=1)
    await teaching.regrade(teacher, receipt.id)
    await school.grade_all()
    again = await service.get_submission(ada, receipt.id)
    assert (again.score, again.max_score, again.needs_manual) == (3.5, 5.0, False)
    assert [(cell.status, cell.message, cell.comment) for cell in again.cells][1] == ("partial", "", "Name a reason.")
    page = await service.get_feedback(ada, receipt.id)
    assert "3.5 of 5 points" in page
    assert "Name a reason." in page
    assert "Nearly there." in page
    assert "Waits for your instructor" not in page
    assert "hmac" not in ((await teaching.get_submission(teacher, receipt.id)).provenance or {})


async def test_a_moved_deadline_counts_for_whoever_is_graded_again(school: School) -> None:
    await school.change_lab('deadline: "2026-11-18T13:00:00Z", late_penalty: zero')
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    school.pass_time(hours=2)
    receipt = await school.submissions.service.submit(ada, lab, answer(2.0))
    await school.grade_all()
    assert (await school.submissions.service.get_submission(ada, receipt.id)).share == 0.0
    assert (await school.statuses(ada))["lab"] == "in_progress"
    roadmap = school.content_dir / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text().replace("2026-11-18T13", "2026-11-20T13"))
    await school.roadmaps.sync.run()
    assert await school.teaching.submissions.regrade_all(teacher, lab) == 1
    await school.grade_all()
    graded = await school.submissions.service.get_submission(ada, receipt.id)
    assert (graded.late_penalty, graded.share) == (0.0, 1.0)
    assert (await school.statuses(ada))["lab"] == "completed"


#: what counts by each policy and penalty for lateness
COUNTS = [
    ("best", "none", 0.9),
    ("best", "zero", 0.7),
    ("best", "0.5", 0.7),
    ("last", "none", 0.9),
    ("last", "zero", 0.0),
    ("last", "0.5", 0.45),
    ("first", "none", 0.6),
    ("first", "zero", 0.6),
    ("first", "0.5", 0.6),
]


@pytest.mark.parametrize(
    ("policy", "penalty", "counts"),
    sampled(COUNTS, [("best", "none", 0.9), ("best", "0.5", 0.7), ("last", "zero", 0.0), ("first", "zero", 0.6)]),
)
async def test_policies_and_penalties_decide_what_the_gradebook_says(
    school: School, policy: str, penalty: str, counts: float
) -> None:
    lab_spec = f'deadline: "2026-11-18T13:00:00Z", late_penalty: {penalty}, attempt_policy: {policy}'
    await school.change_lab(lab_spec)
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    for points in (1.2, 1.4):
        await school.submissions.service.submit(ada, lab, answer(points))
    school.pass_time(hours=2)
    await school.submissions.service.submit(ada, lab, answer(1.8))
    await school.grade_all()
    book = await school.teaching.gradebook.book.read(teacher, "tiny")
    (score,) = [cell.score for cell in book.items[0].cells if cell.node_id == lab]
    assert score == pytest.approx(counts)
    (line,) = csv.DictReader(StringIO(as_csv(book)))
    assert float(line["lab"]) == pytest.approx(counts)


async def test_submissions_are_listed_in_pages_and_filtered(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    for number in range(3):
        await school.submissions.service.submit(ada, lab, answer(1.0, str(number)))
        school.pass_time(seconds=1)
    teaching = school.teaching.submissions
    first = await teaching.list_submissions(teacher, SubmissionFilter(limit=2))
    assert [item.attempt for item in first.items] == [3, 2]
    assert first.next
    rest = await teaching.list_submissions(teacher, SubmissionFilter(limit=2, cursor=Position.parse(first.next)))
    assert ([item.attempt for item in rest.items], rest.next) == ([1], None)
    assert (await teaching.list_submissions(teacher, SubmissionFilter(status="graded"))).items == []
    assert len((await teaching.list_submissions(teacher, SubmissionFilter(node_id=lab, user_id=ada.id))).items) == 3


async def test_analytics_show_where_learners_fail_and_who_is_stuck(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    bob, _ = await school.ready_for_lab("Bob")
    teacher = await a_class(school, ada, bob)
    await school.submissions.service.submit(ada, lab, answer(2.0))
    await school.submissions.service.submit(bob, lab, answer(0.2))
    await school.grade_all()
    school.pass_time(days=4)
    seen = await school.teaching.analytics.read(teacher, lab)
    assert (seen.students, seen.opened, seen.completed, seen.stuck) == (2, 2, 1, [bob.id])
    assert seen.score_distribution == [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert [(point.id, point.tried, point.missed) for point in seen.points_of_failure] == [("test", 2, 1)]
    assert seen.mean_attempts == 1.0
    book = await school.teaching.gradebook.book.read(teacher, "tiny")
    assert {row.display_name: [c.node_id for c in row.cells if c.is_stuck] for row in book.items} == {
        "Ada": [],
        "Bob": [lab],
    }


async def test_content_status_tells_what_is_wrong_and_pending(school: School) -> None:
    teacher = await a_class(school)
    administration = school.roadmaps.administration
    assert (await administration.status(teacher)).pending == []
    (school.content_dir / "tiny/notes/hello.md").write_text("# New\n")
    (school.content_dir / "tiny/quizzes/quizzed.yaml").write_text("questions: [")
    status = await administration.status(teacher)
    assert status.pending == ["tiny/hello", "tiny/quizzed"]
    assert ("tiny/quizzes/quizzed.yaml", 1) in [(problem.file, problem.line) for problem in status.problems]
    result = await administration.sync(teacher)
    assert (result.updated, len(result.problems)) == (["tiny/hello"], 1)


async def test_a_preview_is_what_a_student_sees(school: School) -> None:
    teacher = await a_class(school)
    lab = await school.roadmaps.previews.preview(teacher, await school.node_id("lab"), files_url="/f")
    assert lab.notebook is not None
    assert "return 2 * x" not in str(lab.notebook)
    quizzed = await school.roadmaps.previews.preview(teacher, await school.node_id("quizzed"), files_url="/f")
    assert quizzed.questions is not None
    assert "answer" not in quizzed.model_dump_json(include={"questions"})
