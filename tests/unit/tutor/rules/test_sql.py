"""SQLite's errors are explained: the cells are run as the SQL kernel runs them."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from nexus_server.tutor.failure import Failure, Language, language_of
from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.rule import MAX_LEVEL

FOLDER = Path(__file__).parents[4] / "kernel_images" / "sql"
PETS = "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, legs INTEGER CHECK (legs >= 0));\n"
OWNERS = "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT, pet REFERENCES pets);\n"

BOTH = PETS + OWNERS

#: the rule, what was made, the statement, the line, and what the second level says of this very cell
CELLS = [
    ("sql-table", PETS, "SELECT * FROM pet", 2, "`pets`"),
    ("sql-table", "", "SELECT * FROM shops", 1, "`.tables`"),
    ("sql-column", PETS, "SELECT nmae FROM pets", 2, "`name`"),
    ("sql-column", PETS, 'SELECT *\nFROM pets WHERE pets.kind = "cat"', 3, "`.schema`"),
    ("sql-column", PETS, "SELECT *\nFROM pets\nWHERE name = Rex", 4, "single quotes"),
    ("sql-column", PETS, "INSERT INTO pets (nam) VALUES ('Rex')", 2, "columns"),
    ("sql-ambiguous", BOTH, "SELECT name\nFROM pets JOIN owners ON pet = pets.id", 3, "joined tables"),
    ("sql-syntax", PETS, "SELECT name\nFORM pets", 3, "`FROM`"),
    ("sql-syntax", PETS, "SELECT name, FROM pets", 2, "a comma too many"),
    ("sql-incomplete", PETS, "SELECT name FROM pets WHERE", 2, "open"),
    ("sql-quotes", "", "SELECT 'It's'", 1, "single quote"),
    ("sql-aggregate", PETS, "SELECT name FROM pets WHERE COUNT(*) > 1", 2, "`WHERE`"),
    ("sql-function", "", "SELECT LEN('abc')", 1, "Other databases"),
    ("sql-function", "", "SELECT ROUND()", 1, "as many values"),
    ("sql-exists", PETS, PETS, 2, "until the kernel restarts"),
    ("sql-values", PETS, "INSERT INTO pets VALUES ('Rex', 4)", 2, "Count the columns"),
    ("sql-values", PETS, "INSERT INTO pets (name, legs) VALUES ('Rex')", 2, "Count the columns"),
    ("sql-values", "", "SELECT 1 UNION SELECT 1, 2", 1, "Count the columns"),
    ("sql-unique", PETS, "INSERT INTO pets VALUES (1, 'A', 4);\nINSERT INTO pets VALUES (1, 'B', 4)", 3, "twice"),
    ("sql-not-null", PETS, "INSERT INTO pets (legs) VALUES (4)", 2, "`NULL`"),
    ("sql-foreign-key", BOTH, "INSERT INTO owners VALUES (1, 'Ada', 7)", 3, "`REFERENCES`"),
    ("sql-check", PETS, "INSERT INTO pets VALUES (1, 'Rex', -4)", 2, "`.schema`"),
]


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER.parent / "thin")
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("sql_cells")


def _failure(cells: ModuleType, cell: str, *, language: Language | None = None) -> Failure:
    with pytest.raises(cells.CellError) as failed:
        list(cells.Session().run(cell))
    error = failed.value
    traceback = f"cell:{error.line}: {error.kind}: {error.message}"
    return Failure(cell, error.kind, error.message, traceback, language)


@pytest.mark.parametrize("sample", CELLS, ids=lambda sample: sample[2])
def test_an_error_is_explained_at_its_line(cells: ModuleType, sample: tuple[str, str, str, int, str]) -> None:
    rule, made, cell, line, says = sample
    found = explain(_failure(cells, made + cell))
    assert (found.rule, found.line) == (rule, line)
    assert says in found.at(2)
    assert all(found.at(level).strip() for level in range(1, MAX_LEVEL + 1))
    assert "```python" not in found.at(3)


def test_every_rule_for_sql_has_a_cell() -> None:
    assert {rule.id for rule in RULES if rule.language is Language.SQL} == {rule for rule, *_ in CELLS}


def test_the_same_error_in_python_is_pythons(cells: ModuleType) -> None:
    failure = _failure(cells, "SELECT * FROM shops", language=Language.PYTHON)
    assert not explain(failure).rule.startswith("sql-")


def test_a_lab_with_the_sql_kernel_has_its_hints() -> None:
    assert language_of("nexus-sql") is Language.SQL
