"""The grading queue as administrators see it."""

import pytest

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from tests.plugins.school import School, answer


async def test_what_waits_and_what_failed_is_listed_with_whose_it_is(school: School) -> None:
    boss = await school.learner("Boss", Role.ADMIN)
    ada, lab = await school.ready_for_lab("Ada")
    ben, _ = await school.ready_for_lab("Ben")
    school.grader.outages = ["The engine broke."] * 10
    await school.submissions.service.submit(ada, lab, answer(1))
    while (await school.submissions.overview.read(boss)).queued:
        school.pass_time(hours=1)
        await school.grade_all()
    await school.submissions.service.submit(ben, lab, answer(2))
    found = await school.submissions.overview.read(boss)
    assert (found.queued, found.running, found.failed) == (1, 0, 1)
    [waits], [failed] = found.waiting, found.failures
    assert (waits.display_name, waits.email, waits.attempt, waits.status) == ("Ben", ben.email, 1, "queued")
    assert (failed.display_name, failed.status) == ("Ada", "failed")
    assert "The engine broke." in (failed.reason or "")


@pytest.mark.parametrize("role", [Role.STUDENT, Role.INSTRUCTOR])
async def test_only_admins_see_it(school: School, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        await school.submissions.overview.read(await school.learner("Nosy", role))
