"""The forum's full-text search, on both databases: it finds the same, stays right, and no question breaks it."""

import pytest
from sqlalchemy import delete, select, text

from nexus_server.learner import Learner
from nexus_server.search.forum import ForumSource
from nexus_server.store.database import Database
from nexus_server.store.full_text import has_word, rebuild_word_index
from nexus_server.store.migrate import downgrade, upgrade
from nexus_server.store.models.forum import Post, Thread
from tests.integration.forum.conftest import Forum

TEXTS = {
    "Why does my loop never end?": "Der Zähler überschreitet nie die Straße. `while True:` says *nothing*.",
    "Arrays": "I call np.array([1, 2]) on a DataFrame with snake_case_names, v2 and 3d; 10kB is 1e5 bits.",
    "配列とは": "日本語のテキストを検索する。 Ещё один цикл. हिन्दी में खोज",
}


async def found(forum: Forum, reader: Learner, words: str) -> list[str]:
    return sorted(thread.title for thread in (await forum.reader.threads(reader, words=words)).items)


@pytest.fixture
async def ada(forum: Forum) -> Learner:
    ada = await forum.person("Ada", days=30)
    for title, body in TEXTS.items():
        await forum.ask(ada, title, body)
    return ada


async def test_words_are_found_from_their_beginning_in_any_script(forum: Forum, ada: Learner) -> None:
    loop, arrays, japanese = TEXTS
    expected = {
        "LOOP": [loop], "loo": [loop], "oop": [], "ÜBERSCHREITET": [loop], "straße": [loop], "zahler": [],
        "while true": [loop], "True:": [loop], "True;": [], '"never end"': [loop],
        "np.array": [arrays], "array": [arrays], "case_na": [arrays], "np_array": [], "v2": [arrays], "3d": [arrays],
        "10k": [arrays], "1e5": [arrays], "[1,": [arrays],
        "検索": [japanese], "列": [japanese], "ЦИКЛ": [japanese], "खोज": [japanese], "loop array": [],
    }  # fmt: skip
    assert {words: await found(forum, ada, words) for words in expected} == expected


ODD = (
    *('"', "'", "\\", "' OR 1=1 --", "NEAR(loop, 3)", "loop AND", "NOT", "(((", "a:*", "loop:*", "words:loop", "^loop"),
    *("-", "loop <-> ", "& | !", "%", "_", "*", "\0", "a\0b", "\ud7ff", "½ x² ﷺ", "🙂", "{a b}: c"),
    *("x" * 10_000, "ab " * 3_000),
)


async def test_no_question_breaks_the_search(forum: Forum) -> None:
    ada = await forum.person("Ada", days=30)
    await forum.ask(ada)
    for words in ODD:
        assert len(await found(forum, ada, words)) <= 1, words


async def test_what_was_found_comes_with_the_words_marked(forum: Forum, ada: Learner) -> None:
    [thread] = (await forum.reader.threads(ada, words="np.array snake")).items
    assert [piece.text for piece in thread.excerpt if piece.is_match] == ["np.array", "snake"]
    assert (await forum.reader.threads(ada)).items[0].excerpt == (), "nobody looked for anything"


async def test_the_index_follows_every_change_of_a_text(forum: Forum) -> None:
    ada, bob = await forum.person("Ada", days=30), await forum.person("Bob", days=30)
    thread = await forum.ask(ada)
    answer = await forum.answer(bob, thread, "Look at the quokka.")
    assert await found(forum, ada, "quokka") == ["Why does my loop never end?"]
    await forum.writer.edit(bob, answer, "Look at the wallaby.")
    assert await found(forum, ada, "quokka") == []
    assert len(await found(forum, ada, "wallaby")) == 1
    await forum.writer.delete(bob, answer)
    assert await found(forum, ada, "wallaby") == []
    async with forum.database.transaction() as session:
        await session.execute(delete(Post).where(Post.thread_id == thread))
        await session.execute(delete(Thread).where(Thread.id == thread))
    assert await found(forum, ada, "loop") == []
    assert await indexed(forum.database, "loop") == []


async def indexed(database: Database, word: str) -> list[str]:
    """Return the texts that the index finds, whoever may read them."""
    async with database.reading() as session:
        posts = select(Post.body_md).where(has_word(Post.body_md, word, is_sqlite=database.is_sqlite))
        threads = select(Thread.title).where(has_word(Thread.title, word, is_sqlite=database.is_sqlite))
        return [*(await session.scalars(posts)), *(await session.scalars(threads))]


async def test_an_index_that_was_lost_is_made_anew(forum: Forum, ada: Learner) -> None:
    async with forum.database.transaction() as session:
        if forum.database.is_sqlite:
            await session.execute(text("DELETE FROM forum_words"))
    assert await found(forum, ada, "loop") == ([] if forum.database.is_sqlite else ["Why does my loop never end?"])
    async with forum.database.transaction() as session:
        await rebuild_word_index(session, is_sqlite=forum.database.is_sqlite)
    assert await found(forum, ada, "loop") == ["Why does my loop never end?"]
    thread = await forum.ask(ada, "Another loop")
    assert len(await found(forum, ada, "loop")) == 2, f"what is written after it counts as well: {thread}"


async def test_a_site_that_had_texts_before_finds_them(forum: Forum, ada: Learner) -> None:
    downgrade(forum.database.url, "0026")
    upgrade(forum.database.url)
    assert await found(forum, ada, "loop") == ["Why does my loop never end?"]


async def test_the_database_uses_its_index(forum: Forum, ada: Learner) -> None:
    database = forum.database
    query = select(Post.id).where(has_word(Post.body_md, "loop", is_sqlite=database.is_sqlite))
    async with database.transaction() as session:
        if not database.is_sqlite:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
        connection = await session.connection()
        compiled = query.compile(dialect=connection.dialect)
        values = tuple(compiled.params.values()) if database.is_sqlite else compiled.params
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = str((await connection.exec_driver_sql(f"{explain} {compiled}", values)).all())
    assert "VIRTUAL TABLE INDEX" in plan if database.is_sqlite else "ix_posts_words" in plan


async def test_many_threads_keep_one_order_and_none_is_lost(forum: Forum) -> None:
    ada, bob = await forum.person("Ada", days=30), await forum.person("Bob", days=30)
    thread = await forum.ask(ada, "Animals", "A quokka.")
    for number in range(7):
        await forum.answer(bob, thread, f"A wallaby, number {number}.")
    await forum.ask(ada, "The quokka", "And a wallaby.")
    first = await ForumSource(forum.database).find(ada, ["quokka", "wallaby"])
    assert {hit.title for hit in first} == {"Animals", "The quokka"}, "the words stand in posts that are far apart"
    assert await ForumSource(forum.database).find(ada, ["quokka", "wallaby"]) == first
