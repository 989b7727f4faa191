"""Where learners stand decides how many kernels are made ready, on real databases."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from nexus_server.accounts.activity import ActivityTracker
from nexus_server.learner import Learner
from nexus_server.lessons.kernel_forecast import ACTIVE, ACTIVE_WITH_TAB, KernelForecast
from nexus_server.roadmaps.learning.progress import begin
from nexus_server.tenancy.kernel_registry import KernelRegistry
from tests.integration.teaching.test_overrides import a_class
from tests.plugins.school import School, answer

PYTHON = "nexus-python"


class ToldPool:
    """Remembers what it is told."""

    grows_ahead = True

    def __init__(self) -> None:
        self.told: dict[str, int] | None = None

    def expect(self, learners: Mapping[str, int]) -> None:
        self.told = dict(learners)


class Site:
    """A school whose learners come and go."""

    def __init__(self, school: School) -> None:
        self.school, self.pool = school, ToldPool()
        self.activity = ActivityTracker(school.recorder, school.clock, interval_s=60)
        self.registry = KernelRegistry(school.database, school.clock, uuid4())
        self.forecast = KernelForecast(school.database, school.clock, self.activity, school.bus, self.pool)

    async def at(self, slug: str, name: str = "Ada") -> Learner:
        """Return a learner who is here, and has just opened a step."""
        learner, _ = await self.school.ready_for_lab(name)
        await self.step_to(learner, slug)
        return learner

    async def step_to(self, learner: Learner, slug: str) -> None:
        """Let a learner begin a step, whether it is open to them or not."""
        self.school.pass_time(seconds=1)
        async with self.school.database.transaction() as session:
            await begin(session, learner.id, await self.school.node_id(slug), self.school.clock)
        self.activity.notice(learner)

    async def start_kernel(self, learner: Learner) -> UUID:
        kernel_id = uuid4()
        await self.registry.add(kernel_id, learner.id, PYTHON, {})
        return kernel_id

    async def look(self) -> dict[str, int] | None:
        await self.forecast.look()
        return self.pool.told


@pytest.fixture
def site(school: School) -> Site:
    return Site(school)


async def test_whoever_is_on_a_lab_or_before_one_is_expected_until_they_have_a_kernel(site: Site) -> None:
    ada, _ = await site.at("lab", "Ada"), await site.at("quizzed", "Bob")
    assert await site.look() == {PYTHON: 2}
    kernel_id = await site.start_kernel(ada)
    assert await site.look() == {PYTHON: 1}
    await site.registry.mark_dead(kernel_id, "ended")
    assert await site.look() == {PYTHON: 2}
    for slug in ("lab", "quizzed", "lab"):
        await site.step_to(ada, slug)
        assert await site.look() == {PYTHON: 2}, "whatever one does, one counts once"
    await site.school.change_lab("kernel: nexus-data")
    site.school.pass_time(seconds=61)
    assert await site.look() == {"nexus-data": 2}, "new content is seen after a while"


async def test_whoever_is_not_before_a_lab_counts_a_quarter(site: Site) -> None:
    await site.at("clip")
    for _ in range(3):
        site.activity.notice(await site.school.learner())  # who did nothing yet
    assert await site.look() == {PYTHON: 1}
    site.activity.notice(await site.school.learner())
    assert await site.look() == {PYTHON: 2}
    site.pool.grows_ahead, site.pool.told = False, None
    assert await site.look() is None, "nothing is read for a pool that would not use it"


async def test_whoever_leaves_is_expected_no_more(site: Site) -> None:
    ada = await site.at("lab")
    site.school.pass_time(seconds=ACTIVE.total_seconds() + 1)
    assert await site.look() == {}
    with site.school.bus.subscribe(ada.id):
        assert await site.look() == {PYTHON: 1}, "who reads for long asks for nothing, and is here"
        site.school.pass_time(seconds=(ACTIVE_WITH_TAB - ACTIVE).total_seconds() + 1)
        assert await site.look() == {}, "a tab that was left open is nobody"


async def test_a_class_that_begins_is_expected_whole(site: Site) -> None:
    begun = [await site.at("lab", name) for name in ("Ada", "Bob", "Eve")]
    absent = [await site.school.learner(f"Absent {number}") for number in range(4)]
    await a_class(site.school, *begun, *absent)
    assert await site.look() == {PYTHON: 7}
    await site.start_kernel(begun[0])
    assert await site.look() == {PYTHON: 2}, "two are no class that begins"


async def test_a_lab_that_is_done_asks_for_no_kernel(site: Site) -> None:
    ada = await site.at("lab")
    await site.school.submissions.service.submit(ada, await site.school.node_id("lab"), answer(2.0))
    await site.school.grade_all()
    site.activity.notice(ada)
    assert await site.look() == {PYTHON: 1}
    for _ in range(3):
        site.activity.notice(await site.school.learner())
    assert await site.look() == {PYTHON: 1}, "four who are elsewhere"
