"""A lab's kernel may use what the lab asks for, wherever in the lab's directory the notebook lies."""

import pytest

from nexus_server.roadmaps.learning.lab_limits import NO_LIMITS, LabLimits, LabLimitsReader
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Roadmap


@pytest.mark.parametrize(
    ("directory", "limits"),
    [
        ("data/tables", LabLimits(memory_mb=256, cpu_share=0.2)),
        ("data/tables/deeper", LabLimits(memory_mb=256, cpu_share=0.2)),
        ("data/plain", NO_LIMITS),
        ("data/unknown", NO_LIMITS),
        ("data", NO_LIMITS),
        ("", NO_LIMITS),
    ],
)
async def test_limits_are_those_of_the_labs_directory(database: Database, directory: str, limits: LabLimits) -> None:
    async with database.transaction() as session:
        roadmap = Roadmap(slug="data", title="Data", difficulty="intermediate")
        session.add(roadmap)
        await session.flush()
        asked = {"lab": {"kernel": "nexus-data", "limits": {"memory_mb": 256, "cpu_share": 0.2}}}
        for index, (slug, spec) in enumerate([("tables", asked), ("plain", {"lab": {"kernel": "nexus-data"}})]):
            node = Node(roadmap_id=roadmap.id, slug=slug, title=slug, order_index=index, type="lab", spec=spec)
            session.add(node)
    assert await LabLimitsReader(database).for_directory(directory) == limits


async def test_one_lab_is_read_and_a_renamed_one_is_found_where_it_lies(database: Database) -> None:
    async with database.transaction() as session:
        roadmap = Roadmap(slug="data", title="Data", difficulty="intermediate")
        session.add(roadmap)
        await session.flush()
        for index, (slug, home, memory_mb) in enumerate([("new", "data/old", 300), ("old", "data/old-2", 400)]):
            spec = {"home": home, "lab": {"limits": {"memory_mb": memory_mb}}}
            session.add(Node(roadmap_id=roadmap.id, slug=slug, title=slug, order_index=index, type="lab", spec=spec))
    reader = LabLimitsReader(database)
    assert (await reader.for_directory("data/old")).memory_mb == 300
    assert (await reader.for_directory("data/old-2")).memory_mb == 400
    assert await reader.for_directory("data/new") == NO_LIMITS
