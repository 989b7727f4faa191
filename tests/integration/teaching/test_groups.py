"""Groups that hand a lab in together, on real databases: one hand-in, one grade and one mark for all of them."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select

from nexus_server.accounts.errors import MarksOnlyError, UnknownCohortError
from nexus_server.errors import ForbiddenError, InvalidError
from nexus_server.learner import Learner, Role
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.marking import HandAnswer
from nexus_server.submissions.errors import NoSubmissionsLeftError
from nexus_server.submissions.views import SubmissionView
from nexus_server.teaching.groups import ExamAloneError, GroupIn, GroupsChangedError, GroupsIn, GroupsView, ShuffleIn
from nexus_server.teaching.hand_marking import ManualCell
from nexus_server.teaching.marking.questions import Question
from nexus_server.teaching.marking.types import MarkIn, NextIn
from tests.integration.teaching.test_marking_desk import RIGHT, ask_why, said
from tests.plugins.school import School, answer


@dataclass
class Pair:
    """A class in which Ada and Bob hand the lab in together, and Cleo alone."""

    school: School
    teacher: Learner
    cohort_id: UUID
    lab: UUID
    ada: Learner
    bob: Learner
    cleo: Learner

    async def submissions(self, who: Learner) -> list[SubmissionView]:
        return (await self.school.submissions.service.list_submissions(who, self.lab)).items

    async def group(self, *groups: list[Learner]) -> GroupsView:
        service = self.school.teaching.groups
        seen = (await service.read(self.teacher, self.cohort_id, self.lab)).seen
        wanted = [
            GroupIn(name=str(number), members=[who.id for who in members]) for number, members in enumerate(groups, 1)
        ]
        return await service.set(self.teacher, self.cohort_id, self.lab, GroupsIn(groups=wanted, seen=seen))


@pytest.fixture
async def pair(school: School) -> Pair:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    people = []
    for name in ("Ada", "Bob", "Cleo"):
        learner, lab = await school.ready_for_lab(name)
        await school.cohorts.join(learner, cohort.join_code)
        people.append(learner)
    made = Pair(school, teacher, cohort.id, lab, *people)
    await made.group([made.ada, made.bob])
    return made


async def test_what_one_hands_in_counts_for_all_of_the_group(pair: Pair) -> None:
    school, service = pair.school, pair.school.submissions.service
    before = {who.id: (await school.user(who)).xp for who in (pair.ada, pair.bob, pair.cleo)}
    await service.submit(pair.ada, pair.lab, answer(2.0))
    (waiting,) = await pair.submissions(pair.bob)
    assert (waiting.status, waiting.attempt) == ("queued", 1)
    assert await school.grade_all() == 1, "it is graded once"
    for who in (pair.ada, pair.bob):
        (view,) = await pair.submissions(who)
        assert (view.status, view.score, view.share) == ("graded", 2.0, 1.0)
        assert (await school.statuses(who))["lab"] == "completed"
        assert (await school.user(who)).xp == before[who.id] + view.xp_awarded > before[who.id]
    assert await pair.submissions(pair.cleo) == []
    assert (await school.user(pair.cleo)).xp == before[pair.cleo.id]
    detail = await school.roadmaps.nodes.get_node(pair.bob, pair.lab, files_url="/f")
    assert detail.lab is not None
    group = detail.lab.group
    assert group is not None
    assert ([(each.display_name, each.is_me) for each in group.members], group.last_by) == (
        [("Ada", False), ("Bob", True)],
        "Ada",
    )
    alone = await school.roadmaps.nodes.get_node(pair.cleo, pair.lab, files_url="/f")
    assert alone.lab is not None
    assert alone.lab.group is None


async def test_attempts_are_the_groups(pair: Pair) -> None:
    service = pair.school.submissions.service
    await pair.school.change_lab("attempts: 2")
    await service.submit(pair.ada, pair.lab, answer(0.5))
    await service.submit(pair.bob, pair.lab, answer(1.0))
    for who in (pair.ada, pair.bob):
        with pytest.raises(NoSubmissionsLeftError):
            await service.submit(who, pair.lab, answer(2.0))
    # the same notebook from another of them is nothing new
    assert (await service.submit(pair.bob, pair.lab, answer(0.5))).attempt == 1
    await pair.school.grade_all()
    for who in (pair.ada, pair.bob):
        assert [view.score for view in await pair.submissions(who)] == [1.0, 0.5]


async def test_both_of_a_group_may_hand_in_at_the_same_moment(pair: Pair) -> None:
    service = pair.school.submissions.service
    await asyncio.gather(
        service.submit(pair.ada, pair.lab, answer(1.0)),
        service.submit(pair.bob, pair.lab, answer(2.0)),
    )
    assert await pair.school.grade_all() == 2
    scores = [sorted(view.score or 0 for view in await pair.submissions(who)) for who in (pair.ada, pair.bob)]
    assert scores == [[1.0, 2.0], [1.0, 2.0]]


@pytest.mark.parametrize("is_newest_first", [False, True])
async def test_an_answer_is_at_the_desk_once_and_its_mark_is_everybodys(pair: Pair, *, is_newest_first: bool) -> None:
    school, marking = pair.school, pair.school.teaching.marking
    await ask_why(school)
    former = (await school.submissions.service.submit(pair.bob, pair.lab, said("Guessed."))).id
    if not is_newest_first:
        await school.grade_all()
    school.pass_time(seconds=-1 if is_newest_first else 1)
    await school.submissions.service.submit(pair.ada, pair.lab, said(RIGHT))
    await school.grade_all()
    assert (await school.submissions.service.get_submission(pair.bob, former)).status == "graded"
    async with school.database.reading() as session:
        answers = list(await session.scalars(select(HandAnswer)))
    assert [(each.user_id, each.text) for each in answers] == [(pair.ada.id, RIGHT)]
    question = Question(pair.cohort_id, pair.lab, "why")
    held = await marking.marker.take_next(pair.teacher, question, NextIn())
    marked = await marking.marker.mark(pair.teacher, question, MarkIn(answers=held.ids, points=3.0, comment="Yes."))
    for who in (pair.ada, pair.bob):
        newest = (await pair.submissions(who))[0]
        cell = next(cell for cell in newest.cells if cell.grade_id == "why")
        assert (cell.points, cell.comment, newest.needs_manual) == (3.0, "Yes.", False)
    # another of them asks for another look, and is answered for all
    of_bob = (await pair.submissions(pair.bob))[0]
    asked = await marking.requests.ask(pair.bob, of_bob.id, "why", "Is it enough?")
    await marking.requests.answer(pair.teacher, asked.id, "Not quite.", 2.0)
    for who in (pair.ada, pair.bob):
        newest = (await pair.submissions(who))[0]
        assert next(cell.points for cell in newest.cells if cell.grade_id == "why") == 2.0
    given = {"why": ManualCell(points=1.0, comment="By the page.")}
    view = await school.teaching.hand_marking.score(pair.teacher, of_bob.id, given, None)
    assert view.id == of_bob.id
    assert next(cell.points for cell in (await pair.submissions(pair.ada))[0].cells if cell.grade_id == "why") == 1.0
    assert marked.marked == 1


async def test_grading_again_reaches_everybody(pair: Pair) -> None:
    school, teaching = pair.school, pair.school.teaching.submissions
    await school.submissions.service.submit(pair.ada, pair.lab, answer(0.5, "n"))
    await school.grade_all()
    school.grader.points_now["n"] = 2.0
    await teaching.regrade(pair.teacher, (await pair.submissions(pair.bob))[0].id)
    assert await school.grade_all() == 1
    assert [(await pair.submissions(who))[0].score for who in (pair.ada, pair.bob)] == [2.0, 2.0]
    school.grader.points_now["n"] = 1.0
    assert await teaching.regrade_all(pair.teacher, pair.lab) == 1
    await school.grade_all()
    assert [(await pair.submissions(who))[0].score for who in (pair.ada, pair.bob)] == [1.0, 1.0]


async def test_who_leaves_keeps_what_was_handed_in_and_gets_no_more(pair: Pair) -> None:
    school, service = pair.school, pair.school.submissions.service
    await service.submit(pair.ada, pair.lab, answer(0.5, "n"))
    await school.grade_all()
    await school.members.remove(pair.teacher, pair.cohort_id, pair.bob.id)
    await service.submit(pair.ada, pair.lab, answer(2.0))
    await school.grade_all()
    assert [view.score for view in await pair.submissions(pair.bob)] == [0.5]
    detail = await school.roadmaps.nodes.get_node(pair.bob, pair.lab, files_url="/f")
    assert detail.lab is not None
    assert detail.lab.group is None
    # who comes later has what is handed in from then on
    await pair.group([pair.ada, pair.cleo])
    await service.submit(pair.ada, pair.lab, answer(1.0))
    await school.grade_all()
    assert [view.score for view in await pair.submissions(pair.cleo)] == [1.0]


async def test_what_cannot_be_graded_fails_for_all_and_a_deleted_account_leaves_the_copy(pair: Pair) -> None:
    school, service = pair.school, pair.school.submissions.service
    school.grader.outages = ["broken"] * 20
    await service.submit(pair.ada, pair.lab, answer(2.0))
    for _ in range(30):
        await school.grade_all()
        school.pass_time(hours=2)
    (failed,) = await pair.submissions(pair.bob)
    assert failed.status == "failed"
    school.grader.outages = []
    await service.submit(pair.bob, pair.lab, answer(2.0))
    await school.grade_all()
    assert [(await pair.submissions(who))[0].status for who in (pair.ada, pair.bob)] == ["graded", "graded"]
    async with school.database.transaction() as session:
        await session.delete(await session.get_one(User, pair.ada.id))
    (kept,) = await pair.submissions(pair.bob)
    assert kept.score == 2.0


async def test_groups_at_random_have_everybody_once(pair: Pair) -> None:
    school, groups = pair.school, pair.school.teaching.groups
    cohort = await school.cohorts.get(pair.teacher, pair.cohort_id)
    for number in range(8):
        await school.cohorts.join(await school.learner(f"Student {number}"), cohort.join_code)
    seen = (await groups.read(pair.teacher, cohort.id, pair.lab)).seen
    rest = await groups.shuffle(pair.teacher, cohort.id, pair.lab, ShuffleIn(size=3, seen=seen))
    assert [each.name for each in rest.groups] == ["1", "2", "3", "4"]
    assert [who.display_name for who in rest.groups[0].members] == ["Ada", "Bob"]
    assert [len(each.members) for each in rest.groups[1:]] == [3, 3, 3]
    with pytest.raises(GroupsChangedError):
        await groups.shuffle(pair.teacher, cohort.id, pair.lab, ShuffleIn(size=3, seen=seen))
    everybody = await groups.shuffle(pair.teacher, cohort.id, pair.lab, ShuffleIn(size=4, all=True, seen=rest.seen))
    names = [who.display_name for each in everybody.groups for who in each.members]
    assert (len(names), len(set(names)), everybody.alone) == (11, 11, [])
    assert sorted(len(each.members) for each in everybody.groups) == [3, 4, 4]


async def test_what_cannot_be_is_refused_and_nothing_changes(pair: Pair) -> None:
    school, groups = pair.school, pair.school.teaching.groups
    stranger = await school.learner("Stranger")
    for wrong in ([[pair.ada], [pair.ada, pair.cleo]], [[pair.ada, stranger]]):
        with pytest.raises(InvalidError):
            await pair.group(*wrong)
    seen = (await groups.read(pair.teacher, pair.cohort_id, pair.lab)).seen
    doubled = [GroupIn(name="A", members=[pair.ada.id]), GroupIn(name="a", members=[pair.bob.id])]
    with pytest.raises(InvalidError):
        await groups.set(pair.teacher, pair.cohort_id, pair.lab, GroupsIn(groups=doubled, seen=seen))
    other = await school.cohorts.create(pair.teacher, "Other")
    await school.cohorts.join(pair.ada, other.join_code)
    none = (await groups.read(pair.teacher, other.id, pair.lab)).seen
    wanted = GroupsIn(groups=[GroupIn(name="1", members=[pair.ada.id])], seen=none)
    with pytest.raises(InvalidError):  # she is in a group of another class
        await groups.set(pair.teacher, other.id, pair.lab, wanted)
    grader, colleague = await school.learner("G", Role.INSTRUCTOR), await school.learner("C", Role.INSTRUCTOR)
    await school.members.add(pair.teacher, pair.cohort_id, grader.email, "grader")
    for who, error in ((grader, MarksOnlyError), (colleague, UnknownCohortError), (pair.ada, ForbiddenError)):
        with pytest.raises(error):
            await groups.read(who, pair.cohort_id, pair.lab)
    assert (await groups.read(pair.teacher, pair.cohort_id, pair.lab)).seen == seen
    await school.change_lab("time_limit_minutes: 60")
    with pytest.raises(ExamAloneError):
        await pair.group([pair.ada, pair.cleo])
    async with school.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Submission)) == 0
