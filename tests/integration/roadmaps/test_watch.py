"""Hot reload on real databases."""

import asyncio

from nexus_server.learner import Role
from nexus_server.roadmaps.sync.watch import ContentWatch
from tests.plugins.school import School


async def test_a_changed_file_reaches_open_tabs(school: School) -> None:
    ada = await school.learner()
    watch = ContentWatch(school.roadmaps.sync, school.bus, school.roadmaps.content, every_s=0.02)
    await watch.start()
    with school.bus.subscribe(ada.id) as messages:
        (school.content_dir / "tiny/notes/hello.md").write_text("# Changed\n")
        async with asyncio.timeout(20):
            message = await messages.get()
    await watch.stop()
    assert message == {"type": "content.changed", "nodes": ["tiny/hello"]}


async def test_a_broken_file_changes_nothing_for_learners(school: School) -> None:
    ada = await school.learner()
    watch = ContentWatch(school.roadmaps.sync, school.bus, school.roadmaps.content, every_s=1)
    with school.bus.subscribe(ada.id) as messages:
        (school.content_dir / "tiny/quizzes/quizzed.yaml").write_text("questions: [")
        await watch.reload()
        assert messages.empty()


async def test_a_sync_that_an_instructor_asks_for_reaches_open_tabs(school: School) -> None:
    ada, teacher = await school.learner(), await school.learner(role=Role.INSTRUCTOR)
    (school.content_dir / "tiny/data/numbers.csv").write_text("n\n7\n")
    with school.bus.subscribe(ada.id) as messages:
        await school.roadmaps.administration.sync(teacher)
        assert messages.get_nowait() == {"type": "content.changed", "nodes": ["tiny/lab"]}
