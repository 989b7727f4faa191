# ruff: noqa: S608  the names in these statements stand in this file
"""Full-text search of the forum: what the databases keep for it, and the condition that asks them.

PostgreSQL has an index on an expression, SQLite an FTS5 table that triggers keep right. Nobody who writes a title or a
post has to think of either. Both look for words from their beginning, without regard to case, and know no language.
"""

import re
from enum import StrEnum
from string import punctuation

from sqlalchemy import ColumnElement, and_, column, func, literal_column, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.store.models.forum import Post, Thread

#: what an index knows as words; scripts that set no spaces between words, and marks above letters, are none
_INDEXED = re.compile(r"[^\W_]+")
_SPACELESS = re.compile(
    r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff]"
)
_SEPARATORS = re.compile(f"[{re.escape(punctuation)}]+")
_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
_PUNCTUATION: ColumnElement[str] = literal_column("'{}'".format(punctuation.replace("'", "''")))
_SPACES: ColumnElement[str] = literal_column(f"'{' ' * len(punctuation)}'")

#: SQLite: the texts by number, and whose number it is
_WORDS = table("forum_words", column("rowid"), column("forum_words"))
_OWNERS = table("forum_words_owners", column("id"), column("owner_id", Post.id.type))


class ForumText(StrEnum):
    """What is searched, by its table; the value is the column."""

    threads = "title"
    posts = "body_md"


def has_word(of: InstrumentedAttribute[str], word: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Whether a thread's title or a post's text has the word, at the beginning of one of its own.

    Signs in it have to be there as they are. What no index knows is looked for in the texts themselves, as a part.
    """
    tokens = [token for token in _SEPARATORS.split(word) if token]
    as_it_is = of.icontains(word.replace("\0", ""), autoescape=True)
    if not tokens or not all(_INDEXED.fullmatch(token) and not _SPACELESS.search(token) for token in tokens):
        return as_it_is
    found = _in_sqlite(of, tokens) if is_sqlite else _in_postgres(of, tokens)
    return found if tokens == [word] else and_(found, as_it_is)


def _in_postgres(of: InstrumentedAttribute[str], tokens: list[str]) -> ColumnElement[bool]:
    query = " <-> ".join(f"'{token}'" for token in tokens) + ":*"
    words = func.to_tsvector(_SIMPLE, func.translate(of, _PUNCTUATION, _SPACES))
    return words.op("@@", is_comparison=True)(func.to_tsquery(_SIMPLE, query))


def _in_sqlite(of: InstrumentedAttribute[str], tokens: list[str]) -> ColumnElement[bool]:
    owner = Thread.id if of is Thread.title else Post.id
    found = select(_OWNERS.c.owner_id).join(_WORDS, _WORDS.c.rowid == _OWNERS.c.id)
    return owner.in_(found.where(_WORDS.c.forum_words.op("MATCH")(f'"{" ".join(tokens)}"*')))


async def rebuild_word_index(session: AsyncSession, *, is_sqlite: bool) -> None:
    """Make the index anew from the texts: after damage, or after somebody changed the tables by hand."""
    if not is_sqlite:
        for kind in ForumText:
            await session.execute(text(f"REINDEX INDEX ix_{kind.name}_words"))
        return
    await session.execute(text("DELETE FROM forum_words"))
    await session.execute(text("DELETE FROM forum_words_owners"))
    for kind in ForumText:
        await session.execute(text(f"INSERT INTO forum_words_owners (owner_id) SELECT id FROM {kind.name}"))
        await session.execute(
            text(
                f"INSERT INTO forum_words (rowid, words) SELECT own.id, source.{kind.value} "
                f"FROM {kind.name} source JOIN forum_words_owners own ON own.owner_id = source.id"
            )
        )
