"""What the catalogue says, by the fast paths and without them."""

from collections.abc import AsyncIterator

import pytest

from nexus_server.store.database import Database
from tests.plugins.school import School


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
async def database(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url, fast_paths=request.param)
    yield database
    await database.close()


async def titles_of(school: School) -> list[str]:
    roadmap = await school.roadmaps.catalogue.get_roadmap(await school.learner(), "tiny")
    return [node.title for node in roadmap.nodes]


async def test_progress_is_the_learners_own_and_nodes_are_as_the_files_say(school: School) -> None:
    ada, _ = await school.ready_for_lab()
    assert (await school.statuses(ada))["hello"] == "completed"
    assert (await school.statuses(await school.learner("Bob")))["hello"] == "available"
    before = await titles_of(school)
    roadmap = school.content_dir / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text().replace("title: Hello", "title: Good day"))
    await school.roadmaps.sync.run()
    assert await titles_of(school) == ["Good day", *before[1:]]
