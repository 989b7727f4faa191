"""Content sync against real databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from nexus_server.clock import ManualClock
from nexus_server.roadmaps.sync.sync import ContentSync
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap


@pytest.fixture
def sync(database: Database, content_dir: Path) -> ContentSync:
    return ContentSync(database, ManualClock(datetime(2026, 11, 22, tzinfo=UTC)), content_dir)


async def nodes(database: Database) -> dict[str, Node]:
    async with database.transaction() as session:
        return {node.slug: node for node in await session.scalars(select(Node))}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def test_everything_arrives_and_a_second_run_changes_nothing(sync: ContentSync, database: Database) -> None:
    first = await sync.run()
    assert first.created == ["tiny/hello", "tiny/clip", "tiny/quizzed", "tiny/lab"]
    second = await sync.run()
    assert (second.created, second.updated, second.archived, second.unchanged) == ([], [], [], 4)
    stored = await nodes(database)
    assert stored["clip"].requires == {"all": ["hello"]}
    assert stored["hello"].spec == {"summary": "A first note.", "minutes": 3.0}
    async with database.transaction() as session:
        quiz = await session.scalar(select(Quiz))
        assert quiz is not None
        assert quiz.passing_score == 0.6


async def test_a_renamed_node_is_the_same_node(sync: ContentSync, database: Database, content_dir: Path) -> None:
    await sync.run()
    before = (await nodes(database))["hello"].id
    (content_dir / "tiny/notes/hello.md").rename(content_dir / "tiny/notes/new.md")
    edit(
        content_dir / "tiny/roadmap.yaml",
        "title: Hello, points: 10, file: notes/hello.md",
        "title: Hi, file: notes/new.md",
    )
    edit(content_dir / "tiny/notes/quizzed.md", "hello.md", "new.md")
    report = await sync.run()
    assert report.updated == ["tiny/hello", "tiny/quizzed"]
    after = (await nodes(database))["hello"]
    assert (after.id, after.title, after.source_path) == (before, "Hi", "tiny/notes/new.md")


async def test_a_new_slug_keeps_the_node_when_it_names_the_old_one(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    await sync.run()
    before = (await nodes(database))["hello"].id
    roadmap = content_dir / "tiny/roadmap.yaml"
    edit(roadmap, "slug: hello,", "slug: welcome, renamed_from: [hello],")
    edit(roadmap, "all: [hello]", "all: [welcome]")
    report = await sync.run()
    assert (report.created, report.archived) == ([], [])
    stored = await nodes(database)
    assert stored["welcome"].id == before
    assert "hello" not in stored
    assert (await sync.run()).updated == []


async def test_an_old_slug_that_is_still_in_use_is_a_problem(sync: ContentSync, content_dir: Path) -> None:
    edit(content_dir / "tiny/roadmap.yaml", "slug: hello,", "slug: hello, renamed_from: [clip],")
    [problem] = (await sync.run()).problems
    assert (problem.file, problem.line) == ("tiny/roadmap.yaml", 6)
    assert "'clip' is taken by line 7" in problem.message


async def test_a_renamed_roadmap_is_the_same_roadmap(sync: ContentSync, database: Database, content_dir: Path) -> None:
    await sync.run()
    before = {slug: node.id for slug, node in (await nodes(database)).items()}
    (content_dir / "tiny").rename(content_dir / "small")
    edit(content_dir / "small/roadmap.yaml", "slug: tiny", "slug: small\nrenamed_from: [tiny]")
    report = await sync.run()
    assert (report.created, report.archived, report.problems) == ([], [], [])
    assert {slug: node.id for slug, node in (await nodes(database)).items()} == before
    async with database.transaction() as session:
        assert (await session.scalars(select(Roadmap.slug))).all() == ["small"]


async def test_a_bad_file_keeps_its_former_state_and_the_rest_goes_on(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    await sync.run()
    edit(content_dir / "tiny/notes/hello.md", "minutes: 3", "minutes: soon")
    edit(content_dir / "tiny/notes/quizzed.md", "# Quizzed", "# Asked")
    report = await sync.run()
    assert [problem.file for problem in report.problems] == ["tiny/notes/hello.md"]
    assert report.updated == ["tiny/quizzed"]
    stored = await nodes(database)
    assert stored["hello"].spec["minutes"] == 3.0
    assert stored["hello"].archived_at is None
    assert stored["quizzed"].content_md.startswith("# Asked")


async def test_a_removed_node_is_archived_and_comes_back(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    await sync.run()
    whole = (content_dir / "tiny/roadmap.yaml").read_text()
    (content_dir / "tiny/roadmap.yaml").write_text(whole[: whole.index("  - slug: lab")])
    assert (await sync.run()).archived == ["tiny/lab"]
    assert (await nodes(database))["lab"].archived_at is not None
    (content_dir / "tiny/roadmap.yaml").write_text(whole)
    assert (await sync.run()).updated == ["tiny/lab"]
    assert (await nodes(database))["lab"].archived_at is None


async def test_a_removed_roadmap_is_archived_but_a_broken_one_is_not(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    await sync.run()
    (content_dir / "tiny/roadmap.yaml").write_text("slug: [")
    assert (await sync.run()).archived == []
    (content_dir / "tiny/roadmap.yaml").unlink()
    assert (await sync.run()).archived == ["tiny"]
    async with database.transaction() as session:
        assert await session.scalar(select(Roadmap.archived_at)) is not None
