"""Deadlines and attempts that differ for a learner or a class, on real databases."""

from datetime import datetime, timedelta

import pytest

from nexus_server.accounts.errors import UnknownCohortError, UnknownUserError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.errors import LabNotOpenYetError
from nexus_server.store.models.accounts import Cohort
from nexus_server.submissions.errors import NoSubmissionsLeftError, NotALabError
from nexus_server.teaching.overrides import Holder, OverrideIn, OverrideNotFoundError, OverrideOrderError
from tests.plugins.school import START, School, answer

DUE = 'deadline: "2026-11-18T13:00:00Z", late_penalty: zero, attempts: 2'
HOUR = timedelta(hours=1)


async def a_class(school: School, *students: Learner) -> tuple[Learner, Cohort]:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    for student in students:
        await school.cohorts.join(student, cohort.join_code)
    return teacher, cohort


def learner(person: Learner) -> Holder:
    return Holder(kind="learner", id=person.id)


async def hand_in_late(school: School, person: Learner, points: float = 2.0) -> float | None:
    lab = await school.node_id("lab")
    receipt = await school.submissions.service.submit(person, lab, answer(points))
    await school.grade_all()
    return (await school.submissions.service.get_submission(person, receipt.id)).share


async def test_a_learner_has_more_time_than_the_rest(school: School) -> None:
    await school.change_lab(DUE)
    ada, lab = await school.ready_for_lab("Ada")
    bob, _ = await school.ready_for_lab("Bob")
    teacher, _ = await a_class(school, ada, bob)
    more_time = OverrideIn(deadline=START + 5 * HOUR, note="Was ill.")
    await school.teaching.overrides.set(teacher, lab, learner(ada), more_time)
    school.pass_time(hours=2)
    assert (await hand_in_late(school, ada), await hand_in_late(school, bob)) == (1.0, 0.0)
    seen = await school.roadmaps.nodes.get_node(ada, lab, files_url="/f")
    assert seen.lab is not None
    assert seen.lab.deadline == START + 5 * HOUR
    assert [(each.term, each.by) for each in seen.lab.changed_terms] == [("deadline", "learner")]


