"""Rules for SQLite's errors, as the SQL kernel tells them."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest

_MADE = re.compile(r"CREATE\s+(?:TEMP\w*\s+)?(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`\[]?(\w+)", re.IGNORECASE)
_COLUMNS = re.compile(
    r"(?:[(,]|\bADD\s+COLUMN\b)\s*[\"`\[]?(\w+)[\"`\]]?\s+(?:INT|TEXT|REAL|NUM|BLOB|DATE|VAR|BOOL|CHAR)", re.IGNORECASE
)
_WORDS = (
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "ORDER",
    "HAVING",
    "LIMIT",
    "INSERT",
    "VALUES",
    "UPDATE",
    "DELETE",
    "CREATE",
)
_AGGREGATES = "`COUNT`, `SUM`, `AVG`, `MIN` or `MAX`"


def _cells(failure: Failure) -> str:
    return "\n".join((*failure.other_cells, failure.cell_source))


def _table(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    made = _MADE.findall(_cells(failure))
    near = nearest(match["name"].rsplit(".", 1)[-1], made)
    if near:
        return {"similar": phrase("There is one with a similar name: {near}.", near=code(near))}
    return {
        "similar": phrase("`.tables` in a cell of its own lists what is there. Has the cell that makes the table run?")
    }


def _column(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    name = match["name"].rsplit(".", 1)[-1]
    near = nearest(name, _COLUMNS.findall(_cells(failure)))
    if near:
        return {"similar": phrase("There is one with a similar name: {near}.", near=code(near))}
    if re.search(rf"\"{re.escape(name)}\"|=\s*{re.escape(name)}\b", failure.cell_source):
        return {
            "similar": phrase(
                "If it is meant as text, it stands between single quotes: a word without them is a column."
            )
        }
    return {"similar": phrase("`.schema` with the table's name shows its columns.")}


def _near(failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    for written in re.findall(r"[A-Za-z]+", failure.bad_line):
        word = nearest(written.upper(), _WORDS)
        if word and written.upper() not in _WORDS:
            return {"cause": phrase("Is {written} meant to be {word}?", written=code(written), word=code(word))}
    return {
        "cause": phrase(
            "The mistake stands there or just before: a comma too many, a word in the wrong place, a bracket."
        )
    }


_rule = partial(Rule, language=Language.SQL)
_OPERATIONAL, _INTEGRITY = ("OperationalError",), ("IntegrityError",)

RULES = (
    _rule(
        id="sql-table",
        enames=_OPERATIONAL,
        pattern=r"^no such table: (?P<name>\S+)",
        concept="tables and columns (SQL)",
        facts=_table,
        means="There is no table called {name} {where}.",
        look="{look} {similar}",
        step="Compare the name with the one in `CREATE TABLE`, and run that cell first, also after a restart.",
    ),
    _rule(
        id="sql-column",
        enames=_OPERATIONAL,
        pattern=r"^no such column: (?P<name>\S+)|^table \w+ has no column named (?P<named>\w+)",
        concept="tables and columns (SQL)",
        facts=lambda f, m: (
            {**_column(f, m), "what": code(m["name"])}
            if m["name"]
            else {"similar": phrase("`.schema` with the table's name shows its columns."), "what": code(m["named"])}
        ),
        means="No table of this statement has a column {what}; it is used {where}.",
        look="{look} {similar}",
        step="Use the column's name as the table was made with. Text stands between single quotes.",
    ),
    _rule(
        id="sql-ambiguous",
        enames=_OPERATIONAL,
        pattern=r"^ambiguous column name: (?P<name>\S+)",
        concept="joins (SQL)",
        means="More than one table of this query has a column {name}, so that it is not clear which is meant {where}.",
        look="{look} Which of the joined tables should the value come from?",
        step="Write the table and a dot before the column's name, everywhere in the query.",
    ),
    _rule(
        id="sql-syntax",
        enames=_OPERATIONAL,
        pattern=r'^near "(?P<token>.*?)": syntax error',
        concept="queries (SQL)",
        facts=_near,
        means="SQLite cannot read the statement {where}: it stumbles over {token}.",
        look="{look} {cause}",
        step="Put each part of the statement on a line of its own: `SELECT`, `FROM`, `WHERE`, `GROUP BY`, `ORDER BY`.",
    ),
    _rule(
        id="sql-incomplete",
        enames=_OPERATIONAL,
        pattern=r"^incomplete input",
        concept="queries (SQL)",
        means="The statement {where} ends before it is finished.",
        look="{look} Is a bracket still open, or does a part such as `FROM` or `WHERE` have nothing behind it?",
        step="Read the statement's last words: what has to follow them? Each opening bracket needs a closing one.",
    ),
    _rule(
        id="sql-quotes",
        enames=_OPERATIONAL,
        pattern=r'^unrecognized token: "(?P<token>.*)"',
        concept="text (strings)",
        means="A text or a sign {where} cannot be read: {token}.",
        look="{look} Does the text end with the same single quote that it begins with?",
        step="Close the quote. A single quote inside of a text is written twice: `'it''s'`.",
    ),
    _rule(
        id="sql-aggregate",
        enames=_OPERATIONAL,
        pattern=r"^misuse of aggregate(?: function)?:? (?P<name>\w+)",
        concept="grouping (SQL)",
        means="{name} {where} computes over many rows, and cannot be used where single rows are chosen.",
        look="{look} `WHERE` is done before the rows are put together.",
        step=f"A condition on {_AGGREGATES} stands in `HAVING`, behind `GROUP BY`.",
    ),
    _rule(
        id="sql-function",
        enames=_OPERATIONAL,
        pattern=r"^no such function: (?P<name>\w+)|^wrong number of arguments to function (?P<counted>\w+)",
        concept="calling functions",
        facts=lambda _f, m: {"what": code(m["name"] or m["counted"])},
        means="SQLite has no function {what} that is called in this way {where}.",
        look="{look} Other databases have other functions. Is it spelled right, with as many values as it takes?",
        step="Common ones are `LENGTH`, `UPPER`, `ROUND`, `COALESCE`, `SUBSTR`, `DATE`. Texts are joined with `||`.",
    ),
    _rule(
        id="sql-exists",
        enames=_OPERATIONAL,
        pattern=r"^(?:table|view|index) (?P<name>\S+) already exists",
        concept="tables and columns (SQL)",
        means="{name} is made {where}, but it is there already: the cell has run before.",
        look="{look} Everything that was made stays until the kernel restarts.",
        step="Put `DROP TABLE IF EXISTS` with its name before it, or write `CREATE TABLE IF NOT EXISTS`.",
    ),
    _rule(
        id="sql-values",
        enames=_OPERATIONAL,
        pattern=r"^table (?P<name>\S+) has (?P<columns>\d+) columns? but (?P<values>\d+) values? were supplied"
        r"|^(?P<less>\d+) values for (?P<more>\d+) columns|do not have the same number of result columns"
        r"|must have the same number of terms",
        concept="tables and columns (SQL)",
        means="The number of values {where} is not the number of columns.",
        look="{look} Count the columns, and the values of each row.",
        step="Name the columns that you fill: `INSERT INTO pets (name, legs) VALUES ('Rex', 4)`.",
    ),
    _rule(
        id="sql-unique",
        enames=_INTEGRITY,
        pattern=r"^UNIQUE constraint failed: (?P<name>.+)",
        concept="rules of a table (SQL)",
        means="A row {where} has a value of {name} that another row has already; the table allows each once.",
        look="{look} Which rows are in the table? The cell that fills it may have run twice.",
        step="Give the row another value, or `DELETE` the old one first.",
    ),
    _rule(
        id="sql-not-null",
        enames=_INTEGRITY,
        pattern=r"^NOT NULL constraint failed: (?P<name>.+)",
        concept="rules of a table (SQL)",
        means="A row {where} has no value for {name}, and the table wants one.",
        look="{look} Is the column left out of the statement, or is its value `NULL`?",
        step="Give the column a value in each row, or a `DEFAULT` where the table is made.",
    ),
    _rule(
        id="sql-foreign-key",
        enames=_INTEGRITY,
        pattern=r"^FOREIGN KEY constraint failed",
        concept="rules of a table (SQL)",
        means="A row {where} points to a row of another table that is not there, or others point to a removed one.",
        look="{look} Which column has `REFERENCES`, and which values does the other table have?",
        step="Add the other table's row first; remove the rows that point to it before it.",
    ),
    _rule(
        id="sql-check",
        enames=_INTEGRITY,
        pattern=r"^CHECK constraint failed: (?P<name>.+)|^datatype mismatch",
        concept="rules of a table (SQL)",
        means="A value {where} breaks a condition that the table was made with.",
        look="{look} `.schema` with the table's name shows the condition.",
        step="Give a value that fulfils the condition.",
    ),
)
