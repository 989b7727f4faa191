"""Content sync against real databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from nexus_server.clock import ManualClock
from nexus_server.files.links import is_file
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.sync.sync import ContentSync
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import Badge
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, Roadmap


@pytest.fixture
def sync(database: Database, content_dir: Path) -> ContentSync:
    return ContentSync(database, ManualClock(datetime(2026, 11, 22, tzinfo=UTC)), ContentLayers((content_dir,)))


async def synced_at(database: Database) -> datetime | None:
    async with database.reading() as session:
        return await session.scalar(select(Roadmap.synced_at))


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


async def test_a_sync_writes_nothing_of_a_roadmap_that_is_as_the_files_say(
    database: Database, content_dir: Path
) -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    sync = ContentSync(database, clock, ContentLayers((content_dir,)))
    await sync.run()
    clock.time = later = clock.now() + timedelta(days=1)
    assert (await sync.run()).unchanged == 4
    assert await synced_at(database) == later - timedelta(days=1)
    async with database.transaction() as session:
        await session.execute(update(Roadmap).values(concepts=[{"id": "lost"}]))
    assert (await sync.run()).unchanged == 4
    assert await synced_at(database) == later
    async with database.reading() as session:
        assert await session.scalar(select(Roadmap.concepts)) == []


async def test_what_the_database_lost_comes_back_from_files_that_did_not_change(
    sync: ContentSync, database: Database
) -> None:
    await sync.run()
    async with database.transaction() as session:
        await session.delete((await nodes(database))["hello"])
    report = await sync.run()
    assert (report.created, report.unchanged) == (["tiny/hello"], 3)


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
    assert (await sync.run(prune=True)).archived == ["tiny"]
    async with database.transaction() as session:
        assert await session.scalar(select(Roadmap.archived_at)) is not None


BADGES = "- {slug: tiny-done, name: Tiny, criteria: {metric: nodes_completed, at_least: 4}}\n"


async def offered(database: Database) -> dict[str, bool]:
    async with database.reading() as session:
        return {badge.slug: badge.is_offered for badge in await session.scalars(select(Badge))}


async def test_badges_of_a_roadmap_come_and_go_with_its_files(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    edit(content_dir / "tiny/roadmap.yaml", "nodes:", "badges: badges.yaml\nnodes:")
    (content_dir / "tiny/badges.yaml").write_text(BADGES)
    assert (await sync.run()).problems == []
    assert await offered(database) == {"tiny-done": True}
    edit(content_dir / "tiny/badges.yaml", "at_least: 4", "at_least: none")
    (problem,) = (await sync.run()).problems  # a bad file keeps its former state
    assert str(problem).startswith("tiny/badges.yaml:1: error: 0.criteria.at_least: ")
    assert await offered(database) == {"tiny-done": True}
    edit(content_dir / "tiny/roadmap.yaml", "badges: badges.yaml\n", "")
    await sync.run()
    assert await offered(database) == {"tiny-done": False}


async def try_quiz(database: Database) -> None:
    async with database.transaction() as session:
        user = User(email="ada@example.org", display_name="Ada")
        session.add(user)
        await session.flush()
        [quiz] = await session.scalars(select(Quiz))
        outcome = {"answers": {"one": "a"}, "per_question": [], "score": 0.5, "passed": False}
        session.add(QuizAttempt(quiz_id=quiz.id, user_id=user.id, attempt=1, **outcome))


async def test_a_quiz_that_leaves_its_file_is_archived_with_its_attempts_and_comes_back(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    await sync.run()
    await try_quiz(database)
    edit(content_dir / "tiny/roadmap.yaml", ", quiz: quizzes/quizzed.yaml", "")
    assert (await sync.run()).updated == ["tiny/quizzed"]
    async with database.transaction() as session:
        [quiz] = await session.scalars(select(Quiz))
        [attempt] = await session.scalars(select(QuizAttempt))
    assert quiz.archived_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert attempt.quiz_id == quiz.id
    edit(
        content_dir / "tiny/roadmap.yaml",
        "file: notes/quizzed.md",
        "file: notes/quizzed.md, quiz: quizzes/quizzed.yaml",
    )
    await sync.run()
    async with database.transaction() as session:
        [again] = await session.scalars(select(Quiz))
        assert [row.id for row in await session.scalars(select(QuizAttempt))] == [attempt.id]
    assert (again.id, again.archived_at) == (quiz.id, None)


async def active(database: Database) -> set[str]:
    async with database.transaction() as session:
        return set(await session.scalars(select(Roadmap.slug).where(Roadmap.archived_at.is_(None))))


@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "empty"])
async def test_a_directory_that_is_missing_or_empty_archives_nothing_and_is_named(
    sync: ContentSync, database: Database, content_dir: Path, *, is_missing: bool
) -> None:
    await sync.run()
    aside = content_dir.rename(content_dir.with_name("aside"))
    if not is_missing:
        content_dir.mkdir()
    report = await sync.run(prune=is_missing)
    assert report.archived == []
    assert [problem.file for problem in report.problems] == [str(content_dir)]
    assert await active(database) == {"tiny"}
    if is_missing:
        aside.rename(content_dir)
        assert (await sync.run()).problems == []
    else:
        assert (await sync.run(prune=True)).archived == ["tiny"]
        assert await active(database) == set()


async def test_all_roadmaps_are_archived_only_by_an_explicit_word(
    sync: ContentSync, database: Database, content_dir: Path
) -> None:
    """Another site's content directory, say: its roadmaps arrive, and this site's stay until somebody says so."""
    await sync.run()
    (content_dir / "tiny").rename(content_dir / "other")
    edit(content_dir / "other/roadmap.yaml", "slug: tiny", "slug: other")
    report = await sync.run()
    assert report.archived == []
    assert "prune" in str(report.problems[-1])
    assert await active(database) == {"tiny", "other"}
    assert (await sync.run(prune=True)).archived == ["tiny"]


async def test_a_file_that_goes_while_it_is_read_is_a_problem_of_that_file(
    sync: ContentSync, database: Database, content_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an editor that renames, or `git pull`: it was there when it was looked for."""
    await sync.run()
    note, is_there = content_dir / "tiny/notes/quizzed.md", is_file
    edit(content_dir / "tiny/notes/hello.md", "# Hello", "# Hi")

    def go_when_seen(path: Path) -> bool:
        found = is_there(path)
        if path == note:
            note.unlink(missing_ok=True)
        return found

    monkeypatch.setattr("nexus_server.roadmaps.files.folder_reader.is_file", go_when_seen)
    report = await sync.run()
    assert [problem.file for problem in report.problems] == ["tiny/notes/quizzed.md"]
    assert report.archived == []
    assert (await nodes(database))["hello"].content_md.strip().startswith("# Hi")