async def test_an_override_counts_for_what_was_handed_in_before(school: School) -> None:
    await school.change_lab(DUE)
    ada, lab = await school.ready_for_lab()
    teacher, cohort = await a_class(school, ada)
    school.pass_time(hours=2)
    assert await hand_in_late(school, ada) == 0.0
    assert (await school.statuses(ada))["lab"] == "in_progress"
    holder = Holder(kind="class", id=cohort.id)
    await school.teaching.overrides.set(teacher, lab, holder, OverrideIn(deadline=None))
    (mine,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert (mine.share, mine.late_penalty) == (1.0, 0.0)
    assert (await school.statuses(ada))["lab"] == "completed"
    assert mine.xp_awarded > 0
    await school.teaching.overrides.lift(teacher, lab, holder)
    (mine,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert mine.late_penalty == 1.0
    # What was earned stays earned.
    assert (await school.statuses(ada))["lab"] == "completed"


async def test_a_label_gives_its_students_more_time_from_the_moment_they_have_it(school: School) -> None:
    await school.change_lab(f'opens: "{START.isoformat()}", {DUE}')
    ada, lab = await school.ready_for_lab("Ada")
    bob, _ = await school.ready_for_lab("Bob")
    teacher, cohort = await a_class(school, ada, bob)
    labels, overrides = school.teaching.labels, school.teaching.overrides
    holder = Holder(kind="label", id=cohort.id, label="+200% time")
    seen = await overrides.set(teacher, lab, holder, OverrideIn(extra_time=2.0))
    assert [(each.holder, each.label, each.named, each.extra_time) for each in seen.items] == [
        ("label", "+200% time", ["extra_time"], 2.0)
    ]
    school.pass_time(hours=2)
    assert (await hand_in_late(school, ada), await hand_in_late(school, bob)) == (0.0, 0.0)
    assert await labels.set(teacher, cohort.id, ada.id, ["+200% time"]) == ["+200% time"]
    (mine,) = (await school.submissions.service.list_submissions(ada, lab)).items
    (theirs,) = (await school.submissions.service.list_submissions(bob, lab)).items
    assert (mine.share, theirs.share) == (1.0, 0.0)
    detail = (await school.roadmaps.nodes.get_node(ada, lab, files_url="/f")).lab
    assert detail is not None
    assert (detail.deadline, [each.by for each in detail.changed_terms]) == (START + 3 * HOUR, ["label"])
    assert [(each.label, each.students) for each in await labels.list_all(teacher)] == [("+200% time", 1)]
    members = {each.user_id: each.labels for each in await school.members.list_all(teacher, cohort.id)}
    assert (members[ada.id], members[bob.id]) == (["+200% time"], [])
    # an override of the class stands beside the label's, and does not take its place
    await overrides.set(teacher, lab, Holder(kind="class", id=cohort.id), OverrideIn(attempts=1))
    assert len((await overrides.read(teacher, lab)).items) == 2
    await labels.set(teacher, cohort.id, ada.id, [])
    (mine,) = (await school.submissions.service.list_submissions(ada, lab)).items
    assert mine.late_penalty == 1.0
    stranger, other = await a_class(school)
    with pytest.raises(UnknownCohortError):
        await labels.set(stranger, cohort.id, ada.id, ["x"])
    with pytest.raises(UnknownUserError):
        await labels.set(stranger, other.id, ada.id, ["x"])
    assert await labels.list_all(stranger) == []


async def test_attempts_may_differ(school: School) -> None:
    await school.change_lab(DUE)
    ada, lab = await school.ready_for_lab()
    teacher, _ = await a_class(school, ada)
    for points in (0.1, 0.2):
        await hand_in_late(school, ada, points)
    with pytest.raises(NoSubmissionsLeftError):
        await hand_in_late(school, ada, 0.3)
    await school.teaching.overrides.set(teacher, lab, learner(ada), OverrideIn(attempts=3))
    assert await hand_in_late(school, ada, 0.3) == pytest.approx(0.15)
    with pytest.raises(NoSubmissionsLeftError) as refused:
        await hand_in_late(school, ada, 0.4)
    assert refused.value.details["attempts"] == 3


async def test_a_lab_that_opens_later_can_neither_be_opened_nor_handed_in(school: School) -> None:
    opens = START + HOUR
    await school.change_lab(f'opens: "{opens.isoformat()}"')
    ada, lab = await school.ready_for_lab()
    teacher, _ = await a_class(school, ada)
    for refused in (
        school.roadmaps.nodes.open_node(ada, lab),
        school.submissions.service.submit(ada, lab, answer(1.0)),
        school.submissions.service.require_lab(ada, lab),
    ):
        with pytest.raises(LabNotOpenYetError) as told:
            await refused
        assert datetime.fromisoformat(str(told.value.details["opens"])) == opens
    seen = await school.roadmaps.nodes.get_node(ada, lab, files_url="/f")
    assert seen.lab is not None
    assert seen.lab.opens == opens
    await school.teaching.overrides.set(teacher, lab, learner(ada), OverrideIn(opens=None))
    await school.roadmaps.nodes.open_node(ada, lab)


async def test_only_those_who_teach_somebody_change_their_terms(school: School) -> None:
    ada, lab = await school.ready_for_lab("Ada")
    stranger, _ = await school.ready_for_lab("Stranger")
    teacher, cohort = await a_class(school, ada)
    other, other_cohort = await a_class(school)
    overrides, wanted = school.teaching.overrides, OverrideIn(attempts=1)
    with pytest.raises(UnknownUserError):
        await overrides.set(teacher, lab, learner(stranger), wanted)
    with pytest.raises(UnknownCohortError):
        await overrides.set(teacher, lab, Holder(kind="class", id=other_cohort.id), wanted)
    with pytest.raises(ForbiddenError):
        await overrides.set(ada, lab, learner(ada), wanted)
    with pytest.raises(ForbiddenError):
        await overrides.read(ada, lab)
    await overrides.set(teacher, lab, learner(ada), wanted)
    await overrides.set(teacher, lab, Holder(kind="class", id=cohort.id), OverrideIn(late_penalty=0.5, attempts=None))
    found = (await overrides.read(teacher, lab)).items
    assert [(each.holder, each.name, each.named) for each in found] == [
        ("class", "Class", ["late_penalty", "attempts"]),
        ("learner", "Ada", ["attempts"]),
    ]
    assert (await overrides.read(other, lab)).items == []


async def test_what_cannot_be_is_refused_and_nothing_is_lost(school: School) -> None:
    await school.change_lab(DUE)
    ada, lab = await school.ready_for_lab()
    teacher, _ = await a_class(school, ada)
    overrides = school.teaching.overrides
    kept = OverrideIn(deadline=START + 3 * HOUR)
    await overrides.set(teacher, lab, learner(ada), kept)
    with pytest.raises(OverrideOrderError):
        await overrides.set(teacher, lab, learner(ada), OverrideIn(opens=START + 4 * HOUR))
    (found,) = (await overrides.read(teacher, lab)).items
    assert (found.named, found.deadline) == (["deadline"], START + 3 * HOUR)
    with pytest.raises(NotALabError):
        await overrides.set(teacher, await school.node_id("hello"), learner(ada), kept)
    await overrides.lift(teacher, lab, learner(ada))
    with pytest.raises(OverrideNotFoundError):
        await overrides.lift(teacher, lab, learner(ada))
