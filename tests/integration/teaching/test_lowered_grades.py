"""What a grade that is given anew does to XP: a raised one pays, a lowered one follows the site's policy."""

import pytest

from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.gamify.projections import Projections
from nexus_server.teaching.hand_marking import ManualCell
from tests.integration.teaching.test_submissions import a_class
from tests.plugins.school import School, answer

BEFORE_THE_LAB, THE_LAB = 25, 60


@pytest.fixture(params=list(LoweredGradePolicy))
def lowered_grades(request: pytest.FixtureRequest) -> LoweredGradePolicy:
    """Each policy in turn."""
    policy: LoweredGradePolicy = request.param
    return policy


async def test_what_a_lowered_and_a_raised_grade_pay(school: School, lowered_grades: LoweredGradePolicy) -> None:
    ada, lab = await school.ready_for_lab()
    teacher = await a_class(school, ada)
    receipt = await school.submissions.service.submit(ada, lab, answer(0.5))
    await school.grade_all()
    xp = [(await school.user(ada)).xp]
    for points in (2.0, 0.0, 0.0, 2.0, 2.0):
        school.pass_time(minutes=1)
        await school.teaching.hand_marking.score(teacher, receipt.id, {"test": ManualCell(points=points)}, None)
        xp.append((await school.user(ada)).xp)
    passed = BEFORE_THE_LAB + THE_LAB
    failed = passed if lowered_grades is LoweredGradePolicy.KEEP else BEFORE_THE_LAB
    assert xp == [BEFORE_THE_LAB, passed, failed, failed, passed, passed]
    submission = await school.submissions.service.get_submission(ada, receipt.id)
    assert submission.xp_awarded == THE_LAB
    assert (await school.statuses(ada))["lab"] == "completed"
    assert await Projections(school.database).verify(ada.id) == []


async def test_another_attempt_that_fails_takes_nothing_away(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    for number, points in enumerate((2.0, 0.0)):
        await school.submissions.service.submit(ada, lab, answer(points, str(number)))
        await school.grade_all()
    assert (await school.user(ada)).xp == BEFORE_THE_LAB + THE_LAB
