"""A cell of SQL: statements and their lines, tables as text, what fails and where."""

import importlib
import os
import signal
import threading
from pathlib import Path
from types import ModuleType

import pytest

from nexus_server.grading.languages.site_commands import CHUNK
from nexus_server.grading.languages.sql import SQL

FOLDER = Path(__file__).parents[3] / "kernel_images" / "sql"


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER.parent / "thin")
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("sql_cells")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("SELECT 1", [("SELECT 1", 1)]),
        ("SELECT 1;\n\nSELECT 2;", [("SELECT 1;", 1), ("SELECT 2;", 3)]),
        ("SELECT ';', '--' ; SELECT 2", [("SELECT ';', '--' ;", 1), ("SELECT 2", 1)]),
        ("-- first\n\nSELECT 1; -- then\n/* nothing */", [("SELECT 1;", 3)]),
        (".tables\nSELECT 1", [(".tables", 1), ("SELECT 1", 2)]),
        ("\n", []),
        (";;", []),
        (
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN\nDELETE FROM b; END;\nSELECT 1",
            [("CREATE TRIGGER t AFTER INSERT ON a BEGIN\nDELETE FROM b; END;", 1), ("SELECT 1", 3)],
        ),
    ],
)
def test_a_cell_has_statements_with_lines(cells: ModuleType, cell: str, found: list[tuple[str, int]]) -> None:
    assert [(one.text, one.line) for one in cells.split(cell)] == found


def test_each_query_gives_a_table(cells: ModuleType) -> None:
    session = cells.Session()
    made = "CREATE TABLE pets (name TEXT, legs INTEGER);\nINSERT INTO pets VALUES ('Rex', 4), ('Ada', NULL);"
    first, second = session.run(f"{made}\nSELECT * FROM pets;\nSELECT sum(legs) * 1.5 FROM pets")
    assert first.as_text() == "name | legs\n-----+-----\nRex  | 4\nAda  | NULL\n(2 rows)"
    assert second.as_text() == "6.0", "one value is itself, so that it counts as a number"
    assert session.names() == ["legs", "name", "pets"]
    (tables,) = session.run(".tables")
    assert tables.rows == [("pets", "table")]
    (schema,) = session.run(".schema pets")
    assert "CREATE TABLE pets" in schema.as_text()


def test_what_a_table_holds_is_shown_and_never_run(cells: ModuleType) -> None:
    (table,) = cells.Session().run("SELECT '<img src=x onerror=alert(1)>' AS \"<b>\", x'00ff' AS raw")
    page = table.as_html()
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;2 bytes&gt;" in page


def test_long_results_and_values_are_cut_and_say_so(cells: ModuleType) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i, 'x' FROM n"
    (table,) = cells.Session().run(numbers)
    assert len(table.rows) == 500
    assert table.as_text().endswith("(the first 500 rows, and there are more)")
    (value,) = cells.Session().run("SELECT printf('%.*c', 5000, 'x')")
    assert len(value.as_text()) == 200


@pytest.mark.parametrize(
    ("cell", "kind", "line"),
    [
        ("SELECT 1;\nSELECT *\nFROM gone", "OperationalError", 3),
        ("SELECT 1,\nFORM x", "OperationalError", 2),
        ("CREATE TABLE t (a PRIMARY KEY);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1)", "IntegrityError", 3),
        (
            "CREATE TABLE a (x PRIMARY KEY);\nCREATE TABLE b (y REFERENCES a);\nINSERT INTO b VALUES (3)",
            "IntegrityError",
            3,
        ),
        (".wrong", "ProgrammingError", 1),
    ],
)
def test_what_fails_says_where(cells: ModuleType, cell: str, kind: str, line: int) -> None:
    with pytest.raises(cells.CellError) as failed:
        list(cells.Session().run(cell))
    assert (failed.value.kind, failed.value.line) == (kind, line)


def test_what_ran_before_a_mistake_is_done(cells: ModuleType) -> None:
    session = cells.Session()
    with pytest.raises(cells.CellError):
        list(session.run("CREATE TABLE t (a);\nINSERT INTO t VALUES (7);\nSELECT b FROM t;\nDELETE FROM t"))
    (table,) = session.run("SELECT a FROM t")
    assert table.as_text() == "7"


