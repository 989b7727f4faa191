"""What a repaired test would change, on real databases, with a scripted grader."""

import pytest

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.paging import Position
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.teaching.regrade_preview import RegradePreviewFilter
from tests.plugins.school import School, answer


async def test_a_preview_tells_whose_points_a_repair_would_change_and_writes_nothing(school: School) -> None:
    service, preview = school.submissions.service, school.teaching.preview
    ada, lab = await school.ready_for_lab()
    bob, _ = await school.ready_for_lab("Bob")
    for learner in (ada, bob):
        await service.submit(learner, lab, answer(1.0, str(learner.id)))
    await school.grade_all()
    assert [each async for each in preview.outcomes("tiny", "lab")] == []
    await school.repair_the_test()
    school.grader.points_now = {str(bob.id): 2.0}
    found = [
        (each.display_name, each.before, each.after, each.is_change) async for each in preview.outcomes("tiny", "lab")
    ]
    assert sorted(found) == [("Ada", 1.0, 1.0, False), ("Bob", 1.0, 2.0, True)]
    assert await school.count_grades() == 2
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
    await school.repair_the_test()
    school.grader.points_now = {str(bob.id): 2.0}
    first = await preview.page(teacher, lab, RegradePreviewFilter())
    assert first.next is not None
    second = await preview.page(teacher, lab, RegradePreviewFilter(cursor=Position.parse(first.next)))
    found = [(one.display_name, one.before, one.after, one.is_change) for one in first.items + second.items]
    assert found == [("Bob", 1.0, 2.0, True), ("Ada", 1.0, 1.0, False)]
    assert [(page.left, page.next is None) for page in (first, second)] == [(1, False), (0, True)]
    assert await school.count_grades() == 3
    with pytest.raises(ForbiddenError):
        await preview.page(ada, lab, RegradePreviewFilter())
