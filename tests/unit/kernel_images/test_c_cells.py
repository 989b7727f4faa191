"""A cell of C: its parts, what is kept of it, and what is handed to the compilers."""

import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nexus_server.grading.languages.c import C

FOLDER = Path(__file__).parents[3] / "kernel_images" / "c"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER.parent / "thin")
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("c_parts")


@pytest.fixture
def cells(parts: ModuleType) -> ModuleType:
    return importlib.import_module("c_cells")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("int x = 3;\nx++;", [("int x = 3;", 1), ("x++;", 2)]),
        ('puts("a;}");\n// b;\nputs(";");', [('puts("a;}");', 1), ('puts(";");', 3)]),
        ("#define N 3\\\n 4\nint a[N];", [("#define N 3\\\n 4", 1), ("int a[N];", 3)]),
        (
            "int f(int x)\n{ /* { */\n  return x;\n}\nf(1);",
            [("int f(int x)\n{ /* { */\n  return x;\n}", 1), ("f(1);", 5)],
        ),
        ("struct p { int a; };\nint b;", [("struct p { int a; };", 1), ("int b;", 2)]),
        ("int a[] = {1, 2};", [("int a[] = {1, 2};", 1)]),
        ("if (x) { a(); } else { b(); }\nc();", [("if (x) { a(); } else { b(); }", 1), ("c();", 2)]),
        ("do { a(); } while (x);\nb();", [("do { a(); } while (x);", 1), ("b();", 2)]),
        ("for (int i = 0; i < 3; i++) { a(); }\nb();", [("for (int i = 0; i < 3; i++) { a(); }", 1), ("b();", 2)]),
        ("char c = '}';\nint d;", [("char c = '}';", 1), ("int d;", 2)]),
        ("x = 3", [("x = 3", 1)]),
        ("// nothing\n", []),
    ],
)
def test_a_cell_has_parts_with_lines(parts: ModuleType, cell: str, found: list[tuple[str, int]]) -> None:
    assert [(part.text, part.line) for part in parts.parts(cell)] == found


@pytest.mark.parametrize(
    ("text", "name", "is_outside", "is_declaration"),
    [
        ("static int *find(char *s, int n) { return 0; }", "function find", True, False),
        ("struct pet { int legs; };", "type struct pet", True, False),
        ("typedef unsigned long size;", "type size", True, False),
        ("#define N 3", "type N", True, False),
        ("int counter = 5;", "variable counter", False, True),
        ("Pet pets[3][2] = {0};", "variable pets", False, True),
        ("if (x) { y(); }", "", False, False),
        ("return 3;", "", False, False),
        ('printf("%d", 3);', "", False, False),
        ("x = 3;", "", False, False),
    ],
)
def test_a_part_is_known_for_what_it_is(
    parts: ModuleType, text: str, name: str, *, is_outside: bool, is_declaration: bool
) -> None:
    (part,) = parts.parts(text)
    assert (part.is_outside, part.is_outside or part.is_declaration) == (is_outside, is_outside or is_declaration)
    assert not name or part.name == name


def kept_after(session: Any, cell: str) -> str:
    """Return the program of a cell, and keep its definitions as if it had run."""
    parts = list(importlib.import_module("c_parts").parts(cell))
    source = session._source(parts)
    session._keep(parts, is_only_definitions=not source.runs)
    return str(source.text)


def test_definitions_are_kept_and_replaced(cells: ModuleType) -> None:
    session = cells.Session(lambda _prompt, _hidden: "")
    kept_after(session, "int twice(int x) { return x + x; }\nint legs = 4;")
    kept_after(session, 'int twice(int x) { return 2 * x; }\nputs("not kept");')
    program = kept_after(session, 'printf("%d", twice(legs));')
    assert program.count("int twice(int x) {") == 1
    assert "return 2 * x" in program
    assert "not kept" not in program
    assert program.index("int twice(int x);") < program.index("int legs = 4;"), "prototypes come before"


def test_a_program_is_no_cell_of_statements(cells: ModuleType) -> None:
    session = cells.Session(lambda _prompt, _hidden: "")
    program = kept_after(session, "int main(void) { // {\n  return 0;\n}")
    assert program.count("main(") == 1
    assert "main(void) { nexus_begin();" in program
    assert "int main" not in kept_after(session, "int x;")


def test_no_macro_stands_before_what_a_check_uses(cells: ModuleType) -> None:
    session = cells.Session(lambda _prompt, _hidden: "")
    kept_after(session, "#define expect(a, b)\n#define if while\n#define strcmp(a, b) 0")
    program = kept_after(session, "expect(3, 4);")
    for name in ("if", "strcmp", "nexus_told", "dprintf"):
        assert program.rindex(f"#undef {name}\n") < program.index("static void nexus_cell")
    assert program.rindex("checks.h") < program.index("static void nexus_cell")


@pytest.mark.parametrize(
    "cell", ["int strcmp(const char *a, const char *b) { return 0; }", "void nexus_begin(void) { }"]
)
def test_a_function_of_the_library_is_nobody_elses(cells: ModuleType, cell: str) -> None:
    with pytest.raises(cells.CellError) as refused:
        list(cells.Session(lambda _prompt, _hidden: "").run(f"int x;\n{cell}"))
    assert (refused.value.kind, refused.value.line) == ("Redefinition", 2)


def test_a_condition_of_the_preprocessor_is_refused(cells: ModuleType) -> None:
    with pytest.raises(cells.CellError, match="on a condition"):
        list(cells.Session(lambda _prompt, _hidden: "").run("#if 0\nint x;\n#endif"))


def test_a_grader_prepares_the_kernel(cells: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = cells.Session(lambda _prompt, _hidden: "")
    for cell in C.file_cells({"data/a b.txt": b"K\xc3\xa4se"}):
        assert list(session.run(cell)) == []
    assert (tmp_path / "data" / "a b.txt").read_bytes() == b"K\xc3\xa4se"
    assert list(session.run(C.reset(()))) == []
    assert list(session.run(f"{C.environment({'LAB': 'means'})}\n{C.guard}")) == []
    assert os.environ.pop("LAB") == "means"


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("int x;", "complete"),
        ("", "complete"),
        ("#define N 3", "complete"),
        ("int f(void) {", "incomplete"),
        ("x = 3", "incomplete"),
    ],
)
def test_a_cell_says_whether_it_is_complete(parts: ModuleType, cell: str, status: str) -> None:
    assert parts.is_complete(cell) == status
