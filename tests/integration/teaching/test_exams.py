"""Timed exams, on real databases: started, handed in when the time is over, and shown once they are released."""

import asyncio
from datetime import timedelta
from typing import Any, get_args

import nbformat
import pytest
from sqlalchemy import select

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.errors import (
    ClosedInExamError,
    ExamClosedError,
    ExamNotStartedError,
    LabNotOpenYetError,
    NotAnExamError,
    WrongNodeTypeError,
)
from nexus_server.roadmaps.files.roadmap_file import ExamAid
from nexus_server.roadmaps.learning.sittings import are_results_held
from nexus_server.store.models.accounts import AuditEntry, Cohort
from nexus_server.submissions.errors import ExamOverError, ResultsHeldError
from nexus_server.submissions.exam_keeper import ExamKeeper
from nexus_server.teaching.overrides import Holder, OverrideIn
from nexus_server.tutor.policy.decision import TutorMode, TutorSite
from nexus_server.tutor.policy.stored import StoredPolicies
from tests.plugins.school import START, School, answer

HOUR = timedelta(hours=1)
EXAM = f'opens: "{START.isoformat()}", deadline: "{(START + 5 * HOUR).isoformat()}", time_limit_minutes: 60'


async def an_exam(school: School, *names: str, terms: str = EXAM) -> tuple[Learner, Cohort, list[Learner]]:
    await school.change_lab(terms)
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    students = [(await school.ready_for_lab(name))[0] for name in names]
    for student in students:
        await school.cohorts.join(student, cohort.join_code)
    return teacher, cohort, students


async def start(school: School, *students: Learner) -> Any:
    lab = await school.node_id("lab")
    for student in students:
        view = await school.roadmaps.exams.start(student, lab)
        await school.roadmaps.nodes.open_node(student, lab)
    return view


def write(school: School, student: Learner, points: float) -> None:
    """Save an answer in the workspace, as Lab does."""
    (path,) = school.workspace(student).rglob("lab.ipynb")
    nbformat.write(nbformat.from_dict(answer(points)), path)


def other_keeper(school: School) -> ExamKeeper:
    """Return the keeper of a server that starts again."""
    return ExamKeeper(school.database, school.clock, school.submissions.service)


async def test_nobody_sees_an_exam_before_starting_it(school: School) -> None:
    teacher, _, (ada,) = await an_exam(school, "Ada")
    lab = await school.node_id("lab")
    nodes = school.roadmaps.nodes
    for refused in (
        nodes.open_node(ada, lab),
        nodes.reset_lab(ada, lab),
        school.submissions.service.submit(ada, lab, answer(1.0)),
    ):
        with pytest.raises(ExamNotStartedError):
            await refused
    assert not school.workspace(ada).exists()
    detail = await nodes.get_node(ada, lab, files_url="/f")
    assert detail.content_html == ""
    assert detail.lab is not None
    assert detail.lab.exam is not None
    assert (detail.lab.exam.access, detail.lab.exam.limit_minutes) == ("ready", 60)
    # whoever teaches looks at it as at any lab
    assert (await nodes.open_node(teacher, lab)).path
    school.pass_time(minutes=10)
    view = await start(school, ada)
    assert (view.access, view.seconds_left) == ("open", 3600)
    school.pass_time(minutes=10)
    again = await start(school, ada)
    assert (again.started_at, again.seconds_left) == (view.started_at, 3000)
    assert (await nodes.get_node(ada, lab, files_url="/f")).content_html


async def test_a_lab_that_opens_later_is_not_given_out_by_starting_over(school: School) -> None:
    await school.change_lab(f'opens: "{(START + HOUR).isoformat()}"')
    ada, lab = await school.ready_for_lab()
    with pytest.raises(LabNotOpenYetError):
        await school.roadmaps.nodes.reset_lab(ada, lab)
    assert not school.workspace(ada).exists()


