"""What the catalogue says, by the fast paths and without them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from nexus_server.learner import Role
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node
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


async def test_what_is_read_once_is_read_again_when_a_node_goes_or_is_another(school: School) -> None:
    ada, _ = await school.ready_for_lab()
    before = await school.roadmaps.catalogue.get_roadmap(ada, "tiny")
    async with school.database.transaction() as session:
        await session.execute(delete(Node).where(Node.slug == "hello"))
    await school.roadmaps.sync.run()  # the same node by another id
    after = await school.roadmaps.catalogue.get_roadmap(ada, "tiny")
    assert [node.slug for node in after.nodes] == [node.slug for node in before.nodes]
    assert (after.nodes[0].id != before.nodes[0].id, after.nodes[0].status) == (True, "available")
    assert [node.id for node in after.nodes[1:]] == [node.id for node in before.nodes[1:]]
    async with school.database.transaction() as session:
        await session.execute(update(Node).where(Node.slug != "hello").values(archived_at=school.clock.now()))
    assert [node.slug for node in (await school.roadmaps.catalogue.get_roadmap(ada, "tiny")).nodes] == ["hello"]
    async with school.database.transaction() as session:
        await session.execute(update(Node).values(archived_at=school.clock.now()))
    assert (await school.roadmaps.catalogue.get_roadmap(ada, "tiny")).nodes == []


async def test_what_all_learners_share_shows_each_their_own_standing(school: School) -> None:
    ada, _ = await school.ready_for_lab()
    bob = await school.learner("Bob")
    staff = replace(await school.learner("Eve"), role=Role.INSTRUCTOR)
    catalogue = school.roadmaps.catalogue
    shown = [
        {node.slug: node.status.value for node in (await catalogue.get_roadmap(who, "tiny")).nodes}
        for who in (bob, ada, staff, bob, ada)
    ]
    assert shown[0] == shown[3] == {"hello": "available", "clip": "locked", "quizzed": "locked", "lab": "locked"}
    assert shown[1] == shown[4]
    assert (shown[1]["hello"], shown[1]["lab"]) == ("completed", "available")
    assert set(shown[2].values()) == {"available"}