def test_an_endless_query_can_be_interrupted(cells: ModuleType) -> None:
    session, counted = cells.Session(), threading.Event()

    def interrupt_once_it_runs() -> None:
        counted.wait()
        signal.raise_signal(signal.SIGINT)

    def note(number: int) -> int:
        counted.set()
        return number

    session.connection.create_function("note", 1, note)
    # A shell's background job starts with interrupts ignored; a kernel never does.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    other = threading.Thread(target=interrupt_once_it_runs)
    other.start()
    endless = "WITH RECURSIVE n(i) AS (SELECT note(1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(KeyboardInterrupt):
        list(session.run(endless))
    other.join()
    signal.signal(signal.SIGINT, before)
    (table,) = session.run("SELECT 1")
    assert table.as_text() == "1"


def test_a_database_in_a_file_is_opened_and_kept(cells: ModuleType, tmp_path: Path) -> None:
    first = cells.Session()
    list(first.run(f".open {tmp_path / 'shop.db'}\nCREATE TABLE t (a)"))
    second = cells.Session()
    (tables,) = second.run(f".open {tmp_path / 'shop.db'}\n.tables")
    assert tables.rows == [("t", "table")]


@pytest.mark.parametrize(
    ("cell", "status"),
    [("SELECT 1;", "complete"), ("", "complete"), (".tables", "complete"), ("SELECT 'a", "incomplete")],
)
def test_a_cell_says_whether_it_is_complete(cells: ModuleType, cell: str, status: str) -> None:
    assert cells.is_complete(cell) == status


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("SELECT expect(3, 3)", None),
        ("SELECT expect(0.1 + 0.2, 0.3)", None),
        ("SELECT expect(NULL, NULL)", None),
        ("SELECT expect('a', 'b')", "expected b, got a"),
        ("SELECT expect(NULL, 3)", "expected 3, got NULL"),
        ("SELECT expect((SELECT 4), 3)", "expected 3, got 4"),
    ],
)
def test_a_check_says_what_it_expected(cells: ModuleType, check: str, message: str | None) -> None:
    session = cells.Session()
    if message is None:
        (table,) = session.run(check)
        assert table.as_text() == "ok", "a number would count as points"
        return
    with pytest.raises(cells.CellError) as failed:
        list(session.run(check))
    assert (failed.value.kind, failed.value.message) == ("AssertionError", message)
    assert list(session.run("SELECT 1")), "the next cell is another matter"


def test_a_grader_prepares_the_kernel(cells: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAB", "")
    session = cells.Session()
    for cell in SQL.file_cells({"data/a b.txt": b"K\xc3\xa4se", "../outside": b"", "large": bytes(CHUNK + 1)}):
        assert list(session.run(cell)) == []
    assert (tmp_path / "data" / "a b.txt").read_bytes() == b"K\xc3\xa4se"
    assert (tmp_path / "large").stat().st_size == CHUNK + 1
    assert not (tmp_path.parent / "outside").exists()
    list(session.run(SQL.environment({"LAB": "means"})))
    assert os.environ["LAB"] == "means"
    list(session.run(SQL.removal({"large", "gone", "../outside"})))
    assert not (tmp_path / "large").exists()


def test_what_a_cell_bent_is_put_back(cells: ModuleType) -> None:
    session = cells.Session()
    bent = "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA query_only = ON"
    list(session.run(f"CREATE TABLE t (a CHECK (a > 0)); {bent}; BEGIN"))
    list(session.run(SQL.reset(())))
    (keys,) = session.run("PRAGMA foreign_keys")
    assert keys.as_text() == "1"
    with pytest.raises(cells.CellError, match="CHECK constraint failed"):
        list(session.run("INSERT INTO t VALUES (0)"))


def test_canaries_hold_in_a_sound_kernel(cells: ModuleType) -> None:
    session = cells.Session()
    for canary in SQL.canaries():
        if canary.must_raise is None:
            (table,) = session.run(canary.source)
            assert canary.must_show == table.as_text()
            continue
        with pytest.raises(cells.CellError) as failed:
            list(session.run(canary.source))
        assert failed.value.kind == canary.must_raise
    assert {each.source for each in SQL.canaries()}.isdisjoint(each.source for each in SQL.canaries())
