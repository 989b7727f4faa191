# ruff: noqa: S608  the names in these statements stand in this file
"""The forum's titles and posts have a full-text index."""

from string import punctuation

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: what is searched: the column of each table
TEXTS = {"threads": "title", "posts": "body_md"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgres()


def _upgrade_postgres() -> None:
    signs, spaces = punctuation.replace("'", "''").replace("%", "%%"), " " * len(punctuation)
    for table, column in TEXTS.items():
        words = f"to_tsvector('simple'::regconfig, translate({column}, '{signs}', '{spaces}'))"
        op.get_bind().exec_driver_sql(f"CREATE INDEX ix_{table}_words ON {table} USING gin (({words}))")


def _upgrade_sqlite() -> None:
    # Numbers of rows change when SQLite copies a table or packs the file: the index has numbers of its own.
    op.execute("CREATE TABLE forum_words_owners (id INTEGER PRIMARY KEY, owner_id CHAR(32) NOT NULL UNIQUE)")
    op.execute("CREATE VIRTUAL TABLE forum_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')")
    for table, column in TEXTS.items():
        number = "(SELECT id FROM forum_words_owners WHERE owner_id = {}.id)"
        op.execute(f"INSERT INTO forum_words_owners (owner_id) SELECT id FROM {table}")
        op.execute(
            f"INSERT INTO forum_words (rowid, words) SELECT own.id, source.{column} "
            f"FROM {table} source JOIN forum_words_owners own ON own.owner_id = source.id"
        )
        op.execute(
            f"CREATE TRIGGER {table}_words_insert AFTER INSERT ON {table} BEGIN "
            "INSERT INTO forum_words_owners (owner_id) VALUES (NEW.id); "
            f"INSERT INTO forum_words (rowid, words) VALUES ({number.format('NEW')}, NEW.{column}); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_words_update AFTER UPDATE OF {column} ON {table} BEGIN "
            f"UPDATE forum_words SET words = NEW.{column} WHERE rowid = {number.format('NEW')}; END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_words_delete AFTER DELETE ON {table} BEGIN "
            f"DELETE FROM forum_words WHERE rowid = {number.format('OLD')}; "
            "DELETE FROM forum_words_owners WHERE owner_id = OLD.id; END"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TEXTS:
        if is_sqlite:
            for change in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_words_{change}")
        else:
            op.execute(f"DROP INDEX ix_{table}_words")
    if is_sqlite:
        op.execute("DROP TABLE forum_words")
        op.execute("DROP TABLE forum_words_owners")