async def test_only_an_exam_in_its_time_is_started(school: School) -> None:
    terms = EXAM.replace(START.isoformat(), (START + HOUR).isoformat(), 1)
    _, _, (ada,) = await an_exam(school, "Ada", terms=terms)
    lab = await school.node_id("lab")
    exams = school.roadmaps.exams
    with pytest.raises(LabNotOpenYetError):
        await exams.start(ada, lab)
    school.pass_time(hours=5, seconds=1)
    with pytest.raises(ExamClosedError):
        await exams.start(ada, lab)
    with pytest.raises(WrongNodeTypeError):
        await exams.start(ada, await school.node_id("hello"))


async def test_a_lab_without_a_limit_is_not_started(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    with pytest.raises(NotAnExamError):
        await school.roadmaps.exams.start(ada, lab)


async def test_when_the_time_is_over_what_is_there_is_handed_in(school: School) -> None:
    teacher, _, (ada, bob) = await an_exam(school, "Ada", "Bob")
    lab = await school.node_id("lab")
    await start(school, ada)
    write(school, ada, 1.5)
    keeper = school.submissions.exam_keeper
    school.pass_time(minutes=60)
    await keeper.look()
    assert (await school.submissions.service.list_submissions(ada, lab)).items == []
    school.pass_time(seconds=1)
    with pytest.raises(ExamOverError):
        await school.submissions.service.submit(ada, lab, answer(2.0))
    await keeper.look()
    await keeper.look()
    (handed_in,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert handed_in.received_at == START + HOUR
    overview = await school.teaching.exams.read(teacher, lab)
    assert overview.is_exam
    assert [(each.display_name, each.access, each.ended_at) for each in overview.items] == [
        ("Ada", "time_up", START + HOUR),
        ("Bob", "ready", None),
    ]
    del bob


async def test_a_server_that_was_down_over_the_end_hands_in_as_of_the_end(school: School) -> None:
    """A day later, past the deadline, it costs nothing: lateness goes by when the time was over."""
    _, _, (ada,) = await an_exam(school, "Ada", terms=f"{EXAM}, late_penalty: zero")
    lab = await school.node_id("lab")
    await start(school, ada)
    write(school, ada, 2.0)
    school.pass_time(days=1)
    keeper = other_keeper(school)
    await keeper.start()
    await keeper.stop()
    await keeper.look()
    (handed_in,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert (handed_in.received_at, handed_in.late_penalty) == (START + HOUR, 0.0)


async def test_what_was_handed_in_by_hand_is_not_handed_in_again(school: School) -> None:
    _, _, (ada, bob, eve) = await an_exam(school, "Ada", "Bob", "Eve", terms=f"{EXAM}, attempts: 1")
    lab = await school.node_id("lab")
    await start(school, ada, bob)
    await school.roadmaps.exams.start(eve, lab)
    write(school, ada, 1.0)
    write(school, bob, 1.0)
    service = school.submissions.service
    await service.submit(ada, lab, None)
    await service.submit(bob, lab, None)
    write(school, bob, 2.0)
    school.pass_time(hours=2)
    await school.submissions.exam_keeper.look()
    for student in (ada, bob):
        (only,) = (await service.list_submissions(student, lab)).items
        assert only.received_at == START
    # who started and opened nothing has nothing to hand in; that keeps nobody else's exam from ending
    assert (await service.list_submissions(eve, lab)).items == []


async def test_results_are_hidden_until_they_are_released_and_count_then(school: School) -> None:
    teacher, cohort, (ada, bob) = await an_exam(school, "Ada", "Bob")
    lab = await school.node_id("lab")
    await start(school, ada, bob)
    write(school, ada, 2.0)
    service, xp = school.submissions.service, (await school.user(ada)).xp
    receipt = await service.submit(ada, lab, None)
    await school.grade_all()
    seen = await service.get_submission(ada, receipt.id)
    assert (seen.status, seen.is_held, seen.score, seen.cells, seen.xp_awarded) == ("graded", True, None, [], 0)
    assert (await service.list_submissions(ada, lab)).items[0].score is None
    with pytest.raises(ResultsHeldError):
        await service.get_feedback(ada, receipt.id)
    with pytest.raises(ResultsHeldError):  # the request would say how many points there are
        await school.teaching.marking.requests.ask(ada, receipt.id, "mean", "How many?")
    assert ((await school.user(ada)).xp, (await school.statuses(ada))["lab"]) == (xp, "in_progress")
    # who still writes is left out
    await school.teaching.exams.release(teacher, lab, cohort.id)
    assert (await service.get_submission(ada, receipt.id)).is_held
    school.pass_time(hours=2)
    await school.submissions.exam_keeper.look()
    await school.grade_all()
    overview = await school.teaching.exams.release(teacher, lab, cohort.id)
    assert {each.display_name: each.released_at for each in overview.items} == {
        "Ada": school.clock.now(),
        "Bob": school.clock.now(),
    }
    seen = await service.get_submission(ada, receipt.id)
    assert (seen.is_held, seen.score, seen.share) == (False, 2.0, 1.0)
    assert (await school.statuses(ada))["lab"] == "completed"
    assert (await school.user(ada)).xp == xp + seen.xp_awarded > xp
    paid = (await school.user(ada)).xp
    await school.teaching.exams.release(teacher, lab, cohort.id)
    assert (await school.user(ada)).xp == paid
    for refused in (school.teaching.exams.read(ada, lab), school.teaching.exams.release(ada, lab)):
        with pytest.raises(ForbiddenError):
            await refused


async def test_more_time_that_is_given_while_it_runs_or_afterwards_counts(school: School) -> None:
    teacher, _, (ada, bob) = await an_exam(school, "Ada", "Bob")
    lab = await school.node_id("lab")
    await start(school, ada, bob)
    write(school, ada, 1.0)
    write(school, bob, 1.0)
    keeper, service = school.submissions.exam_keeper, school.submissions.service
    holder = Holder(kind="learner", id=ada.id)
    await school.teaching.overrides.set(teacher, lab, holder, OverrideIn(extra_time=0.5))
    school.pass_time(minutes=61)
    await keeper.look()
    assert (await service.list_submissions(ada, lab)).items == []
    assert len((await service.list_submissions(bob, lab)).items) == 1
    # the power was out: Bob goes on for another hour, with what he had
    more = OverrideIn(time_limit_minutes=120)
    await school.teaching.overrides.set(teacher, lab, Holder(kind="learner", id=bob.id), more)
    await keeper.look()
    await service.submit(bob, lab, answer(2.0, "more"))
    school.pass_time(minutes=60)
    await keeper.look()
    assert len((await service.list_submissions(ada, lab)).items) == 1
    # the file itself is what it was at the first end: no new attempt
    assert [each.received_at for each in (await service.list_submissions(bob, lab)).items] == [
        START + timedelta(minutes=61),
        START + HOUR,
    ]


async def test_the_tutor_is_off_everywhere_while_an_exam_is_sat(school: School) -> None:
    _, _, (ada,) = await an_exam(school, "Ada")
    policies = StoredPolicies(school.database, school.clock, TutorSite(("gemini",), "gemini", 0))
    hello = await school.node_id("hello")
    assert (await policies.decide(ada, hello)).mode is TutorMode.CHAT
    await start(school, ada)
    for place in (hello, None):
        decision = await policies.decide(ada, place)
        assert (decision.mode, decision.model) == (TutorMode.OFF, None)
    school.pass_time(minutes=61)
    await school.submissions.exam_keeper.look()
    assert (await policies.decide(ada, hello)).mode is TutorMode.CHAT


async def test_what_helps_elsewhere_is_closed_until_the_exam_is_over(school: School) -> None:
    teacher, _, (ada, bob) = await an_exam(school, "Ada", "Bob", terms=f"{EXAM}, exam_allows: [playground]")
    exams = school.roadmaps.exams
    view = await start(school, ada, teacher)
    assert view.closed == ["forum", "tutor"]
    for aid in ("forum", "tutor"):
        with pytest.raises(ClosedInExamError) as refused:
            await exams.require_allowed(ada, aid)
        assert refused.value.details == {"exams": ["Lab"]}
    await exams.require_allowed(ada, "playground")
    for allowed in (bob, teacher):  # who does not sit it, and who moderates the forum
        await exams.require_allowed(allowed, "forum")
    school.pass_time(minutes=61)
    await school.submissions.exam_keeper.look()
    await exams.require_allowed(ada, "forum")


async def test_the_forum_stays_closed_to_who_is_done_while_others_write(school: School) -> None:
    teacher, _, (ada, bob) = await an_exam(school, "Ada", "Bob")
    allowed, keeper = school.roadmaps.exams.require_allowed, school.submissions.exam_keeper
    lab = await school.node_id("lab")
    await start(school, ada, teacher)
    school.pass_time(minutes=40)
    await start(school, bob)
    school.pass_time(minutes=21)
    await keeper.look()
    with pytest.raises(ClosedInExamError):
        await allowed(ada, "forum")
    await allowed(ada, "playground")
    await school.teaching.exams.release(teacher, lab)
    await allowed(ada, "forum")
    with pytest.raises(ClosedInExamError):
        await allowed(bob, "forum")
    school.pass_time(minutes=40)
    await keeper.look()
    await allowed(bob, "forum")


async def test_everything_is_closed_unless_the_lab_says_otherwise(school: School) -> None:
    _, _, (ada,) = await an_exam(school, "Ada")
    view = await start(school, ada)
    assert view.closed == list(get_args(ExamAid))


async def test_an_exam_whose_limit_was_lifted_closes_nothing_and_can_be_released(school: School) -> None:
    teacher, _, (ada,) = await an_exam(school, "Ada")
    lab = await school.node_id("lab")
    await start(school, ada)
    write(school, ada, 2.0)
    without = OverrideIn(time_limit_minutes=None)
    await school.teaching.overrides.set(teacher, lab, Holder(kind="learner", id=ada.id), without)
    await school.submissions.exam_keeper.look()
    await school.roadmaps.exams.require_allowed(ada, "forum")
    receipt = await school.submissions.service.submit(ada, lab, None)
    await school.grade_all()
    await school.teaching.exams.release(teacher, lab)
    assert (await school.submissions.service.get_submission(ada, receipt.id)).score == 2.0


async def test_of_two_who_release_at_once_one_does(school: School) -> None:
    teacher, cohort, students = await an_exam(school, "Ada", "Bob")
    lab = await school.node_id("lab")
    await start(school, *students)
    for student in students:
        write(school, student, 2.0)
    school.pass_time(minutes=61)
    await school.submissions.exam_keeper.look()
    await school.grade_all()
    told: list[object] = []
    school.bus.listeners.append(lambda user_id, kind: told.append(user_id) if kind == "grading.progress" else None)
    await asyncio.gather(*(school.teaching.exams.release(teacher, lab, cohort.id) for _ in range(4)))
    assert sorted(told, key=str) == sorted((student.id for student in students), key=str)
    async with school.database.reading() as session:
        releases = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "exam.release"))).all()
    assert [release.data["students"] for release in releases] == [2]


async def test_a_grade_that_is_written_during_the_release_is_not_left_hidden(school: School) -> None:
    """A release waits for a grade that was found to be held, and takes it along."""
    teacher, cohort, (ada,) = await an_exam(school, "Ada")
    lab = await school.node_id("lab")
    await start(school, ada)
    write(school, ada, 2.0)
    school.pass_time(minutes=61)
    await school.submissions.exam_keeper.look()
    async with school.database.transaction() as session:
        assert await are_results_held(session, ada.id, lab, for_write=True)
        release = asyncio.ensure_future(school.teaching.exams.release(teacher, lab, cohort.id))
        done, _ = await asyncio.wait([release], timeout=0.3)
        assert not done
    await release
    await school.grade_all()
    (seen,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert (seen.is_held, seen.score) == (False, 2.0)
